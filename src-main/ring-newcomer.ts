/**
 * What a peer without a ring does on the network, for the app: one conversation with a member, and
 * listening on the LAN for doors that are open. Beside peer.ts: chooses implementations.
 */
import type { JoinTalk } from './app/ring-lifecycle.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import type { PeerId } from './domain/ids.ts';
import { converse } from './network/join.ts';
import { createLibp2pPeer, type Libp2pPeer } from './network/libp2p-peer.ts';

interface Components {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Neither has members, nor lets anybody in. */
const NOBODY = {
  isMember: () => false,
  strangersWelcome: () => false,
  isRevoked: () => false,
};

function createAlone(
  init: { readonly seed: Uint8Array; readonly seekDoors: boolean },
  { clock, logger }: Components,
): Promise<Libp2pPeer> {
  return createLibp2pPeer(
    { ...init, ring: undefined, listen: [], mdns: false },
    { clock, logger: logger.scope('joining'), admission: NOBODY },
  );
}

/** A libp2p peer without a ring, for as long as the join takes. */
export async function converseAlone(
  seed: Uint8Array,
  target: { readonly peer: PeerId; readonly addresses: readonly string[] },
  talk: JoinTalk,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  components: Components,
): Promise<void> {
  const peer = await createAlone({ seed, seekDoors: false }, components);
  await peer.start();
  try {
    await converse({ peer, clock: components.clock }, target, talk, {
      timeoutMs: options.timeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await peer.stop();
  }
}

/** Hears of open doors on the LAN until the returned function is called. */
export async function seekDoors(
  seed: Uint8Array,
  onFound: (peer: PeerId, addresses: readonly string[]) => void,
  components: Components,
): Promise<() => Promise<void>> {
  const peer = await createAlone({ seed, seekDoors: true }, components);
  peer.on('found', ({ peer: found, addresses }) => {
    onFound(found, addresses);
  });
  await peer.start();
  return () => peer.stop();
}
