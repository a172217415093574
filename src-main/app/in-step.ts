/** "Is everything in step?", answered by asking each machine that should hold the same. */
import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/waiting.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { hostOf, withoutPeer } from '../network/addresses.ts';
import type { ItemDifference as Difference } from '../replication/account-differences.ts';
import type { KnownMember } from '../replication/member-table.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { Account } from './account.ts';
import type { AccountBook } from './account-book.ts';
import { CART_PREFIX, type CartVersions } from './cart-versions.ts';
import type { Machine, RingServices } from './ring-lifecycle.ts';
import type { RingSession } from './ring-session.ts';
import type { RingShape } from './ring-shape.ts';
import { addressOf, presentMembers } from './ring-views.ts';
import type { AccountInStep, AwayReason, InStep, MemberInStep } from './views/in-step.ts';

export interface InStepService {
  /** Without a ring: nobody to be in step with. */
  look(signal?: AbortSignal): Promise<InStep>;
}

/** For one machine's answers, all accounts together. */
const ASK_MS = 4000;

export function createInStep(components: {
  readonly clock: Clock;
  readonly store: ItemStore;
  readonly book: AccountBook;
  readonly session: RingSession;
  readonly machine: Machine;
  readonly shape: RingShape;
  readonly versions: CartVersions;
}): InStepService {
  const { clock, store, book, session, machine, shape } = components;

  /** Owners, and members that are logged in to the account, too. */
  function shouldHold(account: Account, peer: PeerId, services: RingServices): boolean {
    const placement = shape.of(services.members);
    if (placement.isOwner(placement.partitionOf(account.id), peer)) return true;
    return account.directory
      .entries()
      .some(({ peers, revoked }) => revoked === undefined && peers.includes(peer));
  }
  async function nameOf(account: Account, sortKey: string): Promise<string> {
    if (!sortKey.startsWith(CART_PREFIX) || !account.canOpen()) return '';
    const siblings = await store.read({ partitionKey: account.id, sortKey });
    try {
      const opened = components.versions.open(account, siblings);
      return opened.findLast(({ cart }) => cart !== undefined)?.cart?.name ?? '';
    } catch {
      return '';
    }
  }
  async function compared(
    account: Account,
    peer: PeerId,
    ask: (account: PartitionKey) => Promise<readonly Difference[]>,
  ): Promise<AccountInStep> {
    const head = { account: account.id, name: account.label };
    try {
      const items = await Promise.all(
        (await ask(account.id)).map(async (item) => ({
          ...item,
          kind: kindOf(item.sortKey),
          name: await nameOf(account, item.sortKey),
        })),
      );
      return { ...head, state: items.length === 0 ? 'equal' : 'differs', items };
    } catch {
      return { ...head, state: 'unknown', items: [] };
    }
  }
  async function memberInStep(
    member: KnownMember,
    services: RingServices,
    signal: AbortSignal | undefined,
  ): Promise<MemberInStep> {
    const { peer } = member;
    const { transport, replication } = services;
    const connected = transport.isConnected(peer);
    const accounts = book.all().filter((account) => shouldHold(account, peer, services));
    const ask = (account: PartitionKey): Promise<readonly Difference[]> =>
      connected
        ? within({ clock, timeoutMs: ASK_MS, signal, what: 'a comparison' }, (until) =>
            replication.compare(peer, account, until),
          )
        : Promise.reject(toAppError(new Error('away')));
    const address = addressOf(member, services);
    const face = address === undefined ? undefined : machine.interfaceTo(hostOf(address));
    const roundTripMs = transport.roundTripMs(peer);
    const ended = connected ? undefined : transport.lastFailure(peer);
    return {
      peerId: peer,
      name: session.nameOf(peer),
      connected,
      addresses: (address === undefined ? member.addresses : [address]).map(withoutPeer),
      ...(face === undefined ? {} : { networkInterface: face }),
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(connected ? {} : { away: awayOf(member, services) }),
      ...(ended === undefined ? {} : { lastError: ended.message }),
      hints: await services.hintsFor(peer),
      accounts: await Promise.all(accounts.map((account) => compared(account, peer, ask))),
    };
  }
  return {
    async look(signal) {
      const outbox = await store.outboxSize();
      const services = session.running();
      if (services === undefined) return { allEqual: outbox === 0, outbox, members: [] };
      const others = presentMembers(services).filter(({ peer }) => peer !== services.members.self);
      const members = await Promise.all(
        others.map((member) => memberInStep(member, services, signal)),
      );
      const allEqual = members.every(({ accounts }) =>
        accounts.every(({ state }) => state === 'equal'),
      );
      return { allEqual: allEqual && outbox === 0, outbox, members };
    },
  };
}

function awayOf({ peer, addresses }: KnownMember, services: RingServices): AwayReason {
  if (services.refused().some((one) => one.peer === peer)) return 'shutOut';
  const ended = services.transport.lastFailure(peer)?.reason;
  if (addresses.length === 0 && ended === undefined) return 'noAddress';
  return ended ?? 'other';
}

function kindOf(sortKey: string): AccountInStep['items'][number]['kind'] {
  if (sortKey === DEVICES_SORT_KEY) return 'devices';
  const [kind] = sortKey.split('#');
  return kind === 'cart' || kind === 'order' || kind === 'product' ? kind : 'other';
}
