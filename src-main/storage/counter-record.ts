import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import type { RecordBody } from './checked-record.ts';

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
