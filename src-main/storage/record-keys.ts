/** The keys of the store, byte for byte (PROTOCOL.md, Disk). One leading letter a kind. */
import { fromHex, utf8, utf8ToString } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { ActorId, Hash, ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import type { DiskKey } from './disk.ts';
import type { RecordSpace } from './record-store.ts';

export const KEY_KIND = {
  account: 'a',
  blocks: 'b',
  counter: 'c',
  hint: 'h',
  item: 'i',
  known: 'k',
  meta: 'm',
  outbox: 'o',
  former: 'p',
  record: 'r',
  streamEntry: 's',
  streamHead: 't',
  version: 'v',
} as const;

/** Outside the record count and the digest, since it holds them. */
export const STATE_KEY: DiskKey = 'mstate';
export const EPOCH_KEY: DiskKey = 'mepoch';
export const BIRTHMARK_KEY: DiskKey = 'mbirthmark';
export const DAMAGE_KEY: DiskKey = 'mdamage';
/** Whether a process has it, and above which counters it gives its own. */
export const LIFE_KEY: DiskKey = 'mlife';
/** The last repair. */
export const REPAIR_KEY: DiskKey = 'mrepair';

const SPACE_LETTER: Record<RecordSpace, string> = {
  ring: 'g',
  member: 'm',
  revocation: 'v',
  invite: 'i',
  account: 'a',
  setting: 's',
  idempotency: 'd',
  share: 'h',
  found: 'f',
  function: 'n',
  history: 'y',
  past: 'p',
  twin: 't',
};

const ACCOUNT_PREFIX = 1 + 2 + 32;
/** Places of partition keys kept in memory; each costs one hash. */
const MAX_PLACES = 4096;

/** Key bytes of partition keys: their place in the hash space (2 bytes), then the key itself. */
export interface RecordKeys {
  account(partitionKey: PartitionKey): DiskKey;
  /** The blocks of a large account. */
  blocks(partitionKey: PartitionKey): DiskKey;
  item(key: ItemKey): DiskKey;
  /** Prefix of all items of the account. */
  itemsOf(partitionKey: PartitionKey): DiskKey;
  version(partitionKey: PartitionKey, hash: Hash): DiskKey;
  streamHead(partitionKey: PartitionKey): DiskKey;
  streamEntry(partitionKey: PartitionKey, sequence: number): DiskKey;
  /** A version that left its item and that a change in the stream names. */
  formerVersion(partitionKey: PartitionKey, hash: Hash): DiskKey;
}

export function createRecordKeys(): RecordKeys {
  const places = new Map<PartitionKey, string>();
  const placed = (partitionKey: PartitionKey): string => {
    const found = places.get(partitionKey);
    if (found !== undefined) return found;
    const bytes = fromHex(partitionKey);
    const made = latin1(sha256(bytes).subarray(0, 2)) + latin1(bytes);
    if (places.size >= MAX_PLACES) places.clear();
    places.set(partitionKey, made);
    return made;
  };
  return {
    account: (partitionKey) => KEY_KIND.account + placed(partitionKey),
    blocks: (partitionKey) => KEY_KIND.blocks + placed(partitionKey),
    item: (key) => KEY_KIND.item + placed(key.partitionKey) + textBytes(key.sortKey),
    itemsOf: (partitionKey) => KEY_KIND.item + placed(partitionKey),
    version: (partitionKey, hash) =>
      KEY_KIND.version + placed(partitionKey) + latin1(fromHex(hash)),
    streamHead: (partitionKey) => KEY_KIND.streamHead + placed(partitionKey),
    streamEntry: (partitionKey, sequence) =>
      KEY_KIND.streamEntry + placed(partitionKey) + numberBytes(sequence),
    formerVersion: (partitionKey, hash) =>
      KEY_KIND.former + placed(partitionKey) + latin1(fromHex(hash)),
  };
}

export function counterKey(actor: ActorId): DiskKey {
  return KEY_KIND.counter + actorBytes(actor);
}

export function knownKey(actor: ActorId): DiskKey {
  return KEY_KIND.known + actorBytes(actor);
}

export function outboxKey(position: number): DiskKey {
  return KEY_KIND.outbox + numberBytes(position);
}

/** The number at the end of the key of a stream's change. */
export function sequenceOf(key: DiskKey): number {
  return Number(Buffer.from(key.slice(-8), 'latin1').readBigUInt64BE());
}

function numberBytes(value: number): string {
  return uint32Bytes(Math.floor(value / 2 ** 32)) + uint32Bytes(value % 2 ** 32);
}

function uint32Bytes(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Prefix of all hints of one owner: the length of its id, then its id (base58 text). */
export function hintsOf(owner: PeerId): DiskKey {
  return KEY_KIND.hint + String.fromCharCode(owner.length) + owner;
}

export function hintKey(owner: PeerId, partitionKey: PartitionKey, hash: Hash): DiskKey {
  return hintsOf(owner) + latin1(fromHex(partitionKey)) + latin1(fromHex(hash));
}

export function ownerOfHint(key: DiskKey): PeerId {
  return key.slice(2, 2 + key.charCodeAt(1)) as PeerId;
}

/** Of a name that is only begun: what keys of all names that begin so begin with. */
export function recordKey(space: RecordSpace, name: string): DiskKey {
  return KEY_KIND.record + SPACE_LETTER[space] + textBytes(name);
}

export function nameOfRecord(key: DiskKey): string {
  return utf8ToString(Buffer.from(key.slice(2), 'latin1'));
}

/** The partition key in a key of an account or an item. */
export function partitionKeyOf(key: DiskKey): PartitionKey {
  return Buffer.from(key.slice(3, ACCOUNT_PREFIX), 'latin1').toString('hex') as PartitionKey;
}

/** The first 16 bits of the partition key's hash: the greatest `bits` of them are its partition. */
export function placeOf(key: DiskKey): number {
  return key.charCodeAt(1) * 256 + key.charCodeAt(2);
}

export function sortKeyOf(key: DiskKey): string {
  return utf8ToString(Buffer.from(key.slice(ACCOUNT_PREFIX), 'latin1'));
}

/** Few actors are asked about again and again. */
const actors = new Map<ActorId, string>();

function actorBytes(actor: ActorId): string {
  const found = actors.get(actor);
  if (found !== undefined) return found;
  const made = latin1(fromHex(actor));
  if (actors.size >= MAX_PLACES) actors.clear();
  actors.set(actor, made);
  return made;
}

/** The text's UTF-8 bytes, a character each: for ASCII that is the text. */
export function textBytes(text: string): DiskKey {
  return isAscii(text) ? text : latin1(utf8(text));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
