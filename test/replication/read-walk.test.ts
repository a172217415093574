import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { readWalk } from '../../src-main/replication/read-walk.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';

const peers = ['a', 'b', 'c', 'd'] as PeerId[];
const NEVER = new Promise<string>(() => undefined);

function walkOver(ask: (peer: PeerId) => Promise<string>, wanted = 2) {
  const clock = createVirtualClock();
  const asked: PeerId[] = [];
  let answers = 0;
  const walked = readWalk(
    { width: 3, slowMs: 500, timeoutMs: 2000 },
    {
      clock,
      self: 'a' as PeerId,
      walk: peers,
      nearest: 'b' as PeerId,
      ask: (peer) => {
        asked.push(peer);
        return ask(peer);
      },
      counts: () => true,
      onAnswer: () => ++answers >= wanted,
      onFailed: () => undefined,
      signal: undefined,
    },
  );
  return { clock, asked, walked };
}

describe('a read', () => {
  it('asks the first n of the walk and ends with the r-th answer', async () => {
    const { clock, asked, walked } = walkOver((peer) =>
      peer === 'c' ? NEVER : Promise.resolve('x'),
    );
    await clock.settle(walked.enough);
    expect(asked).toEqual(['b', 'c']);
    expect(clock.now()).toBe(0);
  });

  it('asks the next of the walk for one that fails', async () => {
    const { clock, asked, walked } = walkOver((peer) =>
      peer === 'd' ? Promise.resolve('x') : Promise.reject(new Error('away')),
    );
    await clock.settle(walked.enough);
    expect(asked).toEqual(['b', 'c', 'd']);
    expect((await clock.settle(walked.all)).map(({ peer }) => peer)).toEqual(['d']);
  });

  it('asks the next of the walk when one is slow', async () => {
    const { clock, asked, walked } = walkOver(
      (peer) => (peer === 'd' ? Promise.resolve('x') : NEVER),
      2,
    );
    await clock.settle(walked.enough);
    expect(asked).toEqual(['b', 'c', 'd']);
    expect(clock.now()).toBe(500);
  });

  it('ends when its time is up', async () => {
    const { clock, walked } = walkOver(() => NEVER, 4);
    await clock.settle(walked.enough);
    expect(clock.now()).toBe(2000);
    expect(await walked.all).toEqual([]);
  });
});
