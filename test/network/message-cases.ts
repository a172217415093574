import * as fc from 'fast-check';
import type { NoticeCodec } from '../../src-main/network/messages/codec.ts';
import { accountsMessage } from '../../src-main/network/messages/accounts.ts';
import { counterMessage } from '../../src-main/network/messages/counter.ts';
import { exchangeMessage } from '../../src-main/network/messages/exchange.ts';
import { fetchMessage } from '../../src-main/network/messages/fetch.ts';
import { getBatchMessage } from '../../src-main/network/messages/get-batch.ts';
import { getMessage } from '../../src-main/network/messages/get.ts';
import { goodbyeNotice } from '../../src-main/network/messages/goodbye.ts';
import { gossipMessage, gossipPushNotice } from '../../src-main/network/messages/gossip.ts';
import { joinForwardMessage } from '../../src-main/network/messages/join-forward.ts';
import { listMessage } from '../../src-main/network/messages/list.ts';
import { partitionsMessage } from '../../src-main/network/messages/partitions.ts';
import { putBatchMessage } from '../../src-main/network/messages/put-batch.ts';
import { putMessage } from '../../src-main/network/messages/put.ts';
import { rangesMessage } from '../../src-main/network/messages/ranges.ts';
import { sessionMessage } from '../../src-main/network/messages/session.ts';
import { shareRedeemMessage } from '../../src-main/network/messages/share-redeem.ts';
import { takenMessage, takeoverMessage } from '../../src-main/network/messages/takeover.ts';
import { changedNotice, watchMessage } from '../../src-main/network/messages/watch.ts';
import { createPeerKey } from '../../src-main/security/peer-key.ts';

const hex = (bytes: number): fc.Arbitrary<never> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((b) => Buffer.from(b).toString('hex') as never);
const hash = hex(32);
const maybeHash = fc.option(hash, { nil: null });
const peer = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((seed) => createPeerKey(seed).peerId);
const text = fc.string({ maxLength: 40, unit: 'grapheme' });
const key = fc.record({ partitionKey: hash, sortKey: text });
const putOutcome = fc.record({
  outcome: fc.constantFrom('stored', 'covered'),
  unfilled: fc.boolean(),
  highest: fc.nat(),
});
const blob = fc.uint8Array({ minLength: 1, maxLength: 100 });
const blobs = fc.array(blob, { maxLength: 4 });
const counter = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const name = fc.record({
  dot: fc.record({ actor: hex(16), counter }),
  hash,
  size: fc.nat(),
});
const names = fc.array(name, { maxLength: 4 });
const items = fc.array(fc.record({ sortKey: text, names }), { maxLength: 4 });
const digest = fc.record({
  members: fc.array(fc.record({ peer, epoch: fc.nat(), n: fc.nat(), hash }), { maxLength: 3 }),
  settings: fc.option(fc.record({ number: fc.nat(), hash }), { nil: null }),
  revocations: fc.array(hash, { maxLength: 3 }),
});
const records = fc.record({ members: blobs, settings: blobs, revocations: blobs });
const accounts = fc.array(fc.record({ partitionKey: hash, digest: hash }), { maxLength: 4 });
const node = fc.record({
  first: fc.nat(65_535),
  count: fc.integer({ min: 1, max: 65_536 }),
  hash: maybeHash,
});
const nodes = fc.array(node, { maxLength: 4 });
const listed = fc.array(fc.record({ partition: fc.nat(65_535), listHash: hash }), { maxLength: 4 });
const ranges = fc.array(
  fc.record({ from: text, to: text, digest: hash }, { requiredKeys: ['digest'] }),
  { maxLength: 4 },
);
const range = fc.record(
  {
    partitionKey: hash,
    prefix: text,
    from: text,
    to: text,
    after: text,
    reverse: fc.constant(true),
    limit: fc.integer({ min: 1, max: 65_536 }),
  },
  { requiredKeys: ['partitionKey', 'limit'] },
);

interface Both {
  encodeRequest(x: never): Uint8Array;
  decodeRequest(b: Uint8Array): unknown;
  encodeResponse?(x: never): Uint8Array;
  decodeResponse?(b: Uint8Array): unknown;
}

