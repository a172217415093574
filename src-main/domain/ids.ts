/** The names of things, as strings fit for map keys and JSON; codecs turn them into bytes. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** libp2p peer id of an Ed25519 key, base58btc ("12D3Koo…"). */
export type PeerId = Brand<string, 'PeerId'>;
/** SHA-256 of the ring's root public key, 64 hex digits. */
export type RingId = Brand<string, 'RingId'>;
/** An account's master public key (Ed25519), 64 hex digits. */
export type PartitionKey = Brand<string, 'PartitionKey'>;
/** First 16 bytes of SHA-256(peer id, store epoch, account), 32 hex digits (DESIGN §1). */
export type ActorId = Brand<string, 'ActorId'>;
/** 16 random bytes naming one life of a store, 32 hex digits. */
export type StoreEpoch = Brand<string, 'StoreEpoch'>;
/** A device's Ed25519 public key, 64 hex digits. */
export type DeviceKey = Brand<string, 'DeviceKey'>;
/** SHA-256 of something, 64 hex digits. */
export type Hash = Brand<string, 'Hash'>;

/** Names one versioned item: whose, and which. */
export interface ItemKey {
  readonly partitionKey: PartitionKey;
  /** UTF-8, at most 1,024 bytes, ordered by bytes. */
  readonly sortKey: string;
}

/** A string for maps; injective, since a partition key has a fixed length. */
export function itemKeyString(key: ItemKey): string {
  return `${key.partitionKey}/${key.sortKey}`;
}
