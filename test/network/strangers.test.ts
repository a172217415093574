import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { utf8, utf8ToString } from '../../src-main/base/bytes.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { serveJoin } from '../../src-main/network/join.ts';
import { createJoinStream, JOIN_FRAME } from '../../src-main/network/join-stream.ts';
import { JOIN_PROTOCOL, kadProtocol, rpcProtocol } from '../../src-main/network/protocols.ts';
import { createBarePeer } from './bare-peer.ts';
import {
  clock,
  createRealPeer,
  createRoll,
  freshIdentity,
  RING,
  type RealPeer,
  type Roll,
} from './real-peer.ts';

/** What a stranger may try: everything that is spoken here, and what is not. */
const PROTOCOLS = [
  '/ipfs/id/1.0.0',
  '/ipfs/ping/1.0.0',
  kadProtocol(RING),
  rpcProtocol(RING),
  '/made/up/1',
];

describe('a stranger', () => {
  let roll: Roll;
  let member: RealPeer;
  const strangers: Libp2p[] = [];

  beforeEach(async () => {
    roll = createRoll();
    member = await createRealPeer(roll);
    roll.members.set(member.self, []);
    await serveJoin({
      peer: member.libp2p,
      clock,
      logger: createSilentLogger(),
      open: (newcomer: PeerId) => ({
        answer(message) {
          const text = utf8ToString(message);
          if (text === 'wrong') throw new AppError('INVITE_INVALID', 'The invite is not valid.');
          const reply = utf8(`${text} to ${newcomer}`);
          return Promise.resolve({ reply, done: text === 'last' });
        },
      }),
    });
    await member.start();
  });
  afterEach(async () => {
    await Promise.all(strangers.splice(0).map(async (stranger) => stranger.stop()));
    await member.stop();
  });

  async function createStranger(): Promise<Libp2p> {
    const stranger = await createBarePeer(freshIdentity().seed);
    strangers.push(stranger);
    return stranger;
  }
  const dial = (stranger: Libp2p): Promise<Connection> =>
    stranger.dial(multiaddr(member.libp2p.addresses()[0] ?? ''), {
      signal: AbortSignal.timeout(3000),
    });
  const open = (connection: Connection, protocol: string): Promise<Stream> =>
    connection.newStream([protocol], { signal: AbortSignal.timeout(3000) });

  it('is cut when no invite is open, before it can open a stream', async () => {
    const stranger = await createStranger();
    // The dial may seem to succeed: the stranger learns of the cut when it reads.
    const spoke = dial(stranger).then((connection) => open(connection, JOIN_PROTOCOL));
    await expect(spoke).rejects.toThrow();
    await vi.waitFor(() => {
      expect(stranger.getConnections()).toEqual([]);
    });
  });

  it('gets no answer to identify, ping, kad, rpc or anything but join', async () => {
    roll.strangersWelcome = true;
    for (const protocol of PROTOCOLS) {
      const stranger = await createStranger();
      const connection = await dial(stranger);
      await expect(open(connection, protocol), protocol).rejects.toThrow(/reset|closed/i);
      await stranger.stop();
    }
  });

  it('cannot ask which protocols are spoken', async () => {
    roll.strangersWelcome = true;
    const connection = await dial(await createStranger());
    // `ls` in the place of a protocol's name.
    await expect(open(connection, 'ls')).rejects.toThrow();
  });

  it('is not asked for anything itself', async () => {
    roll.strangersWelcome = true;
    const stranger = await createStranger();
    const asked: string[] = [];
    for (const protocol of ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0']) {
      await stranger.unhandle(protocol);
      await stranger.handle(protocol, (stream) => {
        asked.push(protocol);
        stream.abort(new Error('no'));
      });
    }
    const stream = await open(await dial(stranger), JOIN_PROTOCOL);
    const frames = createJoinStream(stream, 1000);
    frames.send(JOIN_FRAME.message, utf8('last'));
    // libp2p asks at the opening of a connection: long before this answer.
    await frames.receive(AbortSignal.timeout(3000));
    expect(asked).toEqual([]);
  });

  it('may have two connections from one address, not three', async () => {
    roll.strangersWelcome = true;
    const all = await Promise.all([createStranger(), createStranger(), createStranger()]);
    const outcomes: boolean[] = [];
    for (const stranger of all) {
      const spoke = dial(stranger).then((connection) => open(connection, JOIN_PROTOCOL));
      outcomes.push(
        await spoke.then(
          () => true,
          () => false,
        ),
      );
    }
    expect(outcomes).toEqual([true, true, false]);
  });

  it('is cut when it says more than it may', async () => {
    roll.strangersWelcome = true;
    const stranger = await createStranger();
    const stream = await open(await dial(stranger), JOIN_PROTOCOL);
    stream.send(new Uint8Array(64 * 1024));
    await vi.waitFor(() => {
      expect(stream.status).not.toBe('open');
    });
    await vi.waitFor(() => {
      expect(stranger.getConnections()).toEqual([]);
    });
  });

  it('is cut when it opens streams by the dozen', async () => {
    roll.strangersWelcome = true;
    const connection = await dial(await createStranger());
    await open(connection, JOIN_PROTOCOL);
    await open(connection, JOIN_PROTOCOL);
    await expect(open(connection, JOIN_PROTOCOL)).rejects.toThrow();
  });

  it('that becomes a member may speak everything on the connection it has', async () => {
    roll.strangersWelcome = true;
    const stranger = await createStranger();
    const connection = await dial(stranger);
    await open(connection, JOIN_PROTOCOL);
    roll.members.set(stranger.peerId.toString() as PeerId, []);
    const stream = await open(connection, '/ipfs/ping/1.0.0');
    expect(stream.protocol).toBe('/ipfs/ping/1.0.0');
  });

  it('that is no member any more loses its connections and is heard no more', async () => {
    const stranger = await createStranger();
    const peer = stranger.peerId.toString() as PeerId;
    roll.members.set(peer, []);
    const connection = await dial(stranger);
    await open(connection, '/ipfs/ping/1.0.0');
    roll.members.delete(peer);
    await expect(open(connection, '/ipfs/ping/1.0.0')).rejects.toThrow();
    member.libp2p.cut(peer, 'revoked');
    await vi.waitFor(() => {
      expect(stranger.getConnections()).toEqual([]);
    });
  });
});
