import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JOIN_PROTOCOL, kadProtocol, rpcProtocol } from '../../src-main/network/protocols.ts';
import { createBarePeer } from './bare-peer.ts';
import { createRealPeer, createRoll, freshIdentity, RING, type RealPeer } from './real-peer.ts';

const ABOUT_IT = Uint8Array.from([1, 2, 3]);

describe('a member that was taken out while it was away', () => {
  const running: { stop(): unknown }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  /** A member that knows of the revocation of `gone`. */
  async function memberThatRevoked(gone: RealPeer['self']): Promise<RealPeer> {
    const roll = createRoll();
    roll.revoked.set(gone, [ABOUT_IT]);
    const member = await createRealPeer(roll);
    roll.members.set(member.self, []);
    member.revocations.push(ABOUT_IT, Uint8Array.from([9]));
    await member.start();
    running.push(member);
    return member;
  }

  it('is told so when it comes back: of its own revocation, and nothing else', async () => {
    const identity = freshIdentity();
    const member = await memberThatRevoked(identity.peer);
    const ring = createRoll();
    ring.members.set(identity.peer, []).set(member.self, member.libp2p.addresses());
    const told: (readonly Uint8Array[])[] = [];
    const gone = await createRealPeer(ring, {
      seed: identity.seed,
      addRevocations: (records) => {
        told.push(records);
        return Promise.resolve();
      },
    });
    running.push(gone);
    await gone.start();
    await vi.waitFor(() => {
      expect(told[0]?.map((one) => [...one])).toEqual([[...ABOUT_IT]]);
    });
    await vi.waitFor(() => {
      expect(gone.rpc.connected()).toEqual([]);
    });
    expect(member.rpc.connected()).toEqual([]);
    expect(member.penalties).toEqual([]);
    expect(gone.penalties).toEqual([]);
  });

  it('that knows it dials nobody any more', async () => {
    const identity = freshIdentity();
    const member = await memberThatRevoked(identity.peer);
    const ring = createRoll();
    ring.members.set(identity.peer, []).set(member.self, member.libp2p.addresses());
    let told = 0;
    const gone = await createRealPeer(ring, {
      seed: identity.seed,
      addRevocations: () => {
        told++;
        ring.members.delete(identity.peer);
        ring.revoked.set(identity.peer, []);
        gone.rpc.refresh();
        return Promise.resolve();
      },
    });
    running.push(gone);
    await gone.start();
    await vi.waitFor(() => {
      expect(told).toBe(1);
    });
    gone.rpc.offer(member.self, member.libp2p.addresses());
    gone.rpc.refresh();
    await vi.waitFor(() => {
      expect(gone.libp2p.connections(member.self)).toEqual([]);
    });
    expect(gone.rpc.isConnected(member.self)).toBe(false);
    expect(told).toBe(1);
  });

  it('gets no answer to anything but that', async () => {
    const identity = freshIdentity();
    const member = await memberThatRevoked(identity.peer);
    const dial = async (): Promise<Connection> => {
      const bare = await createBarePeer(identity.seed);
      running.push(bare);
      return bare.dial(multiaddr(member.libp2p.addresses()[0] ?? ''), {
        signal: AbortSignal.timeout(3000),
      });
    };
    const open = (connection: Connection, protocol: string): Promise<Stream> =>
      connection.newStream([protocol], { signal: AbortSignal.timeout(3000) });
    for (const protocol of ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', kadProtocol(RING), 'ls']) {
      const connection = await dial();
      await expect(open(connection, protocol), protocol).rejects.toThrow();
      await connection.close();
      await running.pop()?.stop();
    }
    const connection = await dial();
    await expect(open(connection, JOIN_PROTOCOL)).rejects.toThrow();
    const again = await open(connection, rpcProtocol(RING));
    again.send(Uint8Array.from([0]));
    await vi.waitFor(() => {
      expect(again.status).not.toBe('open');
    });
    expect(member.rpc.connected()).toEqual([]);
  });
});
