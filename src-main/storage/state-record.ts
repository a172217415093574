import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';
import { fromNumber256, toNumber256 } from './checked-record.ts';
import { AppError } from '../base/app-error.ts';

/** What the store says of itself; written with every batch (PROTOCOL.md, Disk; DESIGN §3). */
export interface StoreState {
  /** Number of this batch. */
  sequence: number;
  /** Records in the store, this one not counted. */
  records: number;
  /** Sum of their checksums mod 2^256. */
  digest: bigint;
  items: number;
  /** Bytes of all versions' envelopes. */
  bytes: number;
  /** Versions that are tombstones. */
  tombstones: number;
  /** Bytes of the envelopes of these. */
  tombstoneBytes: number;
  outbox: number;
  /** Position the next outbox entry gets; grows for ever. */
  nextPosition: number;
  hints: number;
  /** Bytes of the versions that hints name, counted once for each hint. */
  hintBytes: number;
}

/** The format of everything in the store; another number is another layout. */
export const STORE_FORMAT = 1;

const SIZE = 1 + 10 * 8 + 32;

export const EMPTY_STATE: Readonly<StoreState> = {
  sequence: 0,
  records: 0,
  digest: 0n,
  items: 0,
  bytes: 0,
  tombstones: 0,
  tombstoneBytes: 0,
  outbox: 0,
  nextPosition: 1,
  hints: 0,
  hintBytes: 0,
};

export function encodeState(state: Readonly<StoreState>): Uint8Array {
  const out = createLayoutWriter(SIZE);
  out.u8(STORE_FORMAT);
  out.u64(state.sequence);
  out.u64(state.records);
  out.bytes(fromNumber256(state.digest));
  out.u64(state.items);
  out.u64(state.bytes);
  out.u64(state.tombstones);
  out.u64(state.tombstoneBytes);
  out.u64(state.outbox);
  out.u64(state.nextPosition);
  out.u64(state.hints);
  out.u64(state.hintBytes);
  return out.done();
}

/** @throws UNSUPPORTED_FORMAT, or a RangeError for a body of a wrong length. */
export function decodeState(body: Uint8Array): StoreState {
  const input = createLayoutReader(body);
  const format = input.u8();
  if (format !== STORE_FORMAT) {
    throw new AppError(
      'UNSUPPORTED_FORMAT',
      'This data folder was written by a newer version of Carrossel: update this machine.',
      { details: { format, speaks: STORE_FORMAT } },
    );
  }
  const state: StoreState = {
    sequence: input.u64(),
    records: input.u64(),
    digest: toNumber256(input.bytes(32)),
    items: input.u64(),
    bytes: input.u64(),
    tombstones: input.u64(),
    tombstoneBytes: input.u64(),
    outbox: input.u64(),
    nextPosition: input.u64(),
    hints: input.u64(),
    hintBytes: input.u64(),
  };
  input.end();
  return state;
}
