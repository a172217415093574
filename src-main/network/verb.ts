/** The verbs of the members' RPC and their numbers on the wire (PROTOCOL.md). Never renumber. */
export const VERB = {
  /** Merge signed versions of one item; optionally as hints. */
  put: 1,
  /** Siblings of one item: digests, or versions. */
  get: 2,
  /** A page of (sort key, dot, hash, size) of an account. */
  list: 3,
  /** Proves to hold a device key of an account; opens get, list and watch for it. */
  session: 4,
  /** Live changes of an account from now on. */
  watch: 5,
  /** Notice: an item of a watched account changed. */
  changed: 6,
  /** Member table: digests in, records that differ out. */
  gossip: 7,
  /** Notice: records that just changed. */
  gossipPush: 8,
  /** Digests of whole accounts: which of them differ. */
  exchange: 9,
  /** A newcomer's join, forwarded to the member whose invite it is. */
  joinForward: 10,
  /** Redeems a share link for a certificate. */
  shareRedeem: 11,
  /** The greatest counter known of an actor. */
  counter: 12,
  /** Versions wanted by (item, dot, hash), between members that both hold the partition. */
  fetch: 13,
  /** Leaves: the sender will be gone (so that nobody waits for it). */
  goodbye: 14,
  /** Hash trees of the partitions both keep: which of them differ. */
  partitions: 15,
  /** The accounts of one partition, with digest, items and bytes. */
  accounts: 16,
  /** Ranges of one account's sort keys: cut finer where they differ, listed where they are few. */
  ranges: 17,
  /** Under which list the answerer keeps partitions, and their hashes: a taking over begins. */
  takeover: 18,
  /** Which partitions the answerer has taken over whole, under these lists. */
  taken: 19,
  /** Writes of several items of one account, in one message. */
  putBatch: 20,
  /** What is held of several items of one account: names only. */
  getBatch: 21,
} as const;

export type Verb = (typeof VERB)[keyof typeof VERB];
