import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import type { RecordBody } from './checked-record.ts';

/** What the disk says of the counters of one of this store's own actors. */
export interface IssuedCounters {
  /** The greatest whose version is in this store. */
  readonly issued: number;
  /** All up to this one may be known elsewhere, whether their versions are here or not. */
  readonly reserved: number;
  /** Up to this one there are counters whose versions may be elsewhere and are not here. */
  readonly floor: number;
}

export const NOTHING_ISSUED: IssuedCounters = { issued: 0, reserved: 0, floor: 0 };

export function encodeIssued({ issued, reserved, floor }: IssuedCounters): Uint8Array {
  const out = createLayoutWriter(24);
  out.u64(issued);
  out.u64(reserved);
  out.u64(floor);
  return out.done();
}

export function decodeIssued(record: RecordBody | undefined): IssuedCounters {
  if (record === undefined) return NOTHING_ISSUED;
  if (record.memo !== undefined) return record.memo as IssuedCounters;
  const input = createLayoutReader(record.body);
  const read = { issued: input.u64(), reserved: input.u64(), floor: input.u64() };
  input.end();
  record.memo = read;
  return read;
}

export function encodeCounter(counter: number): Uint8Array {
  const out = createLayoutWriter(8);
  out.u64(counter);
  return out.done();
}

/** The counter in the record, 0 without one. */
export function decodeCounter(record: RecordBody | undefined): number {
  if (record === undefined) return 0;
  if (typeof record.memo === 'number') return record.memo;
  const input = createLayoutReader(record.body);
  const counter = input.u64();
  input.end();
  record.memo = counter;
  return counter;
}
