/**
 * Makes a fresh store of what can be read of a damaged one (DESIGN §3): every record whose checksum
 * holds, every version whose signature holds besides; versions are merged as if they had come from
 * another member. So it does not matter in what order, from how many copies, or how old they are.
 */
import { containsDot } from '../domain/causal-context.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { openRecord } from './checked-record.ts';
import type { DiskEntry, DiskKey, DiskRepair } from './disk.ts';
import { decodeHint } from './hint-records.ts';
import { decodeItem } from './item-record.ts';
import type { ReadEnvelope } from './item-reader.ts';
import type { OutboxEntry } from './item-store.ts';
import { decodeOutboxEntry } from './outbox-records.ts';
import type { OpenedStore } from './opened-store.ts';
import { readableEntries } from './readable-entries.ts';
import {
  KEY_KIND,
  partitionKeyOf,
  sortKeyOf,
  STATE_KEY,
  EPOCH_KEY,
  DAMAGE_KEY,
  BIRTHMARK_KEY,
  LIFE_KEY,
  REPAIR_KEY,
} from './record-keys.ts';
import { decodeState, type StoreState } from './state-record.ts';
import { MAX_LOST_ITEMS } from './store-health.ts';
import type { RestoredRecord } from './store-restore.ts';

type Source = DiskRepair['sources'][number];

export interface Salvaged {
  readonly versions: number;
  readonly records: number;
  readonly unreadable: number;
  readonly missing: number;
  readonly lostItems: readonly ItemKey[];
}

export interface SalvageComponents {
  readonly readEnvelope: ReadEnvelope;
  readonly isSigned: (version: SignedVersion) => boolean;
  readonly store: OpenedStore;
}

/** What a fresh store makes for itself. */
const OWN: ReadonlySet<DiskKey> = new Set([
  STATE_KEY,
  EPOCH_KEY,
  DAMAGE_KEY,
  BIRTHMARK_KEY,
  LIFE_KEY,
  REPAIR_KEY,
]);
const MAX_NAMED = 10_000;

/** @param sources the newest last: of named records the newest one that can be read stays. */
export async function salvage(
  sources: readonly Source[],
  components: SalvageComponents,
): Promise<Salvaged> {
  const salvaging = new Salvaging(components);
  for (const source of sources) await salvaging.takeContent(source);
  // Outbox and hints name versions: those are all here by now.
  for (const source of sources) await salvaging.takeReferences(source);
  return salvaging.result(sources);
}

class Salvaging {
  readonly #c: SalvageComponents;
  readonly #damaged = new Set<DiskKey>();
  readonly #lost = new Map<string, ItemKey>();
  /** Versions that items name and that have records of their own. */
  readonly #referred: { key: ItemKey; stored: Pick<OutboxEntry, 'dot' | 'hash'> }[] = [];
  #versions = 0;
  #records = 0;
  #holes = 0;
  #seen = 0;
  #claimed: StoreState | undefined;

  constructor(components: SalvageComponents) {
    this.#c = components;
  }

  async takeContent(source: Source): Promise<void> {
    let seen = 0;
    let taken = 0;
    const pages = readableEntries(source, () => {
      this.#holes++;
    });
    for await (const page of pages) {
      const records: RestoredRecord[] = [];
      const versions: SignedVersion[] = [];
      for (const entry of page) {
        if (entry.key !== STATE_KEY) seen++;
        const body = this.#bodyOf(entry);
        if (body === undefined) continue;
        try {
          this.#sort(entry.key, body, { records, versions });
        } catch {
          this.#noteDamaged(entry.key);
        }
      }
      await this.#write(records, versions);
      taken += versions.length;
    }
    // Copies hold much the same: the fullest one says how much there was.
    this.#seen = Math.max(this.#seen, seen);
    this.#versions = Math.max(this.#versions, taken);
  }

