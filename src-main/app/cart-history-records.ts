/**
 * Versions of carts kept on this machine after they were replaced, so that any can be looked at and
 * brought back. Bounded by cart and in all; signed and sealed as they came; never sent anywhere.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import type { Hash } from '../domain/ids.ts';
import type { RecordStore } from '../storage/record-store.ts';

export const MAX_VERSIONS_A_CART = 200;
export const MAX_BYTES_A_CART = 4 * 1024 * 1024;
export const MAX_BYTES = 64 * 1024 * 1024;
const FORMAT = 1;

export interface HistoryBounds {
  readonly versionsPerCart: number;
  readonly bytesPerCart: number;
  readonly bytes: number;
}
export const HISTORY_BOUNDS: HistoryBounds = {
  versionsPerCart: MAX_VERSIONS_A_CART,
  bytesPerCart: MAX_BYTES_A_CART,
  bytes: MAX_BYTES,
};

interface Entry {
  readonly hash: Hash;
  readonly bytes: number;
}

/** One list a cart (`history`), the versions' bytes by hash (`past`). One caller at a time. */
export interface CartHistoryRecords {
  load(): Promise<void>;
  /** Oldest first. */
  hashesOf(cart: string): readonly Hash[];
  read(hash: Hash): Promise<Uint8Array | undefined>;
  /** Keeps a version as the cart's newest and drops what no longer has room. */
  add(cart: string, hash: Hash, bytes: Uint8Array): Promise<void>;
}

export function createCartHistoryRecords(components: {
  readonly records: RecordStore;
  readonly bounds?: HistoryBounds;
}): CartHistoryRecords {
  const { records, bounds = HISTORY_BOUNDS } = components;
  /** In the order of their last change: the first has gone longest without one. */
  const carts = new Map<string, readonly Entry[]>();

  /** Takes the oldest versions off a list until the rest fits. */
  function fit(entries: readonly Entry[], versions: number, bytes: number): readonly Entry[] {
    let kept = entries.slice(-versions);
    while (kept.length > 1 && sizeOf(kept) > bytes) kept = kept.slice(1);
    return kept;
  }
  async function keep(cart: string, before: readonly Entry[], now: readonly Entry[]) {
    carts.delete(cart);
    if (now.length > 0) carts.set(cart, now);
    const kept = new Set(now.map(({ hash }) => hash));
    await Promise.all([
      now.length > 0
        ? records.put('history', cart, encodeEntries(now))
        : records.delete('history', cart),
      ...before
        .filter(({ hash }) => !kept.has(hash))
        .map(({ hash }) => records.delete('past', hash)),
    ]);
  }
  const total = (): number =>
    [...carts.values()].reduce((sum, entries) => sum + sizeOf(entries), 0);

  return {
    async load() {
      for (const { name, value } of await records.list('history')) {
        const entries = decodeEntries(value);
        if (entries !== undefined) carts.set(name, entries);
      }
    },
    hashesOf: (cart) => (carts.get(cart) ?? []).map(({ hash }) => hash),
    read: (hash) => records.get('past', hash),
    async add(cart, hash, bytes) {
      const before = carts.get(cart) ?? [];
      if (before.some((entry) => entry.hash === hash)) return;
      await records.put('past', hash, bytes);
      const longer = [...before, { hash, bytes: bytes.byteLength }];
      await keep(cart, longer, fit(longer, bounds.versionsPerCart, bounds.bytesPerCart));
      while (total() > bounds.bytes && carts.size > 1) {
        const [oldest] = carts;
        if (oldest === undefined) break;
        await keep(oldest[0], oldest[1], []);
      }
    },
  };
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

function encodeEntries(entries: readonly Entry[]): Uint8Array {
  return encodeCbor([FORMAT, entries.map(({ hash, bytes }) => [fromHex(hash), bytes])]);
}

/** Undefined for a list that this version cannot read: the history begins anew. */
function decodeEntries(value: Uint8Array): readonly Entry[] | undefined {
  const [format, list] = decodeCbor(value) as readonly Cbor[];
  if (format !== FORMAT || !Array.isArray(list)) return undefined;
  return (list as readonly (readonly [Uint8Array, number])[]).map(([hash, bytes]) => ({
    hash: toHex(hash) as Hash,
    bytes,
  }));
}
