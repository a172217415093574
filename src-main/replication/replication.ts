import type { Events } from '../base/emitter.ts';
import type { Startable } from '../base/startable.ts';
import type { Dot } from '../domain/causal-context.ts';
import type { DeviceKey, ItemKey, PartitionKey, PeerId } from '../domain/ids.ts';
import type { WriteState } from '../domain/quorum.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { RecordWrite } from '../storage/record-store.ts';
import type { ItemDifference } from './account-differences.ts';
import type { IssueRequest, ScanRange, StoredItem } from '../storage/item-store.ts';

export interface PutOptions {
  /**
   * 'strict' counts reachable owners first and refuses with nothing written.
   * @default 'eventual'
   */
  readonly consistency?: 'eventual' | 'strict';
  /** Overrides the ring's w for this write; at most n. */
  readonly w?: number;
  /** Which state to wait for at most `timeoutMs`. @default 'safe' */
  readonly waitFor?: WriteState;
  /** For eventual writes the receipt then tells the state reached. @default 2000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * The first version goes out ahead of the others: they follow when it is safe, or when nobody
   * who could take it is there. The batch on this disk is one all the same. @default false
   */
  readonly inOrder?: boolean;
  /** Records written in the same batch: all of it is durable, or nothing. */
  readonly alongside?: readonly RecordWrite[];
}

export interface Delivery {
  readonly state: WriteState;
  /** Members known to have it on disk, this one included if it keeps it. */
  readonly copies: readonly PeerId[];
  readonly owners: readonly PeerId[];
  /** Owners not known to have it. */
  readonly missing: readonly PeerId[];
}

export interface PutReceipt extends Delivery {
  readonly versions: readonly SignedVersion[];
}

export interface GetOptions {
  /** 'local': own store only; 'eventual': ring's r, best effort; 'strict': r owners or an error. */
  readonly consistency?: 'local' | 'eventual' | 'strict';
  readonly r?: number;
  /** @default 2000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly freshness: 'local' | 'quorum' | 'strict';
  /** Members whose answer is in it, this one included. */
  readonly answered: number;
  readonly answeredOwners: number;
}

export interface GetAnswer extends Answered {
  readonly siblings: readonly SignedVersion[];
}

export interface ScanAnswer extends Answered {
  readonly items: readonly StoredItem[];
}

/** An account logged in on this machine, as replication needs it. */
export interface HeldAccount {
  readonly partitionKey: PartitionKey;
  /**
   * The key this machine signs sessions with: a device's, or a certifier's or the master's at
   * login.
   */
  readonly device: DeviceKey;
  /** Ed25519 signature of the bytes by `device`. */
  sign(bytes: Uint8Array): Uint8Array;
}

export interface ReplicationEvents {
  /** Delivery of an own write moved on. */
  delivery: { readonly key: ItemKey };
  /** A held account's items were compared with a holder and are the same now. */
  synced: { readonly partitionKey: PartitionKey; readonly peer: PeerId };
  /** This store's dots were met elsewhere: a new epoch was made, the outbox issued anew. */
  epochRenewed: { readonly reason: string };
  /** Two versions with one dot: a copied or restored store has written; both are kept. */
  duplicateDot: { readonly key: ItemKey; readonly dot: Dot };
}

/**
 * Floor 4 as the app sees it: the put and get coordinators, and the accounts this machine keeps
 * whole. Everything else of the floor (handlers, handoff, repair, exchange) works by itself.
 */
export interface Replication extends Startable, Events<ReplicationEvents> {
  /**
   * Writes here first (durable), then to the owners. Resolves when `waitFor` is reached or the time
   * is up; the write goes on behind, across restarts, until complete.
   * @throws QUORUM_NOT_REACHED (strict, nothing written), OUTCOME_UNKNOWN (strict, after sending).
   */
  put(requests: readonly IssueRequest[], options?: PutOptions): Promise<PutReceipt>;
  /** Sends a write whose outcome is unknown again, same bytes. */
  retry(dot: Dot): Promise<PutReceipt>;
  /** Takes back a write that no other member has; false when one may have it. */
  withdraw(dot: Dot): Promise<boolean>;
  get(key: ItemKey, options?: GetOptions): Promise<GetAnswer>;
  /** Several items of one account, in the order of the keys: one message to each member asked. */
  getBatch(
    partitionKey: PartitionKey,
    sortKeys: readonly string[],
    options?: GetOptions,
  ): Promise<ScanAnswer>;
  scan(range: ScanRange, options?: GetOptions): Promise<ScanAnswer>;
  /** Where this machine's knowledge of the item's current siblings stands. */
  delivery(key: ItemKey): Promise<Delivery>;
  /** Keeps all items of the account here and fresh, from now until released. */
  hold(account: HeldAccount): void;
  release(partitionKey: PartitionKey): void;
  /** What a member holds of an account otherwise than this one; moves nothing. */
  compare(
    peer: PeerId,
    partitionKey: PartitionKey,
    signal: AbortSignal,
  ): Promise<readonly ItemDifference[]>;
  /** Asks every reachable holder once for the account's items; resolves with how many answered. */
  syncAccount(
    partitionKey: PartitionKey,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<number>;
}
