/** What goes on by itself while a ring is open: the parts kept in step, lost members looked for. */
import { toAppError } from './base/app-error.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import { createRepeating } from './base/repeating.ts';
import type { PeerId } from './domain/ids.ts';
import { isLoopback } from './network/addresses.ts';
import type { Directory } from './network/directory.ts';
import type { Libp2pPeer } from './network/libp2p-peer.ts';
import type { RpcTransport } from './network/libp2p-transport.ts';
import type { RingMemberTable } from './replication/ring-member-table.ts';

/** Between two looks at the addresses of this machine. */
const ADDRESSES_EVERY_MS = 5000;
/** Between two looks into the phone book while somebody is out of reach. */
const PHONE_BOOK_EVERY_MS = 15_000;
/** How long one look into it may take. */
const LOOK_UP_TIMEOUT_MS = 4000;

/** Keeps the parts in step with each other: addresses, members, revocations. */
export function followChanges(parts: {
  readonly peer: Libp2pPeer;
  readonly members: RingMemberTable;
  readonly transport: { refresh(): void; offer(peer: PeerId, addresses: readonly string[]): void };
  readonly logger: Logger;
  readonly ends: (() => Promise<void>)[];
}): void {
  const { peer, members, transport, logger, ends } = parts;
  const offs = [
    peer.on('found', ({ peer: found, addresses }) => {
      if (members.isMember(found)) transport.offer(found, addresses);
    }),
    peer.on('addresses', ({ addresses }) => {
      members.announce({ addresses }).catch((error: unknown) => {
        logger.warn('new addresses could not be announced', { error: toAppError(error).message });
      });
    }),
    members.on('changed', () => {
      transport.refresh();
    }),
    members.on('revoked', ({ peer: gone }) => {
      peer.cut(gone, 'revoked');
      transport.refresh();
    }),
  ];
  ends.push(() => {
    for (const off of offs) off();
    return Promise.resolve();
  });
}

/**
 * Announces the addresses of this machine when its networks have changed: nothing tells of it while
 * the listeners stay (DESIGN §2 kad-dht: reconnection after a change of address).
 */
export function watchAddresses(parts: {
  readonly peer: Pick<Libp2pPeer, 'addresses'>;
  readonly members: Pick<RingMemberTable, 'self' | 'get' | 'announce'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ends: (() => Promise<void>)[];
}): void {
  const { peer, members, clock, logger } = parts;
  const looking = createRepeating({
    clock,
    intervalMs: () => ADDRESSES_EVERY_MS,
    async work() {
      const now = peer.addresses();
      const told = members.get(members.self)?.addresses ?? [];
      // In no network there is loopback alone: who looks for this machine is left the last ones.
      if (now.every(isLoopback) || sameSet(now, told)) return;
      await members.announce({ addresses: now });
    },
    onError: (error) => {
      logger.warn('new addresses could not be announced', { error: toAppError(error).message });
    },
  });
  parts.ends.push(() => looking.stop());
  void looking.start();
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/**
 * Members that stay out of reach at their last address are asked for in the phone book, from time
 * to time: one reachable member is enough to find the others (DESIGN §2 kad-dht).
 */
export function askPhoneBook(parts: {
  readonly directory: Directory;
  readonly transport: RpcTransport;
  readonly members: RingMemberTable;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ends: (() => Promise<void>)[];
}): void {
  const { directory, transport, members, clock, logger } = parts;
  const asking = createRepeating({
    clock,
    intervalMs: () => PHONE_BOOK_EVERY_MS,
    async work(signal) {
      const others = members.all().filter(({ peer }) => peer !== members.self);
      const away = others.filter(({ peer }) => !transport.isConnected(peer));
      if (away.length === 0 || away.length === others.length) return;
      const found = await directory.findMembers({ timeoutMs: LOOK_UP_TIMEOUT_MS, signal });
      for (const { peer, addresses } of found) {
        if (members.isMember(peer)) transport.offer(peer, addresses);
      }
    },
    onError: (error) => {
      logger.debug('the phone book gave no answer', { error: toAppError(error).message });
    },
  });
  parts.ends.push(() => asking.stop());
  void asking.start();
}
