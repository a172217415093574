/**
 * The record of one item: its siblings, small ones whole, large or many ones by reference to
 * version records of their own (so that one more sibling does not rewrite the others).
 */
import type { Dot } from '../domain/causal-context.ts';
import type { ActorId, Hash } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { createLayoutReader, createLayoutWriter } from './byte-layout.ts';

/** A version larger than this rests in a record of its own. */
export const MAX_INLINE_BYTES = 16 * 1024;
/** With more siblings than this all of them do. */
export const MAX_INLINE_SIBLINGS = 8;

/** One sibling, as the item's record tells it. */
export interface StoredVersion {
  readonly dot: Dot;
  readonly hash: Hash;
  /** Bytes of its envelope. */
  readonly size: number;
  readonly tombstone: boolean;
  /** Its position in the outbox, once it has been there; 0 if never. */
  readonly position: number;
  /** The envelope, or undefined when it has a record of its own. */
  readonly inline: Uint8Array | undefined;
}

const FIXED = 2;
const PER_VERSION = 1 + 16 + 8 + 32 + 8 + 4;
const FLAG_INLINE = 1;
const FLAG_TOMBSTONE = 2;

/** The stored form of a version among `count` siblings. */
export function storedVersion(
  version: SignedVersion,
  count: number,
  position: number,
): StoredVersion {
  const size = version.bytes.byteLength;
  return {
    dot: version.dot,
    hash: version.hash,
    size,
    tombstone: version.kind === 'tombstone',
    position,
    inline: size <= MAX_INLINE_BYTES && count <= MAX_INLINE_SIBLINGS ? version.bytes : undefined,
  };
}

/** @param room bytes kept free before the body (`createLayoutWriter`). */
export function encodeItem(versions: readonly StoredVersion[], room = 0): Uint8Array {
  const size = versions.reduce(
    (sum, one) => sum + PER_VERSION + (one.inline?.byteLength ?? 0),
    FIXED,
  );
  const out = createLayoutWriter(size, room);
  out.u16(versions.length);
  for (const one of versions) {
    const inline = one.inline === undefined ? 0 : FLAG_INLINE;
    out.u8(inline | (one.tombstone ? FLAG_TOMBSTONE : 0));
    out.hex(one.dot.actor);
    out.u64(one.dot.counter);
    out.hex(one.hash);
    out.u64(one.position);
    out.u32(one.size);
    if (one.inline !== undefined) out.bytes(one.inline);
  }
  return out.done();
}

/** The same versions with their envelopes as views of the `body` that `encodeItem` made of them. */
export function viewsOf(
  versions: readonly StoredVersion[],
  body: Uint8Array,
): readonly StoredVersion[] {
  let at = FIXED;
  return versions.map((one) => {
    at += PER_VERSION;
    if (one.inline === undefined) return one;
    const inline = body.subarray(at, at + one.size);
    at += one.size;
    return { ...one, inline };
  });
}

/** The envelopes are views of `body`. Throws a RangeError for anything `encodeItem` never wrote. */
export function decodeItem(body: Uint8Array): readonly StoredVersion[] {
  const input = createLayoutReader(body);
  const versions = Array.from({ length: input.u16() }, (): StoredVersion => {
    const flags = input.u8();
    if (flags > (FLAG_INLINE | FLAG_TOMBSTONE)) throw new RangeError('item: unknown flags');
    const dot = { actor: input.hex(16) as ActorId, counter: input.u64() };
    const hash = input.hex(32) as Hash;
    const position = input.u64();
    const size = input.u32();
    return {
      dot,
      hash,
      size,
      tombstone: (flags & FLAG_TOMBSTONE) !== 0,
      position,
      inline: (flags & FLAG_INLINE) === 0 ? undefined : input.bytes(size),
    };
  });
  input.end();
  if (versions.length === 0) throw new RangeError('item: no versions');
  return versions;
}
