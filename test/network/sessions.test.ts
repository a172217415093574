import { afterEach, describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { createRealPeer, createRoll, startRing, type RealPeer } from './real-peer.ts';

describe('sessions between real peers', () => {
  const running: RealPeer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((peer) => peer.stop()));
  });
  const echo = (peer: RealPeer): void => {
    peer.rpc.handle(VERB.get, (body) => Promise.resolve(body));
  };
  const connected = (peers: readonly RealPeer[], each: number): Promise<void> =>
    vi.waitFor(
      () => {
        for (const peer of peers) expect(peer.rpc.connected()).toHaveLength(each);
      },
      { timeout: 10_000 },
    );

  it('stand between all pairs of five that start at once, one connection each', async () => {
    const peers = await startRing(5);
    running.push(...peers);
    await connected(peers, 4);
    await vi.waitFor(
      () => {
        for (const peer of peers) {
          for (const other of peers.filter((one) => one !== peer)) {
            expect(peer.libp2p.connections(other.self)).toHaveLength(1);
          }
        }
      },
      { timeout: 10_000 },
    );
    for (const peer of peers) expect(peer.penalties).toEqual([]);
  });

  it('are one when both sides dial at the same moment, again and again', async () => {
    for (let round = 0; round < 8; round++) {
      const peers = await startRing(2);
      const [a, b] = peers as [RealPeer, RealPeer];
      let ups = 0;
      a.rpc.on('up', () => ups++);
      echo(b);
      await connected(peers, 1);
      expect(await a.rpc.request(b.self, VERB.get, utf8('x'), { timeoutMs: 3000 })).toEqual(
        utf8('x'),
      );
      expect(ups).toBeLessThanOrEqual(1);
      await Promise.all(peers.map((peer) => peer.stop()));
    }
  });

  it('go down at once when one side stops, and stand again when it is back', async () => {
    const roll = createRoll();
    const [a, b] = (await startRing(2, roll)) as [RealPeer, RealPeer];
    running.push(a);
    await connected([a, b], 1);
    const address = b.libp2p.addresses();
    const downMs: number[] = [];
    a.rpc.on('down', () => downMs.push(performance.now()));
    const stopMs = performance.now();
    await b.stop();
    await vi.waitFor(() => {
      expect(a.rpc.connected()).toEqual([]);
    });
    expect((downMs[0] ?? Infinity) - stopMs).toBeLessThan(1000);
    const listen = [(address[0] ?? '').replace(/\/p2p\/.*/, '')];
    const again = await createRealPeer(roll, { seed: b.seed, listen });
    running.push(again);
    await again.start();
    await connected([a, again], 1);
  });

  it('refuse the second of two live peers with one id, which learns why', async () => {
    const roll = createRoll();
    const [a, b] = (await startRing(2, roll)) as [RealPeer, RealPeer];
    running.push(a, b);
    await connected([a, b], 1);
    const copy = await createRealPeer(roll, { seed: b.seed });
    running.push(copy);
    const told: string[] = [];
    copy.rpc.on('peerIdInUse', ({ by }) => told.push(by));
    await copy.start();
    await vi.waitFor(() => {
      expect(told).toEqual([a.self]);
    });
    expect(copy.rpc.connected()).toEqual([]);
    expect(a.rpc.connected()).toEqual([b.self]);
    expect(b.rpc.connected()).toEqual([a.self]);
  });

  it('take in the revocations of the other side before anything else', async () => {
    const roll = createRoll();
    const order: string[] = [];
    const one = await createRealPeer(roll, {
      addRevocations: async (records) => {
        await Promise.resolve();
        for (const record of records) order.push(`revoked ${record[0]}`);
      },
    });
    const two = await createRealPeer(roll);
    running.push(one, two);
    two.revocations.push(Uint8Array.of(42));
    one.rpc.handle(VERB.get, (body) => {
      order.push('asked');
      return Promise.resolve(body);
    });
    two.rpc.on('up', ({ peer }) => {
      void two.rpc.request(peer, VERB.get, utf8('x'), { timeoutMs: 3000 }).catch(() => undefined);
    });
    for (const peer of running) roll.members.set(peer.self, []);
    await Promise.all(running.map((peer) => peer.start()));
    for (const peer of running) roll.members.set(peer.self, peer.libp2p.addresses());
    for (const peer of running) peer.rpc.refresh();
    await vi.waitFor(() => {
      expect(order).toEqual(['revoked 42', 'asked']);
    });
  });

  it('are refused to a peer whose formats are too old, without penalty', async () => {
    const roll = createRoll();
    const old = await createRealPeer(roll, { speaks: [1, 1] });
    const young = await createRealPeer(roll, { speaks: [2, 3] });
    running.push(old, young);
    for (const peer of running) roll.members.set(peer.self, []);
    await old.start();
    roll.members.set(old.self, old.libp2p.addresses());
    const greeted = vi.fn();
    young.rpc.on('up', greeted);
    await young.start();
    await vi.waitFor(() => {
      expect(young.libp2p.connections(old.self).length).toBeGreaterThan(0);
    });
    await vi.waitFor(() => {
      expect(young.libp2p.connections(old.self)[0]?.streams.length ?? 0).toBe(0);
    });
    expect(greeted).not.toHaveBeenCalled();
    expect([...old.penalties, ...young.penalties]).toEqual([]);
  });

  it('end when the other side is revoked, and do not come back', async () => {
    const roll = createRoll();
    const [a, b] = (await startRing(2, roll)) as [RealPeer, RealPeer];
    running.push(a, b);
    await connected([a, b], 1);
    roll.members.delete(b.self);
    a.rpc.disconnect(b.self, 'revoked');
    await vi.waitFor(() => {
      expect(b.rpc.connected()).toEqual([]);
      expect(a.libp2p.connections(b.self)).toEqual([]);
    });
    b.rpc.refresh();
    await expect(
      a.rpc.request(b.self, VERB.get, utf8(''), { timeoutMs: 500 }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('find a member that moved as soon as a new address is offered', async () => {
    const roll = createRoll();
    const [a, b] = (await startRing(2, roll)) as [RealPeer, RealPeer];
    running.push(a);
    await connected([a, b], 1);
    await b.stop();
    const moved = await createRealPeer(roll, { seed: b.seed });
    running.push(moved);
    roll.members.set(a.self, []);
    await moved.start();
    const startMs = performance.now();
    a.rpc.offer(b.self, moved.libp2p.addresses());
    await connected([a, moved], 1);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
