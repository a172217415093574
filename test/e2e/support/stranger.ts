import { noise } from '@chainsafe/libp2p-noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';

/** A libp2p peer of somebody else: speaks the language, has no certificate. */
export async function createStranger(): Promise<Libp2p> {
  return createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { reconnectRetries: 0 },
  });
}

export type Answer = 'spoke' | 'refused' | 'silent';

/**
 * Opens the protocol and pushes some bytes at it. `spoke`: the other side sent anything at all;
 * `refused`: no connection, no such protocol or a reset; `silent`: opened and nothing came back.
 */
export async function tryProtocol(
  stranger: Libp2p,
  address: string,
  protocol: string,
): Promise<Answer> {
  const signal = AbortSignal.timeout(4000);
  try {
    const stream = await stranger.dialProtocol(multiaddr(address), protocol, { signal });
    const { promise, resolve } = Promise.withResolvers<Answer>();
    stream.addEventListener('message', () => {
      resolve('spoke');
    });
    stream.addEventListener('close', () => {
      resolve('refused');
    });
    stream.send(new Uint8Array(32).fill(7));
    signal.addEventListener('abort', () => {
      resolve('silent');
    });
    return await promise;
  } catch {
    return signal.aborted ? 'silent' : 'refused';
  }
}
