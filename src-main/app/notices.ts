/**
 * Things a person should know, as codes the shells have sentences for. Worked out anew when asked,
 * from what is so now and what has happened since the app started.
 */
import { equalBytes, utf8 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import { findDuplicateDots, type Version } from '../domain/versioned-item.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { StoreHealth } from '../storage/store-health.ts';
import { isTakenOff, isUnknownHere, lacksNewestKey } from './account.ts';
import type { AccountBook } from './account-book.ts';
import type { Machine, RingServices } from './ring-lifecycle.ts';
import { isOut, presentMembers } from './ring-views.ts';
import type { SilentMember } from './silent-members.ts';

/** From so many siblings on a person is told (DESIGN §3). */
const MANY_SIBLINGS = 16;
const MAX_KEPT = 100;
const LAST_EPOCH = 'last-epoch';
/** For so long after a repair a person is told of it. */
const REPAIR_TOLD_MS = 7 * 24 * 3600_000;

export interface Notice {
  readonly code:
    | 'STEADY_MEMBER_MISSING'
    | 'PEER_ID_IN_USE'
    | 'EPOCH_RENEWED'
    | 'SIBLINGS_MANY'
    /** Two versions of an item under one name: a copied or restored machine has written. */
    | 'DUPLICATE_DOT'
    /** Something of the store cannot be read; it is repaired at the next start, or had no room. */
    | 'STORE_DAMAGED'
    /** The store was damaged and was repaired lately. */
    | 'STORE_REPAIRED'
    /** A member that nobody heard of for a week. */
    | 'SILENT_MEMBER'
    /** This machine was taken out of the ring: nobody there answers it any more. */
    | 'REVOKED'
    /** This machine was taken off an account. */
    | 'DEVICE_REVOKED'
    /** An account does not know this machine: what its log-in wrote is lost. */
    | 'DEVICE_UNKNOWN'
    /** A device that was taken off an account knows its newest sealing key. */
    | 'NEW_SEALING_KEY_NEEDED'
    /** An account has a new sealing key that this machine was not given. */
    | 'SEALING_KEY_MISSING'
    /** A machine nearby asks to be let in, and an admin has to compare its digits. */
    | 'NEWCOMER_WAITING';
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Notices {
  all(): Notice[];
  /** The store began a new epoch on purpose: nothing to tell. */
  acceptEpoch(): Promise<void>;
  /** Follows the floors of a ring that was opened. */
  attach(services: RingServices): void;
  /** Also finds out whether the store began a new epoch since the last time. */
  start(): Promise<void>;
  stop(): void;
}

export function createNotices(components: {
  readonly store: ItemStore;
  readonly records: RecordStore;
  readonly book: AccountBook;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly silent: () => readonly SilentMember[];
  readonly running: () => RingServices | undefined;
  /** What the machines call themselves that ask to be let in. */
  readonly waitingNewcomers: () => readonly string[];
  /** There is something new to tell, or something less. */
  readonly onChange: () => void;
}): Notices {
  const { store, records, book, running, onChange, machine, clock, silent } = components;
  const { waitingNewcomers } = components;
  const many = new Map<string, { readonly key: ItemKey; readonly siblings: number }>();
  const twins = new Map<string, ItemKey>();
  let inUse: string | undefined;
  let renewed: string | undefined;
  let unsubscribe = (): void => undefined;
  const acceptEpoch = (): Promise<void> => records.put('setting', LAST_EPOCH, utf8(store.epoch));
  /** The epoch of the last life, so that a copied or restored folder is told of once. */
  async function compareEpoch(): Promise<void> {
    const before = await records.get('setting', LAST_EPOCH);
    const now = utf8(store.epoch);
    if (before !== undefined && equalBytes(before, now)) return;
    await acceptEpoch();
    const isRepaired = machine.storeHealth().renewed === 'repaired';
    if (before !== undefined && !isRepaired) renewed = 'the data folder was copied or put back';
  }
  const isOurs = (key: ItemKey): boolean => book.get(key.partitionKey) !== undefined;
  /** True when there is something new to tell, or something less; so below. */
  function noteMany(key: ItemKey, siblings: number): boolean {
    const name = itemKeyString(key);
    if (siblings < MANY_SIBLINGS || !isOurs(key)) return many.delete(name);
    if (many.size >= MAX_KEPT && !many.has(name)) return false;
    many.set(name, { key, siblings });
    return true;
  }
  const noteNoTwins = (key: ItemKey, siblings: readonly Version[]): boolean =>
    twins.size > 0 && findDuplicateDots(siblings).length === 0 && twins.delete(itemKeyString(key));

  return {
    all() {
      const notices: Notice[] = [];
      const services = running();
      if (services !== undefined && isOut(services)) {
        notices.push({ code: 'REVOKED', details: {} });
      } else if (services !== undefined && lacksSteadyMember(services)) {
        notices.push({ code: 'STEADY_MEMBER_MISSING', details: {} });
      }
      if (inUse !== undefined) notices.push({ code: 'PEER_ID_IN_USE', details: { by: inUse } });
      if (renewed !== undefined) {
        notices.push({ code: 'EPOCH_RENEWED', details: { reason: renewed } });
      }
      notices.push(...storeNotices(machine.storeHealth(), clock.wallMs()));
      for (const { peer, name, days } of silent()) {
        notices.push({ code: 'SILENT_MEMBER', details: { peer, name, days } });
      }
      for (const { key, siblings } of many.values()) {
        const details = { account: key.partitionKey, sortKey: key.sortKey, siblings };
        notices.push({ code: 'SIBLINGS_MANY', details });
      }
      for (const { partitionKey, sortKey } of twins.values()) {
        notices.push({ code: 'DUPLICATE_DOT', details: { account: partitionKey, sortKey } });
      }
      for (const account of book.all().filter(isTakenOff)) {
        const details = { account: account.id, name: account.label };
        notices.push({ code: 'DEVICE_REVOKED', details });
      }
      for (const account of book.all().filter(isUnknownHere)) {
        // A shared cart has no phrase: the person's other machines let this one in.
        if (account.shared) continue;
        const details = { account: account.id, name: account.label };
        notices.push({ code: 'DEVICE_UNKNOWN', details });
      }
      for (const account of book.all().filter(lacksNewestKey)) {
        const details = { account: account.id, name: account.label };
        notices.push({ code: 'SEALING_KEY_MISSING', details });
      }
      for (const { id, label, directory } of book.all()) {
        if (!directory.needsNewSealingKey) continue;
        notices.push({ code: 'NEW_SEALING_KEY_NEEDED', details: { account: id, name: label } });
      }
      for (const name of waitingNewcomers()) {
        notices.push({ code: 'NEWCOMER_WAITING', details: { name } });
      }
      return notices;
    },
    acceptEpoch,
    attach({ transport, replication, members }) {
      inUse = undefined;
      transport.on('peerIdInUse', ({ by }) => {
        inUse = by;
        onChange();
      });
      replication.on('epochRenewed', ({ reason }) => {
        renewed = reason;
        onChange();
        // Told now, so not again at the next start; if this fails, twice does no harm.
        void acceptEpoch().catch(() => undefined);
      });
      members.on('changed', onChange);
    },
    async start() {
      await compareEpoch();
      const unsubscribes = [
        store.on('changed', ({ key, siblings }) => {
          const told = [noteMany(key, siblings.length), noteNoTwins(key, siblings)];
          const devices = key.sortKey === DEVICES_SORT_KEY && isOurs(key);
          if (devices || told.includes(true)) onChange();
        }),
        store.on('duplicateDot', ({ key }) => {
          if (!isOurs(key) || twins.size >= MAX_KEPT) return;
          twins.set(itemKeyString(key), key);
          onChange();
        }),
      ];
      unsubscribe = () => {
        for (const one of unsubscribes) one();
      };
    },
    stop() {
      unsubscribe();
    },
  };
}

function storeNotices(health: StoreHealth, nowMs: number): Notice[] {
  const { state, repair, unrepaired = '' } = health;
  if (state === 'damaged') return [{ code: 'STORE_DAMAGED', details: { unrepaired } }];
  if (repair === undefined || nowMs - repair.at > REPAIR_TOLD_MS) return [];
  const { at, aside, items, unreadable, missing, lostGroups, lostItems } = repair;
  const details = {
    at,
    aside,
    items,
    unreadable,
    missing,
    lostGroups,
    lostItems: lostItems.length,
  };
  return [{ code: 'STORE_REPAIRED', details }];
}

/** A ring of machines that all may be asleep at once: said once there are two. */
function lacksSteadyMember(services: RingServices): boolean {
  const storing = presentMembers(services).filter(({ capacity }) => capacity > 0);
  return storing.length >= 2 && !storing.some(({ steady }) => steady);
}
