import { fromHex } from '../../base/bytes.ts';
import type { Cbor } from '../../base/cbor.ts';
import type { Hash, PeerId } from '../../domain/ids.ts';
import type { Fields } from '../../security/positional.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec, createNoticeCodec } from './codec.ts';
import { MAX_ENTRIES, readBlobs, readHash, readHashes, readPeer, writePeer } from './fields.ts';

/** What identifies every record of a member table. */
export interface GossipDigest {
  readonly members: readonly {
    readonly peer: PeerId;
    readonly epoch: number;
    readonly n: number;
    readonly hash: Hash;
  }[];
  readonly settings: { readonly number: number; readonly hash: Hash } | null;
  readonly revocations: readonly Hash[];
}

/** Signed records, opaque to this floor. */
export interface GossipRecords {
  /** Member records, each with its chain. */
  readonly members: readonly Uint8Array[];
  /** None, or the settings record and then its issuer's chain. */
  readonly settings: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
}

export interface GossipRequest {
  /** Of the asker's whole table: when it is the answerer's too, all is said. */
  readonly tableHash: Hash;
  readonly digest: GossipDigest | null;
}

export interface GossipAnswer {
  readonly same: boolean;
  /** The answerer's, where the tables differ: the asker then pushes what is newer there. */
  readonly digest: GossipDigest | null;
  /** What the asker lacks. */
  readonly records: GossipRecords;
}

export const writeDigest = (digest: GossipDigest): readonly Cbor[] => [
  digest.members.map((one) => [writePeer(one.peer), one.epoch, one.n, fromHex(one.hash)]),
  digest.settings === null ? [] : [digest.settings.number, fromHex(digest.settings.hash)],
  digest.revocations.map(fromHex),
];

export const readDigest = (f: Fields): GossipDigest => ({
  members: f.list(MAX_ENTRIES, (list) =>
    list.nested((one) => ({
      peer: readPeer(one),
      epoch: one.uint(),
      n: one.uint(),
      hash: readHash(one),
    })),
  ),
  settings: f.nested((one) => (one.done ? null : { number: one.uint(), hash: readHash(one) })),
  revocations: readHashes(f, MAX_ENTRIES),
});

const writeOptionalDigest = (digest: GossipDigest | null): readonly Cbor[] =>
  digest === null ? [] : writeDigest(digest);

const readOptionalDigest = (f: Fields): GossipDigest | null =>
  f.nested((one) => (one.done ? null : readDigest(one)));

const writeRecords = (records: GossipRecords): readonly Cbor[] => [
  [...records.members],
  [...records.settings],
  [...records.revocations],
];

const readRecords = (f: Fields): GossipRecords => ({
  members: readBlobs(f),
  settings: readBlobs(f),
  revocations: readBlobs(f),
});

export const gossipMessage = createMessageCodec<GossipRequest, GossipAnswer>(
  VERB.gossip,
  'gossip',
  {
    write: (m) => [fromHex(m.tableHash), writeOptionalDigest(m.digest)],
    read: (f) => ({ tableHash: readHash(f), digest: readOptionalDigest(f) }),
  },
  {
    write: (m) => [m.same, writeOptionalDigest(m.digest), writeRecords(m.records)],
    read: (f) => ({
      same: f.flag(),
      digest: readOptionalDigest(f),
      records: f.nested(readRecords),
    }),
  },
);

export const gossipPushNotice = createNoticeCodec<GossipRecords>(VERB.gossipPush, 'gossip push', {
  write: writeRecords,
  read: readRecords,
});
