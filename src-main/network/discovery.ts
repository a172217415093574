import { isIPv4 } from 'node:net';
import type { PeerDiscovery, PeerInfo } from '@libp2p/interface';
import { mdns, type MulticastDNSComponents } from '@libp2p/mdns';
import type { Logger } from '../base/logger.ts';
import type { Startable } from '../base/startable.ts';
import type { PeerId } from '../domain/ids.ts';
import { localAddresses } from './addresses.ts';
import { createLibp2pLogger, onceLogger } from './libp2p-logger.ts';

/** Between two questions to the LAN; every answer is heard, not only a peer's first. */
const QUERY_INTERVAL_MS = 10_000;

/**
 * Finds ring members, or open doors, on the LAN by multicast DNS (DESIGN §4 `--no-mdns` turns it
 * off). libp2p tells of a peer once in its life (STACK B5), so this hears the answers themselves: a
 * member that comes back, or moves, is found again within one interval. Without a multicast route
 * it finds nothing, says so once, and does no harm.
 */
export function createDiscovery(
  init: {
    /** What is asked for, and answered to (protocols.ts). */
    tag: string;
    /** Only asks, and answers nobody. */
    silent?: boolean;
    onFound(peer: PeerId, addresses: readonly string[]): void;
  },
  components: { logger: Logger },
): (libp2p: Pick<MulticastDNSComponents, 'addressManager'>) => PeerDiscovery & Startable {
  const logger = components.logger.scope('mdns');
  const onError = onceLogger(
    logger,
    'multicast DNS does not work here; members are not found by it',
  );
  return (libp2p) => {
    // Without an interface nothing fails, and nothing is found.
    if (!localAddresses().some(isIPv4)) onError('this machine is in no IPv4 network');
    const discovery = mdns({
      serviceTag: init.tag,
      broadcast: init.silent !== true,
      interval: QUERY_INTERVAL_MS,
    })({ addressManager: libp2p.addressManager, logger: createLibp2pLogger(onError) });
    discovery.addEventListener('peer', (event: CustomEvent<PeerInfo>) => {
      const { id, multiaddrs } = event.detail;
      init.onFound(
        id.toString() as PeerId,
        multiaddrs.slice(0, 16).map((address) => address.toString()),
      );
    });
    // It is started and stopped by whoever holds it, which its type does not tell.
    return discovery as PeerDiscovery & Startable;
  };
}
