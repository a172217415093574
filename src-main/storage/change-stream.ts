import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';

/**
 * A place in the stream of one account on this machine, opaque to whoever keeps it: right behind
 * one change, or in the middle of a replay.
 */
export type StreamPosition = string;

/** What happened to one item, as this machine saw it. */
export interface StreamChange {
  readonly key: ItemKey;
  /** Grows by one with every change of the account; of a replay: the change it is as new as. */
  readonly sequence: number;
  /** When this machine saw it, by its wall clock (shown, never compared). 0 in a replay. */
  readonly wallMs: number;
  /** True for this machine's own write. */
  readonly local: boolean;
  /** Not a change: what the item holds, for a reader that has missed how it came to that. */
  readonly replay: boolean;
  /** The siblings before and after; [] before in a replay. */
  readonly before: readonly SignedVersion[];
  readonly after: readonly SignedVersion[];
  /** Where to go on, once this one is dealt with. */
  readonly position: StreamPosition;
}

export interface StreamPage {
  /** In order; per item each change once. Those of other prefixes are left out. */
  readonly changes: readonly StreamChange[];
  /** Behind everything looked at, also what was left out. */
  readonly position: StreamPosition;
  /** Changes between the place asked for and these are lost here: a replay makes up for them. */
  readonly gap: boolean;
  /** Nothing more for now. */
  readonly caughtUp: boolean;
}

export interface StreamReading {
  /** Changes to look at, at most. */
  readonly limit: number;
  /** Only items whose sort key begins like this. */
  readonly prefix?: string;
  /**
   * The position was kept in this very store, in one batch with what came of it, so that it cannot
   * be of another life of the store: it stays good over a new epoch. @default false
   */
  readonly keptHere?: boolean;
}

/** How much of an account's stream is on this disk. */
export interface StreamExtent {
  /** Sequence numbers of the oldest and of the newest change; equal to newest + 1 when empty. */
  readonly oldest: number;
  readonly newest: number;
  readonly bytes: number;
}

/**
 * The durable streams of the accounts followed here (DESIGN §2 Change stream and functions). A
 * change is written in the same batch as the item. When a stream has no room the oldest changes go:
 * writes never wait for readers; a reader that had not passed them is told of the gap and gets a
 * replay of what the items hold.
 */
export interface ChangeStream {
  /** Begins the account's stream, from now on; does nothing if it runs. */
  follow(partitionKey: PartitionKey): Promise<void>;
  /** The place behind all changes so far. @throws NOT_FOUND when the account is not followed */
  end(partitionKey: PartitionKey): Promise<StreamPosition>;
  /**
   * The changes behind a position; without one, a replay first. Sees what is durable only.
   * @throws NOT_FOUND when the account is not followed
   */
  read(
    partitionKey: PartitionKey,
    from: StreamPosition | undefined,
    reading: StreamReading,
  ): Promise<StreamPage>;
  extent(partitionKey: PartitionKey): Promise<StreamExtent>;
  /**
   * How many changes of items with that prefix are behind a place in the stream; where they are
   * very many, or have been forgotten, all changes count. Of a replay it is one at least, as nobody
   * counts the items.
   */
  countBehind(
    partitionKey: PartitionKey,
    from: StreamPosition | undefined,
    prefix: string,
  ): Promise<number>;
  /**
   * Forgets changes seen before `seenBeforeMs` that are behind all of `passed`; at most some
   * hundred a call. Resolves with how many went.
   */
  trim(
    partitionKey: PartitionKey,
    options: { readonly seenBeforeMs: number; readonly passed: readonly StreamPosition[] },
  ): Promise<number>;
}