/** Every message with what makes any request and any answer of it. */
export const CASES: [
  string,
  NoticeCodec<never> & Both,
  fc.Arbitrary<unknown>,
  fc.Arbitrary<unknown>?,
][] = [
  [
    'put',
    putMessage as never,
    fc.record({
      listHash: maybeHash,
      sloppy: fc.boolean(),
      hintsFor: fc.array(peer, { maxLength: 3 }),
      key,
      versions: blobs,
    }),
    fc.record({
      each: fc.array(putOutcome),
    }),
  ],
  [
    'putBatch',
    putBatchMessage as never,
    fc.record({
      listHash: maybeHash,
      partitionKey: hash,
      hintsFor: fc.array(peer, { maxLength: 3 }),
      items: fc.array(fc.record({ sortKey: text, versions: blobs }), { maxLength: 4 }),
    }),
    fc.record({
      items: fc.array(
        fc.array(putOutcome, {
          maxLength: 3,
        }),
        { maxLength: 4 },
      ),
    }),
  ],
  [
    'get',
    getMessage as never,
    fc.record({
      listHash: maybeHash,
      key,
      mode: fc.constantFrom('digest', 'full'),
      have: fc.array(hash, { maxLength: 3 }),
    }),
    fc.record({ owner: fc.boolean(), unfilled: fc.boolean(), names, versions: blobs }),
  ],
  [
    'getBatch',
    getBatchMessage as never,
    fc.record({
      listHash: maybeHash,
      partitionKey: hash,
      sortKeys: fc.array(text, { maxLength: 4 }),
    }),
    fc.record({
      owner: fc.boolean(),
      unfilled: fc.boolean(),
      items: fc.array(names, { maxLength: 4 }),
    }),
  ],
  [
    'list',
    listMessage as never,
    fc.record({ listHash: maybeHash, range }),
    fc.record({ owner: fc.boolean(), unfilled: fc.boolean(), items, more: fc.boolean() }),
  ],
  [
    'session',
    sessionMessage as never,
    fc.record({
      partitionKey: hash,
      device: hash,
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
      devices: blobs,
    }),
    fc.record({ revoked: blobs }),
  ],
  [
    'watch',
    watchMessage as never,
    fc.record({ partitionKey: hash, on: fc.boolean() }),
    fc.record({ digest: hash }),
  ],
  [
    'changed',
    changedNotice as never,
    fc.record({ partitionKey: hash, changes: items, versions: blobs, gap: fc.boolean() }),
  ],
  [
    'gossip',
    gossipMessage as never,
    fc.record({ tableHash: hash, digest: fc.option(digest, { nil: null }) }),
    fc.record({ same: fc.boolean(), digest: fc.option(digest, { nil: null }), records }),
  ],
  ['gossipPush', gossipPushNotice as never, records],
  [
    'exchange',
    exchangeMessage as never,
    fc.record({ accounts }),
    fc.record({
      differ: fc.array(fc.record({ partitionKey: hash, digest: maybeHash }), { maxLength: 4 }),
    }),
  ],
  [
    'joinForward',
    joinForwardMessage as never,
    fc.record({
      newcomer: peer,
      conversation: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      message: blob,
    }),
    fc.record({ reply: blob, done: fc.boolean() }),
  ],
  [
    'shareRedeem',
    shareRedeemMessage as never,
    fc.record({ body: blob }),
    fc.record({ body: blob }),
  ],
  [
    'counter',
    counterMessage as never,
    fc.record({ actors: fc.array(hex(16), { maxLength: 4 }) }),
    fc.record({ counters: fc.array(fc.nat(), { maxLength: 4 }) }),
  ],
  [
    'fetch',
    fetchMessage as never,
    fc.record({
      partitionKey: hash,
      wanted: fc.array(fc.record({ sortKey: text, hash }), { maxLength: 4 }),
    }),
    fc.record({ versions: fc.array(fc.option(blob, { nil: null }), { maxLength: 4 }) }),
  ],
  ['goodbye', goodbyeNotice as never, fc.record({ reason: text })],
  [
    'partitions',
    partitionsMessage as never,
    fc.record({ listsHash: hash, nodes }),
    fc.record({ children: nodes }),
  ],
  [
    'accounts',
    accountsMessage as never,
    fc.record({
      listHash: maybeHash,
      partition: fc.nat(65_535),
      after: maybeHash,
      limit: fc.integer({ min: 1, max: 65_536 }),
    }),
    fc.record({
      accounts: fc.array(
        fc.record({
          partitionKey: hash,
          digest: hash,
          items: fc.integer({ min: 1 }),
          bytes: fc.nat(),
        }),
        { maxLength: 4 },
      ),
      more: fc.boolean(),
    }),
  ],
  [
    'ranges',
    rangesMessage as never,
    fc.record({ listHash: maybeHash, partitionKey: hash, ranges }),
    fc.record({
      answered: fc.integer({ min: 1, max: 4096 }),
      differ: fc.array(
        fc.record(
          { at: fc.nat(4095), parts: ranges, items, end: text },
          { requiredKeys: ['at', 'parts', 'items'] },
        ),
        { maxLength: 4 },
      ),
    }),
  ],
  [
    'takeover',
    takeoverMessage as never,
    fc.record({ parts: listed }),
    fc.record({
      each: fc.array(
        fc.record({ state: fc.constantFrom('kept', 'lacking', 'other list'), hash: maybeHash }),
        { maxLength: 4 },
      ),
    }),
  ],
  [
    'taken',
    takenMessage as never,
    fc.record({ parts: listed }),
    fc.record({ each: fc.array(fc.boolean(), { maxLength: 4 }) }),
  ],
];
