import type { Connection } from '@libp2p/interface';
import { describe, expect, it } from 'vitest';
import { dialFirst, type AddressDialler } from '../../src-main/network/dialler.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** Addresses that answer after some time, refuse, or say nothing. */
function createWorld(answers: Record<string, number | 'refused' | 'silent'>) {
  const clock = createManualClock();
  const dialled: string[] = [];
  const open = new Set<string>();
  const dialler: AddressDialler = {
    dial: (address, { signal }) =>
      new Promise((resolve, reject) => {
        const name = address.toString();
        dialled.push(name);
        const answer = answers[name];
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
        if (answer === 'refused') reject(new Error('refused'));
        else if (typeof answer === 'number') {
          clock.schedule(answer, () => {
            open.add(name);
            resolve({ remoteAddr: address, abort: () => open.delete(name) } as never as Connection);
          });
        }
      }),
  };
  /** Moves time on, letting what waits run in between. */
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i += 10) {
      clock.advance(10);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  const signal = new AbortController();
  const dial = (...targets: string[]): Promise<string> =>
    dialFirst(targets, { dialler, clock }, signal.signal).then(
      (connection) => connection.remoteAddr.toString(),
      (error: { code?: string }) => error.code ?? String(error),
    );
  return { dial, pass, dialled, open, clock, signal };
}

const [A, B, C] = ['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.2/tcp/1', '/ip4/10.0.0.3/tcp/1'] as const;

describe('dialling a peer with several addresses', () => {
  it('takes the first address when it answers, and asks no other', async () => {
    const { dial, pass, dialled, open, clock } = createWorld({ [A]: 50, [B]: 1 });
    const won = dial(A, B);
    await pass(400);
    expect(await won).toBe(A);
    expect(dialled).toEqual([A]);
    expect([...open]).toEqual([A]);
    expect(clock.scheduled).toBe(0);
  });

  it('does not wait for a dead address before it tries the next', async () => {
    const { dial, pass, open } = createWorld({ [A]: 'silent', [B]: 'refused', [C]: 20 });
    const won = dial(A, B, C);
    await pass(330);
    expect(await won).toBe(C);
    expect([...open]).toEqual([C]);
  });

  it('keeps one connection when two answer', async () => {
    const { dial, pass, open } = createWorld({ [A]: 300, [B]: 100 });
    const won = dial(A, B);
    await pass(600);
    expect(await won).toBe(B);
    expect([...open]).not.toContain(C);
    expect(open.size).toBeLessThanOrEqual(2);
  });

  it('knocks once more at an address that is silent, and not at one that refuses', async () => {
    const answers: Record<string, number | 'refused' | 'silent'> = {
      [A]: 'silent',
      [B]: 'refused',
    };
    const { dial, pass, dialled, open, clock } = createWorld(answers);
    const won = dial(A, B);
    await pass(900);
    expect(dialled).toEqual([A, B]);
    // The machine is there again.
    answers[A] = 5;
    await pass(200);
    expect(await won).toBe(A);
    expect(dialled).toEqual([A, B, A]);
    expect([...open]).toEqual([A]);
    expect(clock.scheduled).toBe(0);
  });

  it('is UNREACHABLE when all fail, or the caller gives up', async () => {
    const refused = createWorld({ [A]: 'refused', [B]: 'refused' });
    const failed = refused.dial(A, B);
    await refused.pass(300);
    expect(await failed).toBe('UNREACHABLE');
    const silent = createWorld({ [A]: 'silent', [B]: 'silent' });
    const waiting = silent.dial(A, B);
    await silent.pass(300);
    silent.signal.abort();
    await silent.pass(20);
    expect(await waiting).toBe('UNREACHABLE');
    expect(silent.clock.scheduled).toBe(0);
  });
});