  #sort(
    key: DiskKey,
    body: Uint8Array,
    to: { readonly records: RestoredRecord[]; readonly versions: SignedVersion[] },
  ): void {
    if (key === STATE_KEY) {
      const state = decodeState(body);
      if (state.sequence >= (this.#claimed?.sequence ?? 0)) this.#claimed = state;
    }
    if (OWN.has(key)) return;
    switch (key.charAt(0)) {
      case KEY_KIND.item: {
        const item = { partitionKey: partitionKeyOf(key), sortKey: sortKeyOf(key) };
        for (const one of decodeItem(body)) {
          if (one.inline !== undefined) to.versions.push(...this.#sound(one.inline, item));
          else if (this.#referred.length < MAX_NAMED) {
            this.#referred.push({ key: item, stored: one });
          }
        }
        break;
      }
      case KEY_KIND.version:
        to.versions.push(...this.#sound(body, undefined));
        break;
      case KEY_KIND.counter:
      case KEY_KIND.known:
      case KEY_KIND.record:
        to.records.push({ key, body });
        break;
      default:
    }
  }

  /** The version in the bytes, if its signature holds. */
  #sound(bytes: Uint8Array, item: ItemKey | undefined): readonly SignedVersion[] {
    // A view would keep the whole page in memory for as long as the version is.
    const version = this.#c.readEnvelope(new Uint8Array(bytes));
    if (this.#c.isSigned(version)) return [version];
    this.#noteLost(item ?? version.key);
    return [];
  }

  async #write(records: readonly RestoredRecord[], versions: readonly SignedVersion[]) {
    const { restore, changes } = this.#c.store;
    if (records.length > 0) await restore.records(records);
    // One after the other enough for the queue's bounds: a page may hold many large versions.
    for (let at = 0; at < versions.length;) {
      let bytes = 0;
      const some: SignedVersion[] = [];
      for (; at < versions.length && bytes < MAX_AT_ONCE; at++) {
        const version = versions[at];
        if (version === undefined) break;
        bytes += version.bytes.byteLength;
        some.push(version);
      }
      await Promise.all(some.map((version) => changes.merge(version.key, [version])));
    }
    this.#records += records.length;
  }

  async takeReferences(source: Source): Promise<void> {
    for await (const page of readableEntries(source, () => undefined)) {
      const entries: OutboxEntry[] = [];
      for (const entry of page) {
        if (entry.key.startsWith(KEY_KIND.outbox)) {
          const body = this.#bodyOf(entry);
          if (body !== undefined) entries.push(decodeOutboxEntry(entry.key, body));
        } else if (entry.key.startsWith(KEY_KIND.hint)) await this.#takeHint(entry);
      }
      if (entries.length === 0) continue;
      const gone = await this.#c.store.restore.outbox(entries);
      for (const { key, dot, hash } of gone) await this.#checkHere(key, { dot, hash });
    }
  }

  /** What has no room as a hint stays as an item: it is offered to its owners all the same. */
  async #takeHint(entry: DiskEntry): Promise<void> {
    const body = this.#bodyOf(entry);
    if (body === undefined) return;
    const { owner, key, hash } = decodeHint(entry.key, body).hint;
    const held = await this.#c.store.queries.read(key);
    const version = held.find((one) => one.hash === hash);
    if (version === undefined) return;
    await this.#c.store.changes.merge(key, [version], { hintsFor: [owner] }).catch(() => undefined);
  }

  async #checkHere(key: ItemKey, { dot, hash }: Pick<OutboxEntry, 'dot' | 'hash'>): Promise<void> {
    const held = await this.#c.store.queries.read(key);
    if (held.some((one) => one.hash === hash || containsDot(one.context, dot))) return;
    this.#noteLost(key);
  }

  #bodyOf({ key, value }: DiskEntry): Uint8Array | undefined {
    try {
      return openRecord(key, value).body;
    } catch {
      this.#noteDamaged(key);
      return undefined;
    }
  }

  #noteDamaged(key: DiskKey): void {
    if (this.#damaged.size < MAX_NAMED) this.#damaged.add(key);
  }

  #noteLost(key: ItemKey): void {
    if (this.#lost.size < MAX_LOST_ITEMS) this.#lost.set(itemKeyString(key), key);
  }

  async result(sources: readonly Source[]): Promise<Salvaged> {
    let unreadable = this.#holes;
    for (const key of this.#damaged) {
      if (OWN.has(key) || (await isReadable(key, sources))) continue;
      unreadable++;
      if (!key.startsWith(KEY_KIND.item)) continue;
      this.#noteLost({ partitionKey: partitionKeyOf(key), sortKey: sortKeyOf(key) });
    }
    for (const { key, stored } of this.#referred) await this.#checkHere(key, stored);
    return {
      versions: this.#versions,
      records: this.#records,
      unreadable,
      missing: Math.max(0, (this.#claimed?.records ?? 0) - this.#seen),
      lostItems: [...this.#lost.values()],
    };
  }
}

/** Bytes of versions that wait for the fresh store at once. */
const MAX_AT_ONCE = 8 * 1024 * 1024;

async function isReadable(key: DiskKey, sources: readonly Source[]): Promise<boolean> {
  for (const source of sources) {
    try {
      const value = await source.get(key);
      if (value !== undefined && openRecord(key, value).body.byteLength >= 0) return true;
    } catch {
      continue;
    }
  }
  return false;
}
