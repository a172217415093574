/**
 * Things a person should know, as codes the shells have sentences for. Worked out anew when asked,
 * from what is so now and what has happened since the app started.
 */
import { equalBytes, utf8 } from '../base/bytes.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { AccountBook } from './account-book.ts';
import type { RingServices } from './ring-lifecycle.ts';
import { presentMembers } from './ring-views.ts';

/** From so many siblings on a person is told (DESIGN §3). */
const MANY_SIBLINGS = 16;
const MAX_KEPT = 100;
const LAST_EPOCH = 'last-epoch';

export interface Notice {
  readonly code: 'STEADY_MEMBER_MISSING' | 'PEER_ID_IN_USE' | 'EPOCH_RENEWED' | 'SIBLINGS_MANY';
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
  readonly running: () => RingServices | undefined;
  /** There is something new to tell, or something less. */
  readonly onChange: () => void;
}): Notices {
  const { store, records, book, running, onChange } = components;
  const many = new Map<string, { readonly key: ItemKey; readonly siblings: number }>();
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
    if (before !== undefined) renewed = 'the data folder was copied or put back';
  }

  return {
    all() {
      const notices: Notice[] = [];
      const services = running();
      if (services !== undefined && lacksSteadyMember(services)) {
        notices.push({ code: 'STEADY_MEMBER_MISSING', details: {} });
      }
      if (inUse !== undefined) notices.push({ code: 'PEER_ID_IN_USE', details: { by: inUse } });
      if (renewed !== undefined) {
        notices.push({ code: 'EPOCH_RENEWED', details: { reason: renewed } });
      }
      for (const { key, siblings } of many.values()) {
        const details = { account: key.partitionKey, sortKey: key.sortKey, siblings };
        notices.push({ code: 'SIBLINGS_MANY', details });
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
      unsubscribe = store.on('changed', ({ key, siblings }) => {
        const name = itemKeyString(key);
        const tooMany = siblings.length >= MANY_SIBLINGS && book.get(key.partitionKey);
        if (tooMany && many.size < MAX_KEPT) many.set(name, { key, siblings: siblings.length });
        else if (tooMany || !many.delete(name)) return;
        onChange();
      });
    },
    stop() {
      unsubscribe();
    },
  };
}

/** A ring of machines that all may be asleep at once: said once there are two. */
function lacksSteadyMember(services: RingServices): boolean {
  const storing = presentMembers(services).filter(({ capacity }) => capacity > 0);
  return storing.length >= 2 && !storing.some(({ steady }) => steady);
}
