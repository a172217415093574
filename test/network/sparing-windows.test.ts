import { afterEach, describe, expect, it, vi } from 'vitest';
import { VERB } from '../../src-main/network/verb.ts';
import { startRing, type RealPeer } from './real-peer.ts';

/** What we look at of @libp2p/yamux: each frame that a stream sends. */
interface FramedStream {
  sendFrame(header: { readonly type: number }, data?: unknown): boolean;
}
const WINDOW_UPDATE = 1;

/** Counts frames of all streams of the connections between the two, by kind. */
function countFrames(a: RealPeer, b: RealPeer): { data: number; updates: number } {
  const count = { data: 0, updates: 0 };
  const connections = [...a.libp2p.connections(b.self), ...b.libp2p.connections(a.self)];
  for (const stream of connections.flatMap((connection) => connection.streams)) {
    const framed = stream as unknown as FramedStream;
    const send = framed.sendFrame.bind(stream);
    framed.sendFrame = (header, data) => {
      if (header.type === WINDOW_UPDATE) count.updates++;
      else count.data++;
      return send(header, data);
    };
  }
  return count;
}

describe('a connection’s receive windows', () => {
  const running: RealPeer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((peer) => peer.stop()));
  });
  async function pair(): Promise<[RealPeer, RealPeer]> {
    const [a, b] = (await startRing(2)) as [RealPeer, RealPeer];
    running.push(a, b);
    for (const peer of [a, b]) peer.rpc.handle(VERB.get, (body) => Promise.resolve(body));
    await vi.waitFor(
      () => {
        expect(a.rpc.connected()).toEqual([b.self]);
      },
      { timeout: 10_000 },
    );
    return [a, b];
  }

  it('are opened again when half is used up, not after each message', async () => {
    const [a, b] = await pair();
    const count = countFrames(a, b);
    for (let i = 0; i < 200; i++) {
      await a.rpc.request(b.self, VERB.get, new Uint8Array(1536), { timeoutMs: 5000 });
    }
    expect(count.data).toBeGreaterThanOrEqual(400);
    // 300 KB each way through windows of 256 KiB or more.
    expect(count.updates).toBeGreaterThanOrEqual(1);
    expect(count.updates).toBeLessThanOrEqual(8);
  });

  it('let through what is larger than any of them, both ways at once', async () => {
    const [a, b] = await pair();
    const large = new Uint8Array(900_000).fill(7);
    const ask = (from: RealPeer, to: RealPeer) =>
      from.rpc.request(to.self, VERB.get, large, { timeoutMs: 20_000 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? ask(a, b) : ask(b, a))),
    );
    for (const answer of answers) expect(Buffer.compare(answer, large)).toBe(0);
  });
});
