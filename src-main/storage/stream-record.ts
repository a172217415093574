/** The records of a change stream (PROTOCOL.md, Disk): its head, its changes, former versions. */
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Hash } from '../domain/ids.ts';
import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';

export interface StreamHead {
  /** 16 hex digits: tells this stream from an earlier one of the account. */
  readonly id: string;
  /** Sequence number of the oldest change kept; `next` when there is none. */
  readonly first: number;
  /** Sequence number the next change gets. */
  readonly next: number;
  /** Bytes of the bodies of all its records, and what they cost besides. */
  readonly bytes: number;
}

export interface StreamEntry {
  readonly wallMs: number;
  readonly local: boolean;
  readonly sortKey: string;
  readonly before: readonly Hash[];
  readonly after: readonly Hash[];
}

export interface FormerVersion {
  /** The change that let it go: with that one it is forgotten. */
  readonly sequence: number;
  readonly envelope: Uint8Array;
}

const HEAD_BYTES = 8 + 3 * 8;
const ENTRY_FIXED = 8 + 1 + 2 + 2 + 2;
const FLAG_LOCAL = 1;

export function encodeHead(head: StreamHead): Uint8Array {
  const out = createLayoutWriter(HEAD_BYTES);
  out.hex(head.id);
  out.u64(head.first);
  out.u64(head.next);
  out.u64(head.bytes);
  return out.done();
}

export function decodeHead(body: Uint8Array): StreamHead {
  const input = createLayoutReader(body);
  const head = { id: input.hex(8), first: input.u64(), next: input.u64(), bytes: input.u64() };
  input.end();
  return head;
}

export function encodeStreamEntry(entry: StreamEntry): Uint8Array {
  const sortKey = utf8(entry.sortKey);
  const hashes = entry.before.length + entry.after.length;
  const out = createLayoutWriter(ENTRY_FIXED + sortKey.byteLength + 32 * hashes);
  out.u64(Math.max(0, Math.trunc(entry.wallMs)));
  out.u8(entry.local ? FLAG_LOCAL : 0);
  out.u16(sortKey.byteLength);
  out.bytes(sortKey);
  for (const list of [entry.before, entry.after]) {
    out.u16(list.length);
    for (const hash of list) out.hex(hash);
  }
  return out.done();
}

export function decodeStreamEntry(body: Uint8Array): StreamEntry {
  const input = createLayoutReader(body);
  const wallMs = input.u64();
  const local = (input.u8() & FLAG_LOCAL) !== 0;
  const sortKey = utf8ToString(input.bytes(input.u16()));
  const hashes = (): Hash[] => Array.from({ length: input.u16() }, () => input.hex(32) as Hash);
  const entry = { wallMs, local, sortKey, before: hashes(), after: hashes() };
  input.end();
  return entry;
}

export function encodeFormer({ sequence, envelope }: FormerVersion): Uint8Array {
  const out = createLayoutWriter(8 + envelope.byteLength);
  out.u64(sequence);
  out.bytes(envelope);
  return out.done();
}

export function decodeFormer(body: Uint8Array): FormerVersion {
  const input = createLayoutReader(body);
  return { sequence: input.u64(), envelope: input.bytes(body.byteLength - 8) };
}
