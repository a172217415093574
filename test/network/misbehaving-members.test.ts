import type { Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { concatBytes, utf8 } from '../../src-main/base/bytes.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { plainBytes } from '../../src-main/network/frame-channel.ts';
import { rpcProtocol } from '../../src-main/network/protocols.ts';
import { decodeRpcError } from '../../src-main/network/rpc-error.ts';
import {
  createFrameReader,
  encodeFrame,
  FRAME,
  type Frame,
} from '../../src-main/network/rpc-frame.ts';
import { encodeHello } from '../../src-main/network/rpc-hello.ts';
import { MAX_SERVED_REQUESTS } from '../../src-main/network/rpc-limits.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { createBarePeer } from './bare-peer.ts';
import {
  createRealPeer,
  createRoll,
  freshIdentity,
  random,
  RING,
  type RealPeer,
  type Roll,
} from './real-peer.ts';

/** A member that speaks the RPC by hand. */
interface Rogue {
  readonly stream: Stream;
  readonly frames: Frame[];
  sayHello(): Promise<void>;
}

describe('a member that misbehaves', () => {
  let roll: Roll;
  let honest: RealPeer;
  let node: Libp2p;
  let rogue: Rogue;

  beforeEach(async () => {
    roll = createRoll();
    honest = await createRealPeer(roll);
    const identity = freshIdentity();
    roll.members.set(honest.self, []);
    await honest.start();
    node = await createBarePeer(identity.seed);
    roll.members.set(identity.peer, []);
    rogue = await openRpc();
  });
  afterEach(async () => {
    await node.stop();
    await honest.stop();
  });
  const rogueId = (): PeerId => node.peerId.toString() as PeerId;

  async function openRpc(): Promise<Rogue> {
    const stream = await node.dialProtocol(
      multiaddr(honest.libp2p.addresses()[0] ?? ''),
      rpcProtocol(RING),
    );
    const reader = createFrameReader();
    const frames: Frame[] = [];
    stream.addEventListener('message', (event) => {
      for (const frame of reader.read(plainBytes(event.data))) frames.push(frame);
    });
    return {
      stream,
      frames,
      async sayHello() {
        const nonce = random.bytes(16);
        const instance = random.bytes(16);
        const hello = encodeHello({ speaks: [1, 1], instance, nonce, revocations: [] });
        stream.send(encodeFrame(FRAME.hello, 0, hello));
        await vi.waitFor(() => {
          expect(frames[0]?.type).toBe(FRAME.hello);
        });
      },
    };
  }
  const isCut = (): Promise<void> =>
    vi.waitFor(() => {
      expect(rogue.stream.status).not.toBe('open');
      expect(honest.rpc.connected()).toEqual([]);
    });
  const ofType = (type: number): Frame[] => rogue.frames.filter((frame) => frame.type === type);

  describe.each([
    ['a frame larger than a frame', Uint8Array.of(0, 0x20, 0, 0, 1, 0, 0, 0, 1)],
    ['a frame shorter than its head', Uint8Array.of(0, 0, 0, 2, 1, 0)],
    ['a frame of an unknown type', encodeFrame(99 as never, 1, utf8('?'))],
    ['a second hello', encodeFrame(FRAME.hello, 0, utf8('again'))],
    ['a request without a verb', encodeFrame(FRAME.request, 1)],
    ['an error frame that is no error', encodeFrame(FRAME.error, 1, utf8('oops'))],
    ['a close frame that is no error', encodeFrame(FRAME.close, 0, Uint8Array.of(0xff))],
  ])('by %s', (_what, bytes) => {
    it('loses its session and is counted', async () => {
      await rogue.sayHello();
      await vi.waitFor(() => {
        expect(honest.rpc.isConnected(rogueId())).toBe(true);
      });
      rogue.stream.send(bytes);
      await isCut();
      expect(honest.penalties).toHaveLength(1);
    });
  });

  it('by a request before its hello loses the stream', async () => {
    rogue.stream.send(encodeFrame(FRAME.request, 1, Uint8Array.of(VERB.get)));
    await isCut();
    expect(honest.penalties).toHaveLength(1);
  });

  it('by garbage in the place of a hello loses the stream', async () => {
    rogue.stream.send(encodeFrame(FRAME.hello, 0, random.bytes(64)));
    await isCut();
    expect(honest.penalties).toHaveLength(1);
  });

  it('again and again is refused for a while, and dialled no more', async () => {
    for (let times = 1; times <= 3; times++) {
      rogue.stream.send(encodeFrame(FRAME.hello, 0, random.bytes(64)));
      await isCut();
      expect(honest.penalties).toHaveLength(times);
      if (times < 3) rogue = await openRpc();
    }
    await vi.waitFor(() => {
      expect(node.getConnections()).toEqual([]);
    });
    const again = openRpc().then((next) => next.sayHello());
    await expect(again).rejects.toThrow();
    await expect(
      honest.libp2p.connect(rogueId(), ['/ip4/127.0.0.1/tcp/9'], AbortSignal.timeout(1000)),
    ).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    expect(honest.penalties).toHaveLength(3);
  });

  it('by one id for two requests at once loses the session', async () => {
    honest.rpc.handle(VERB.get, () => new Promise(() => undefined));
    await rogue.sayHello();
    const request = encodeFrame(FRAME.request, 7, Uint8Array.of(VERB.get));
    rogue.stream.send(concatBytes(request, request));
    await isCut();
  });

  it('by more requests at once than it may is told OVERLOADED, and served what it may', async () => {
    const release: (() => void)[] = [];
    honest.rpc.handle(
      VERB.get,
      (body) => new Promise((resolve) => release.push(() => resolve(body))),
    );
    await rogue.sayHello();
    for (let id = 1; id <= MAX_SERVED_REQUESTS + 10; id++) {
      rogue.stream.send(encodeFrame(FRAME.request, id, Uint8Array.of(VERB.get)));
    }
    await vi.waitFor(() => {
      expect(ofType(FRAME.error)).toHaveLength(10);
    });
    expect(decodeRpcError(ofType(FRAME.error)[0]?.body ?? utf8('')).code).toBe('OVERLOADED');
    for (const one of release) one();
    await vi.waitFor(() => {
      expect(ofType(FRAME.response)).toHaveLength(MAX_SERVED_REQUESTS);
    });
  });

  it('by late or unasked answers does no harm', async () => {
    await rogue.sayHello();
    rogue.stream.send(encodeFrame(FRAME.response, 4711, utf8('nobody asked')));
    rogue.stream.send(encodeFrame(FRAME.cancel, 4712));
    rogue.stream.send(encodeFrame(FRAME.pong, 4713));
    rogue.stream.send(encodeFrame(FRAME.ping, 4714));
    await vi.waitFor(() => {
      expect(ofType(FRAME.pong).map((frame) => frame.id)).toContain(4714);
    });
    expect(honest.penalties).toEqual([]);
  });

  it('by reading nothing makes its own requests wait, not our memory grow', async () => {
    const answer = new Uint8Array(256 * 1024);
    let served = 0;
    honest.rpc.handle(VERB.get, () => {
      served++;
      return Promise.resolve(answer);
    });
    await rogue.sayHello();
    rogue.stream.pause();
    const asked = 5000;
    const pad = new Uint8Array(8 * 1024);
    for (let id = 1; id <= asked; id++) {
      rogue.stream.send(encodeFrame(FRAME.request, id, Uint8Array.of(VERB.get), pad));
    }
    // 1.2 GB of answers were asked for; some MB are made, then its requests stay unread.
    let seen = -1;
    await vi.waitFor(
      () => {
        const still = served > 0 && served === seen;
        seen = served;
        expect(still).toBe(true);
      },
      { interval: 300, timeout: 10_000 },
    );
    expect(served).toBeLessThan(asked / 4);
    expect(served * answer.byteLength).toBeGreaterThan(4 * 1024 * 1024);
  });
});
