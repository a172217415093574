import type { ItemKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { damagedRecord, type RecordBody } from './checked-record.ts';
import type { DiskKey } from './disk.ts';
import { decodeItem, type StoredVersion } from './item-record.ts';
import type { RecordKeys } from './record-keys.ts';

/** Reads an envelope without checking its signature (that was done before it was stored). */
export type ReadEnvelope = (bytes: Uint8Array) => SignedVersion;

/** The siblings of one item: as its record tells them, and whole, in the same order. */
export interface HeldItem {
  readonly stored: readonly StoredVersion[];
  readonly siblings: readonly SignedVersion[];
}

export const NOTHING_HELD: HeldItem = { stored: [], siblings: [] };

type Get = (key: DiskKey) => Promise<RecordBody | undefined>;

export interface ItemReader {
  /** @throws STORE_DAMAGED when the record, or a version it refers to, cannot be read. */
  load(get: Get, key: ItemKey): Promise<HeldItem>;
  /** What the item's record says, without versions that have records of their own. */
  stored(diskKey: DiskKey, record: RecordBody): readonly StoredVersion[];
}

/** What the record of an item means: kept with the record, so that it is read once. */
export interface ItemMemo {
  readonly stored: readonly StoredVersion[];
  /** Those that are inline; filled when first asked for. */
  versions: (SignedVersion | undefined)[] | undefined;
}

/** How often an item is read again when a version record vanishes between two reads. */
const MAX_ATTEMPTS = 20;

export function createItemReader(components: {
  keys: RecordKeys;
  readEnvelope: ReadEnvelope;
}): ItemReader {
  const { keys, readEnvelope } = components;

  function memoOf(diskKey: DiskKey, record: RecordBody): ItemMemo {
    if (record.memo !== undefined) return record.memo as ItemMemo;
    try {
      const memo: ItemMemo = { stored: decodeItem(record.body), versions: undefined };
      record.memo = memo;
      return memo;
    } catch (cause) {
      throw damagedRecord(diskKey, 'its layout is wrong', cause);
    }
  }

  function parse(diskKey: DiskKey, bytes: Uint8Array, expected: StoredVersion): SignedVersion {
    let version: SignedVersion;
    try {
      version = readEnvelope(bytes);
    } catch (cause) {
      throw damagedRecord(diskKey, 'a version in it cannot be read', cause);
    }
    if (version.hash !== expected.hash) throw damagedRecord(diskKey, 'a version has another hash');
    return version;
  }

  function inlineVersions(
    diskKey: DiskKey,
    memo: ItemMemo,
  ): readonly (SignedVersion | undefined)[] {
    memo.versions ??= memo.stored.map((one) =>
      one.inline === undefined ? undefined : parse(diskKey, one.inline, one),
    );
    return memo.versions;
  }

  async function loadReferred(
    get: Get,
    key: ItemKey,
    one: StoredVersion,
  ): Promise<SignedVersion | undefined> {
    const diskKey = keys.version(key.partitionKey, one.hash);
    const record = await get(diskKey);
    if (record === undefined) return undefined;
    if (record.memo === undefined) record.memo = parse(diskKey, record.body, one);
    return record.memo as SignedVersion;
  }

  return {
    stored: (diskKey, record) => memoOf(diskKey, record).stored,
    async load(get, key) {
      const diskKey = keys.item(key);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const record = await get(diskKey);
        if (record === undefined) return NOTHING_HELD;
        const memo = memoOf(diskKey, record);
        const inline = inlineVersions(diskKey, memo);
        const all = inline.includes(undefined)
          ? await Promise.all(
              memo.stored.map(async (one, i) => inline[i] ?? (await loadReferred(get, key, one))),
            )
          : inline;
        const siblings = all.filter((version) => version !== undefined);
        if (siblings.length === all.length) return { stored: memo.stored, siblings };
        // Another write replaced the version between the two reads: its item says so by now.
      }
      throw damagedRecord(diskKey, 'a version it refers to is missing');
    },
  };
}
