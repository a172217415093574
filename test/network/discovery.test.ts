import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RingId } from '../../src-main/domain/ids.ts';
import { discoveryTag } from '../../src-main/network/protocols.ts';
import { createRealPeer, createRoll, freshIdentity, RING, type RealPeer } from './real-peer.ts';

const onLan = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .some((one) => !one.internal && one.family === 'IPv4');

describe('discovery on the LAN', () => {
  const peers: RealPeer[] = [];
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((one) => one.stop()));
  });

  it('asks by a name from which nobody reads the ring id', () => {
    const tag = discoveryTag(RING);
    expect(tag).toMatch(/^_[a-z0-9]{1,15}\._udp\.local$/);
    expect(tag).not.toContain(RING.slice(0, 4));
    expect(discoveryTag('cd'.repeat(32) as RingId)).not.toBe(tag);
  });

  it.runIf(onLan)('brings two members together that know no address', async () => {
    const roll = createRoll();
    const [one, two] = [freshIdentity(), freshIdentity()];
    for (const { peer } of [one, two]) roll.members.set(peer, []);
    const listen = ['/ip4/0.0.0.0/tcp/0'];
    for (const { seed } of [one, two]) {
      peers.push(await createRealPeer(roll, { seed, listen, mdns: true }));
    }
    await Promise.all(peers.map((peer) => peer.start()));
    await vi.waitFor(
      () => {
        for (const peer of peers) expect(peer.rpc.connected()).toHaveLength(1);
      },
      { timeout: 15_000 },
    );
    for (const peer of peers) {
      for (const address of peer.libp2p.addresses()) expect(address).not.toContain('127.0.0.1');
    }
  });
});
