import type { AppError } from '../base/app-error.ts';
import { toAppError } from '../base/app-error.ts';
import type { Hash, ItemKey, PeerId } from '../domain/ids.ts';
import {
  encodeBatchItem,
  encodedPutBatchMessage,
  MAX_BATCH_ITEMS,
} from '../network/messages/put-batch.ts';
import { putMessage, type PutAnswer } from '../network/messages/put.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';

/** One write on its way to one member. */
export interface SinglePut {
  readonly key: ItemKey;
  readonly version: SignedVersion;
  readonly listHash: Hash | null;
  /** Owners in whose place the member takes it; none: it keeps it for itself. */
  readonly hintsFor: readonly PeerId[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Writes that go to one member at one moment (all that a group commit let go) travel in one
 * message: a request costs more than what it carries. One alone goes as an ordinary put.
 */
export interface PutBatches {
  send(peer: PeerId, put: SinglePut): Promise<PutAnswer['each']>;
}

/** Bytes of versions in one message; far below a frame. */
const MAX_BATCH_BYTES = 256 * 1024;
/** Rounds of microtasks, each with more writes, before what there is goes out. */
const MAX_SETTLING_ROUNDS = 16;

interface Waiting extends SinglePut {
  readonly resolve: (each: PutAnswer['each']) => void;
  readonly reject: (error: AppError) => void;
}

interface Batch {
  readonly peer: PeerId;
  puts: Waiting[];
  bytes: number;
}

export function createPutBatches(components: {
  readonly calls: MemberCalls;
  readonly counters: Pick<OwnCounters, 'checkNames'>;
}): PutBatches {
  const { calls, counters } = components;
  const open = new Map<string, Batch>();
  /** An item goes to all its owners in the same words: they are put together once. */
  const encoded = new WeakMap<SignedVersion, Uint8Array>();

  function itemOf({ key, version }: SinglePut): Uint8Array {
    const known = encoded.get(version);
    if (known !== undefined) return known;
    const made = encodeBatchItem({ sortKey: key.sortKey, versions: [version.bytes] });
    encoded.set(version, made);
    return made;
  }
  async function deliver(peer: PeerId, puts: readonly Waiting[]): Promise<void> {
    const [first] = puts;
    if (first === undefined) return;
    const { key, listHash, hintsFor, signal } = first;
    if (puts.length === 1) {
      const versions = [first.version.bytes];
      const request = { listHash, sloppy: false, hintsFor, key, versions };
      const { each } = await calls.call(peer, putMessage, request, { signal });
      first.resolve(each);
      return;
    }
    const { partitionKey } = key;
    const request = { listHash, partitionKey, hintsFor, items: puts.map(itemOf) };
    const { items } = await calls.call(peer, encodedPutBatchMessage, request, { signal });
    for (const [i, put] of puts.entries()) {
      const answer = items[i] ?? [];
      if (answer instanceof Error) put.reject(answer);
      else put.resolve(answer);
    }
  }
  /** The last look at the names comes right before they leave, in the same turn. */
  function leave({ peer, puts }: Batch): void {
    const leaving = puts.filter((put) => {
      try {
        counters.checkNames([put.version]);
        return true;
      } catch (error) {
        put.reject(toAppError(error));
        return false;
      }
    });
    deliver(peer, leaving).catch((error: unknown) => {
      for (const put of leaving) put.reject(toAppError(error));
    });
  }
  function settle(name: string, batch: Batch, seen: number, rounds: number): void {
    const { length } = batch.puts;
    if (length === seen || rounds >= MAX_SETTLING_ROUNDS) {
      if (open.get(name) === batch) open.delete(name);
      leave(batch);
      return;
    }
    queueMicrotask(() => {
      settle(name, batch, length, rounds + 1);
    });
  }
  return {
    send(peer, put) {
      const { promise, resolve, reject } = Promise.withResolvers<PutAnswer['each']>();
      const { key, listHash, hintsFor } = put;
      const name = [peer, key.partitionKey, listHash ?? '', ...hintsFor].join(' ');
      const size = put.version.bytes.byteLength;
      let batch = open.get(name);
      const full =
        batch !== undefined &&
        (batch.puts.length >= MAX_BATCH_ITEMS || batch.bytes + size > MAX_BATCH_BYTES);
      if (batch === undefined || full) {
        const made: Batch = { peer, puts: [], bytes: 0 };
        open.set(name, made);
        queueMicrotask(() => {
          settle(name, made, 0, 0);
        });
        batch = made;
      }
      batch.puts.push({ ...put, resolve, reject });
      batch.bytes += size;
      return promise;
    },
  };
}
