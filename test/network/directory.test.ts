import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import type { RingId } from '../../src-main/domain/ids.ts';
import { createDirectory, ringCid, type Directory } from '../../src-main/network/directory.ts';
import {
  clock,
  createRealPeer,
  createRoll,
  freshIdentity,
  RING,
  startRing,
  type RealPeer,
} from './real-peer.ts';

const logger = createSilentLogger();

describe('the directory', () => {
  const peers: RealPeer[] = [];
  const directories: Directory[] = [];
  afterEach(async () => {
    await Promise.all(directories.splice(0).map((one) => one.stop()));
    await Promise.all(peers.splice(0).map((one) => one.stop()));
  });

  async function directoryOf(peer: RealPeer): Promise<Directory> {
    const directory = createDirectory({ ring: RING }, { peer: peer.libp2p, clock, logger });
    directories.push(directory);
    await directory.start();
    return directory;
  }

  it('leads a member with one stale contact to all the others', async () => {
    const roll = createRoll();
    const ring = await startRing(4, roll);
    peers.push(...ring);
    await Promise.all(ring.map(directoryOf));
    const [contact] = ring as [RealPeer];
    // It is a member already, but knows one address only.
    const late = freshIdentity();
    const addresses = new Map(roll.members);
    for (const peer of ring.slice(1)) roll.members.set(peer.self, []);
    roll.members.set(late.peer, []);
    const peer = await createRealPeer(roll, { seed: late.seed });
    peers.push(peer);
    await peer.start();
    const directory = await directoryOf(peer);
    await vi.waitFor(
      async () => {
        const found = await directory.findMembers({ timeoutMs: 2000 });
        expect(found.map((one) => one.peer).sort()).toEqual(ring.map((one) => one.self).sort());
        for (const one of found) expect(one.addresses.length).toBeGreaterThan(0);
      },
      { timeout: 15_000, interval: 200 },
    );
    expect(peer.rpc.connected()).toContain(contact.self);
    expect(addresses.size).toBe(4);
  });

  it('finds the new address of a member that moved', async () => {
    const roll = createRoll();
    const [a, b, c] = (await startRing(3, roll)) as [RealPeer, RealPeer, RealPeer];
    peers.push(a, b);
    const directory = await directoryOf(a);
    await vi.waitFor(() => {
      expect(a.rpc.connected()).toHaveLength(2);
    });
    await c.stop();
    const moved = await createRealPeer(roll, { seed: c.seed });
    peers.push(moved);
    // The member that moved meets only b; a asks the ring.
    roll.members.set(a.self, []);
    await moved.start();
    const [address = ''] = moved.libp2p.addresses();
    const port = /tcp\/\d+/.exec(address)?.[0] ?? '?';
    await vi.waitFor(
      async () => {
        const found = await directory.findPeer(moved.self, { timeoutMs: 2000 });
        expect(found.some((one) => one.includes(port))).toBe(true);
      },
      { timeout: 15_000, interval: 200 },
    );
  });

  it('answers nothing, in time, to a peer that is alone', async () => {
    const roll = createRoll();
    const alone = await createRealPeer(roll);
    roll.members.set(alone.self, []);
    peers.push(alone);
    await alone.start();
    const directory = await directoryOf(alone);
    const startMs = performance.now();
    expect(await directory.findMembers({ timeoutMs: 1000 })).toEqual([]);
    expect(await directory.findPeer(freshIdentity().peer, { timeoutMs: 1000 })).toEqual([]);
    expect(performance.now() - startMs).toBeLessThan(2500);
  });

  it('lists a ring under its own id', () => {
    expect(ringCid(RING).toString()).toBe(ringCid(RING).toString());
    expect(ringCid(RING).toString()).not.toBe(ringCid('cd'.repeat(32) as RingId).toString());
  });
});
