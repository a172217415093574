import { AppError } from '../../base/app-error.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import type { Cbor } from '../../base/cbor.ts';
import type { Dot } from '../../domain/causal-context.ts';
import type { ActorId, DeviceKey, Hash, ItemKey, PartitionKey, PeerId } from '../../domain/ids.ts';
import { peerIdOf, publicKeyOf } from '../../security/peer-key.ts';
import type { Fields } from '../../security/positional.ts';
import { MAX_BODY_BYTES } from '../transport.ts';

/** The pieces that messages are made of: ids as bytes on the wire, as branded text in here. */

const HASH_BYTES = 32;
const KEY_BYTES = 32;
const ACTOR_BYTES = 16;
/** A UTF-16 unit makes at least one byte of the 1,024 a sort key may have. */
const MAX_SORT_KEY_UNITS = 1024;
/** Siblings of one item on the wire; far above the warning at 16 (DESIGN §3). */
export const MAX_NAMES = 4096;
/** Entries of any list in a message; a frame holds no more of the smallest. */
export const MAX_ENTRIES = 65_536;

/** Names one version without its bytes, and tells their number. */
export interface VersionName {
  readonly dot: Dot;
  readonly hash: Hash;
  readonly size: number;
}

export const readHash = (fields: Fields): Hash => toHex(fields.fixed(HASH_BYTES)) as Hash;

export const readPartitionKey = (fields: Fields): PartitionKey =>
  toHex(fields.fixed(KEY_BYTES)) as PartitionKey;

export const readDevice = (fields: Fields): DeviceKey =>
  toHex(fields.fixed(KEY_BYTES)) as DeviceKey;

export const readActor = (fields: Fields): ActorId => toHex(fields.fixed(ACTOR_BYTES)) as ActorId;

export const readSortKey = (fields: Fields): string => fields.text(MAX_SORT_KEY_UNITS);

/** A peer id travels as its 32-byte public key. */
export const readPeer = (fields: Fields): PeerId => peerIdOf(fields.fixed(KEY_BYTES));

export const writePeer = (peer: PeerId): Uint8Array => publicKeyOf(peer);

/** No hash is written as no bytes. */
export function readOptionalHash(fields: Fields): Hash | null {
  const bytes = fields.bytes(HASH_BYTES);
  if (bytes.length === 0) return null;
  if (bytes.length !== HASH_BYTES) throw new AppError('BAD_ENCODING', 'A hash has 32 bytes.');
  return toHex(bytes) as Hash;
}

export const writeOptionalHash = (hash: Hash | null): Uint8Array =>
  hash === null ? new Uint8Array(0) : fromHex(hash);

export const readHashes = (fields: Fields, max: number): readonly Hash[] =>
  fields.list(max, readHash);

export const readBlob = (fields: Fields): Uint8Array => fields.bytes(MAX_BODY_BYTES);

export const readBlobs = (fields: Fields): readonly Uint8Array[] =>
  fields.list(MAX_ENTRIES, readBlob);

export const writeKey = (key: ItemKey): readonly Cbor[] => [fromHex(key.partitionKey), key.sortKey];

export const readKey = (fields: Fields): ItemKey => ({
  partitionKey: readPartitionKey(fields),
  sortKey: readSortKey(fields),
});

/** [[actor, counter, hash, size]…] */
export const writeNames = (names: readonly VersionName[]): readonly Cbor[] =>
  names.map((name) => [fromHex(name.dot.actor), name.dot.counter, fromHex(name.hash), name.size]);

export const readNames = (fields: Fields): readonly VersionName[] =>
  fields.list(MAX_NAMES, (list) =>
    list.nested((name) => ({
      dot: { actor: readActor(name), counter: name.uint(1) },
      hash: readHash(name),
      size: name.uint(),
    })),
  );

/** Text that may be missing is a list of none or one. */
export const writeOptionalText = (text: string | undefined): readonly Cbor[] =>
  text === undefined ? [] : [text];

export const readOptionalText = (fields: Fields): string | undefined =>
  fields.list(1, readSortKey)[0];
