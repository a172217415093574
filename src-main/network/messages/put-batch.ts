import { AppError } from '../../base/app-error.ts';
import { concatBytes, fromHex } from '../../base/bytes.ts';
import { encodeCbor, type Cbor } from '../../base/cbor.ts';
import type { Hash, PartitionKey, PeerId } from '../../domain/ids.ts';
import type { Fields } from '../../security/positional.ts';
import { decodeRpcError, encodeRpcError } from '../rpc-error.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec, type MessageCodec } from './codec.ts';
import {
  readBlob,
  readBlobs,
  readOptionalHash,
  readPartitionKey,
  readPeer,
  readSortKey,
  writeOptionalHash,
  writePeer,
} from './fields.ts';
import { MAX_HINTS, readEach, writeEach, type PutAnswer } from './put.ts';

/** Items in one message: a caller's batch of 100 goes in one. */
export const MAX_BATCH_ITEMS = 100;

/** Writes of several items of one account, each as verb `put` takes it (never a sloppy one). */
export interface PutBatchRequest {
  readonly listHash: Hash | null;
  readonly partitionKey: PartitionKey;
  /** Owners in whose place the receiver takes each of the items. */
  readonly hintsFor: readonly PeerId[];
  readonly items: readonly PutBatchItem[];
}

export interface PutBatchItem {
  readonly sortKey: string;
  readonly versions: readonly Uint8Array[];
}

/** As it is sent: each item in the bytes that `encodeBatchItem` gave, made once for all owners. */
export interface EncodedPutBatch extends Omit<PutBatchRequest, 'items'> {
  readonly items: readonly Uint8Array[];
}

/** What became of each item, in their order: one that is refused does not keep the others. */
export interface PutBatchAnswer {
  readonly items: readonly (PutAnswer['each'] | AppError)[];
}

export function encodeBatchItem({ sortKey, versions }: PutBatchItem): Uint8Array {
  return encodeCbor([sortKey, [...versions]]);
}

const whole = createMessageCodec<PutBatchRequest, PutBatchAnswer>(
  VERB.putBatch,
  'put batch',
  {
    write: (m) => [
      writeOptionalHash(m.listHash),
      fromHex(m.partitionKey),
      m.hintsFor.map(writePeer),
      m.items.map(({ sortKey, versions }) => [sortKey, [...versions]]),
    ],
    read: (f) => ({
      listHash: readOptionalHash(f),
      partitionKey: readPartitionKey(f),
      hintsFor: f.list(MAX_HINTS, readPeer),
      items: f.list(MAX_BATCH_ITEMS, (list) =>
        list.nested((item) => ({ sortKey: readSortKey(item), versions: readBlobs(item) })),
      ),
    }),
    // As in put.ts.
    views: true,
  },
  {
    write: (m) => [m.items.map(writeItem)],
    read: (f) => ({ items: f.list(MAX_BATCH_ITEMS, (list) => list.nested(readItem)) }),
  },
);

export const putBatchMessage: MessageCodec<PutBatchRequest, PutBatchAnswer> = whole;

/** The same message from items that are encoded already. */
export const encodedPutBatchMessage = {
  verb: VERB.putBatch,
  encodeRequest: ({ listHash, partitionKey, hintsFor, items }: EncodedPutBatch): Uint8Array =>
    concatBytes(
      Uint8Array.of(0x84),
      encodeCbor(writeOptionalHash(listHash)),
      encodeCbor(fromHex(partitionKey)),
      encodeCbor(hintsFor.map(writePeer)),
      arrayHead(items.length),
      ...items,
    ),
  decodeResponse: (body: Uint8Array): PutBatchAnswer => whole.decodeResponse(body),
};

/** CBOR's head of an array of fewer than 256. */
function arrayHead(length: number): Uint8Array {
  return length < 24 ? Uint8Array.of(0x80 + length) : Uint8Array.of(0x98, length);
}

function writeItem(item: PutBatchAnswer['items'][number]): Cbor {
  return item instanceof AppError ? [1, encodeRpcError(item)] : [0, writeEach(item)];
}

function readItem(item: Fields): PutBatchAnswer['items'][number] {
  return item.uint(0, 1) === 0 ? readEach(item) : decodeRpcError(readBlob(item));
}
