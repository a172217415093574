import { randomBelow, type Random } from '../base/random.ts';
import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import type { RecordBody } from './checked-record.ts';

/** What the disk says of the life of the store: of the process that has it, or had it last. */
export interface StoreLife {
  /** True from the opening to a stop in good order: who finds it so may be one of several. */
  readonly running: boolean;
  /** No own counter up to this one is given by this life; those below may be of another one. */
  readonly base: number;
}

/** More than one life ever gives, so that all counters of earlier ones lie below. */
const LEAST_GAP = 2 ** 32;
/** Lives that begin from one snapshot begin that far apart, but for one in 2^37 / their writes. */
const SPREAD = 2 ** 37;
/** Counters end at 2^53: after some 100,000 ends without a stop there is no room for a gap. */
const MAX_BASE = 2 ** 52;

/**
 * The life that begins now. A process that did not stop in good order was killed, or goes on
 * elsewhere: what was found may be a snapshot of its running store. Then nothing tells which
 * counters it gives, so this life gives its own from far above (decision 0521).
 * @param before undefined: of a store that has none yet
 */
export function nextLife(
  before: StoreLife | undefined,
  init: { readonly isNewEpoch: boolean; readonly random: Random },
): StoreLife {
  if (before === undefined || init.isNewEpoch) return { running: true, base: 0 };
  const { base } = before;
  if (!before.running || base > MAX_BASE) return { running: true, base };
  return { running: true, base: base + LEAST_GAP + randomBelow(init.random, SPREAD) };
}

export function encodeLife({ running, base }: StoreLife): Uint8Array {
  const out = createLayoutWriter(9);
  out.u8(running ? 1 : 0);
  out.u64(base);
  return out.done();
}

export function decodeLife(record: Pick<RecordBody, 'body'>): StoreLife {
  const input = createLayoutReader(record.body);
  const read = { running: input.u8() === 1, base: input.u64() };
  input.end();
  return read;
}
