import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createBackground } from '../../src-main/replication/bounded-work.ts';
import { createDevicesTeller } from '../../src-main/replication/devices-teller.ts';
import type { PutSender } from '../../src-main/replication/put-sender.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';
import { memoryStore, ringOnPaper } from './member-fixture.ts';

const [fallback, other] = ['fallback', 'other'] as [PeerId, PeerId];

async function teller() {
  const { account, machines, write } = ringOnPaper(1);
  const [machine] = machines;
  if (machine === undefined) throw new Error('one machine');
  const store = (await memoryStore()).items;
  const versions = await store.issue([
    write(machine, { sortKey: 'list', id: 'list', replaces: () => [] }),
  ]);
  const told: string[] = [];
  const sender: PutSender = {
    send(to, { versions: sent }) {
      expect(sent).toEqual(versions);
      told.push(to);
      return Promise.resolve([]);
    },
  };
  const clock = createVirtualClock();
  const failures: unknown[] = [];
  const background = createBackground({ onError: (_what, error) => failures.push(error) });
  const directories = { versions: () => Promise.resolve(versions) };
  const { watching } = createDevicesTeller({ clock, background, directories, sender });
  const refuse = (from: PeerId, code: 'DEVICE_REVOKED' | 'STALE_CONTEXT' = 'DEVICE_REVOKED') =>
    watching(from, account, () => Promise.reject(new AppError(code, 'No.')));
  return { clock, background, told, failures, refuse };
}

describe('who sent what a revoked device wrote', () => {
  it('is told of the devices once a minute, each by itself, and gets its refusal', async () => {
    const { clock, background, told, failures, refuse } = await teller();
    for (let i = 0; i < 20; i++) await expect(refuse(fallback)).rejects.toThrow('No.');
    await expect(refuse(other)).rejects.toThrow('No.');
    await clock.advance(59_000);
    await expect(refuse(fallback)).rejects.toThrow('No.');
    expect(told).toEqual([fallback, other]);
    await clock.advance(1000);
    await expect(refuse(fallback)).rejects.toThrow('No.');
    await clock.advance(1);
    await background.close();
    expect(told).toEqual([fallback, other, fallback]);
    expect(failures).toEqual([]);
  });
  it('is told of nothing for another refusal', async () => {
    const { background, told, refuse } = await teller();
    await expect(refuse(fallback, 'STALE_CONTEXT')).rejects.toThrow('No.');
    await background.close();
    expect(told).toEqual([]);
  });
});
