import { sumsOf } from './account-record.ts';
import { decodeHint } from './hint-records.ts';
import { checksumOf, openRecord, shift256 } from './checked-record.ts';
import { toAppError } from '../base/app-error.ts';
import type { Disk, DiskEntry } from './disk.ts';
import { decodeItem } from './item-record.ts';
import { KEY_KIND, STATE_KEY } from './record-keys.ts';
import { decodeState, EMPTY_STATE, type StoreState } from './state-record.ts';
import type { ProblemKind, StoreProblem } from './store-health.ts';

export interface Recount {
  /** As the records say: their count, digest, items, outbox, hints. */
  readonly state: StoreState;
  /** As the store's own record said at the same moment; undefined when it has none. */
  readonly claimed: StoreState | undefined;
  readonly bytes: number;
  /** What is wrong with single records, by kind and the first bytes of their keys. */
  readonly damaged: readonly string[];
  /** Why the scan ended before the last record; undefined when it did not. */
  readonly unreadable: string | undefined;
}

const MAX_DAMAGED = 100;

/**
 * Reads every record once, as they were at one moment, and counts anew what the store counts as it
 * goes. @param between runs after each chunk: it may wait, or throw to end the scan.
 */
export async function recount(
  disk: Disk,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Recount> {
  const state: StoreState = { ...EMPTY_STATE };
  const damaged: string[] = [];
  let claimed: StoreState | undefined;
  let bytes = 0;
  let unreadable: string | undefined;
  const countEntry = (entry: DiskEntry): void => {
    bytes += entry.key.length + entry.value.byteLength;
    try {
      if (entry.key === STATE_KEY) claimed = decodeState(openRecord(entry.key, entry.value).body);
      else count(state, entry);
    } catch (error) {
      if (damaged.length < MAX_DAMAGED) damaged.push(describe(entry, error));
    }
  };
  try {
    for await (const chunk of disk.walk()) {
      chunk.forEach(countEntry);
      await between();
    }
  } catch (error) {
    const { code, message } = toAppError(error);
    if (code !== 'STORE_DAMAGED' && code !== 'STORAGE_FAILED') throw error;
    unreadable = `The store could not be read to its end: ${message}`;
  }
  state.sequence = claimed?.sequence ?? 0;
  return { state, claimed, bytes, damaged, unreadable };
}

function count(state: StoreState, { key, value }: DiskEntry): void {
  state.records++;
  const record = openRecord(key, value);
  state.digest = shift256(state.digest, checksumOf(record), 0n);
  switch (key.charAt(0)) {
    case KEY_KIND.item: {
      const sums = sumsOf(decodeItem(record.body));
      state.items += sums.items;
      state.bytes += sums.bytes;
      state.tombstones += sums.tombstones;
      state.tombstoneBytes += sums.tombstoneBytes;
      break;
    }
    case KEY_KIND.outbox: {
      const position = Buffer.from(key.slice(1), 'latin1').readBigUInt64BE();
      state.outbox++;
      state.nextPosition = Math.max(state.nextPosition, Number(position) + 1);
      break;
    }
    case KEY_KIND.hint:
      state.hints++;
      state.hintBytes += decodeHint(key, record.body).size;
      break;
    default:
  }
}

function describe({ key }: DiskEntry, error: unknown): string {
  const name = Buffer.from(key.slice(0, 40), 'latin1').toString('hex');
  return `${key.charAt(0)} ${name}: ${toAppError(error).message}`;
}

/** What is wrong with the store by its count. */
export function problemsOf({
  state,
  claimed,
  damaged,
  unreadable,
}: Recount): readonly Omit<StoreProblem, 'at'>[] {
  const problem = (kind: ProblemKind, detail: string) => ({ kind, detail });
  const found = damaged.map((detail) => problem('bad-record', detail));
  if (unreadable !== undefined) {
    found.push(problem('unreadable', unreadable));
  } else if (claimed === undefined) {
    // Nothing at all: its first life was cut off before it wrote anything.
    if (state.records === 0 && damaged.length === 0) return found;
    found.push(problem('state-missing', 'The record that counts the others is missing.'));
  } else if (claimed.records !== state.records) {
    const detail = `There are ${state.records} records, there should be ${claimed.records}.`;
    found.push(problem('count-differs', detail));
  } else if (claimed.digest !== state.digest && damaged.length === 0) {
    found.push(problem('digest-differs', 'Records are not those that were written last.'));
  }
  return found;
}
