import { checksumOf, sealRecord, shift256, type CheckedRecord } from './checked-record.ts';
import type { RecordBody } from './checked-record.ts';
import type { DiskKey, DiskOp } from './disk.ts';
import type { RecordCache, RecordChanges } from './record-cache.ts';
import { STATE_KEY } from './record-keys.ts';
import { encodeState, type StoreState } from './state-record.ts';

/**
 * One piece of work in a group: sees what the group's earlier work did; leaves nothing if it
 * throws.
 */
export interface Transaction {
  /** To be altered in place. Its sequence, count and digest are the group's own business. */
  readonly state: StoreState;
  get(key: DiskKey): Promise<RecordBody | undefined>;
  /**
   * @param options.fresh the caller knows that there is no record of this key.
   * @param options.roomy there is `roomBefore(key)` before the body in its buffer.
   */
  put(
    key: DiskKey,
    body: Uint8Array,
    options?: { readonly memo?: unknown; readonly fresh?: boolean; readonly roomy?: boolean },
  ): void;
  delete(key: DiskKey): void;
  /** Runs after the batch is synced. */
  onCommit(run: () => void): void;
}

/** A group ready for the disk: one batch, and what holds once it is synced. */
export interface SealedGroup {
  readonly ops: readonly DiskOp[];
  readonly changes: RecordChanges;
  readonly state: StoreState;
  readonly effects: readonly (() => void)[];
}

export interface Group {
  /** Bytes of all that is staged. */
  readonly bytes: number;
  /** Runs one piece of work; what it throws is thrown, and its changes are gone. */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The batch; undefined when nothing changes. */
  seal(): Promise<SealedGroup | undefined>;
}

interface Change {
  readonly record: RecordBody | null;
  readonly fresh: boolean;
}

/** Gathers the changes of several pieces of work over the committed `state` and records. */
export function createGroup(state: Readonly<StoreState>, cache: RecordCache): Group {
  const changes = new Map<DiskKey, Change>();
  const effects: (() => void)[] = [];
  let draft: StoreState = { ...state };
  let bytes = 0;

  return {
    get bytes() {
      return bytes;
    },
    async run(work) {
      const mine = new Map<DiskKey, Change>();
      const myEffects: (() => void)[] = [];
      const myDraft = { ...draft };
      const change = (key: DiskKey, record: RecordBody | null, fresh: boolean): void => {
        const before = mine.get(key) ?? changes.get(key);
        mine.set(key, { record, fresh: before?.fresh ?? fresh });
      };
      const value = await work({
        state: myDraft,
        get(key) {
          const staged = mine.get(key) ?? changes.get(key);
          if (staged === undefined) return cache.get(key);
          return Promise.resolve(staged.record ?? undefined);
        },
        put(key, body, { memo, fresh = false, roomy = false } = {}) {
          change(key, memo === undefined ? { body, roomy } : { body, roomy, memo }, fresh);
        },
        delete(key) {
          change(key, null, false);
        },
        onCommit(run) {
          myEffects.push(run);
        },
      });
      for (const [key, one] of mine) {
        changes.set(key, one);
        bytes += key.length + (one.record?.body.byteLength ?? 0);
      }
      effects.push(...myEffects);
      draft = myDraft;
      return value;
    },
    seal: () => seal({ changes, cache, before: state, draft, effects }),
  };
}

async function seal(group: {
  changes: ReadonlyMap<DiskKey, Change>;
  cache: RecordCache;
  before: Readonly<StoreState>;
  draft: Readonly<StoreState>;
  effects: readonly (() => void)[];
}): Promise<SealedGroup | undefined> {
  const ops: DiskOp[] = [];
  const sealed = new Map<DiskKey, CheckedRecord | null>();
  let { records, digest } = group.before;
  for (const [key, { record, fresh }] of group.changes) {
    const old = fresh ? undefined : await group.cache.get(key);
    if (old === undefined && record === null) continue;
    const made = record === null ? null : sealRecord(key, record);
    records += (made === null ? 0 : 1) - (old === undefined ? 0 : 1);
    digest = shift256(
      digest,
      made === null ? 0n : checksumOf(made),
      old === undefined ? 0n : checksumOf(old),
    );
    sealed.set(key, made);
    ops.push({ key, value: made?.raw ?? null });
  }
  if (ops.length === 0) return undefined;
  const state = { ...group.draft, sequence: group.before.sequence + 1, records, digest };
  ops.push({ key: STATE_KEY, value: sealRecord(STATE_KEY, { body: encodeState(state) }).raw });
  return { ops, changes: sealed, state, effects: group.effects };
}
