import type { Cbor } from '../../base/cbor.ts';
import type { Hash, ItemKey, PeerId } from '../../domain/ids.ts';
import type { Fields } from '../../security/positional.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  MAX_NAMES,
  readBlobs,
  readKey,
  readOptionalHash,
  readPeer,
  writeKey,
  writeOptionalHash,
  writePeer,
} from './fields.ts';

/** Owners whom one put may be a hint for. */
export const MAX_HINTS = 64;

export interface PutRequest {
  /** Of the preference list the sender walked; null between members that exchange. */
  readonly listHash: Hash | null;
  /** Goes on although the lists differ (DESIGN §2 "While tables differ"). */
  readonly sloppy: boolean;
  /** Owners in whose place the receiver takes the versions. */
  readonly hintsFor: readonly PeerId[];
  readonly key: ItemKey;
  /** Signed versions of that one item. */
  readonly versions: readonly Uint8Array[];
}

export interface PutAnswer {
  /** One for each version, in their order. */
  readonly each: readonly {
    readonly outcome: 'stored' | 'covered';
    /** The answerer owns the partition and does not have all of it yet. */
    readonly unfilled: boolean;
    /** The greatest counter the answerer knows of that version's actor. */
    readonly highest: number;
  }[];
}

export const putMessage = createMessageCodec<PutRequest, PutAnswer>(
  VERB.put,
  'put',
  {
    write: (m) => [
      writeOptionalHash(m.listHash),
      m.sloppy,
      m.hintsFor.map(writePeer),
      ...writeKey(m.key),
      [...m.versions],
    ],
    read: (f) => ({
      listHash: readOptionalHash(f),
      sloppy: f.flag(),
      hintsFor: f.list(MAX_HINTS, readPeer),
      key: readKey(f),
      versions: readBlobs(f),
    }),
    // The store writes a version into a record of its own; nothing else keeps it.
    views: true,
  },
  {
    write: (m) => [writeEach(m.each)],
    read: (f) => ({ each: readEach(f) }),
  },
);

/** [[0 stored or 1 covered, 2 more where the answerer lacks, highest counter]…] */
export function writeEach(each: PutAnswer['each']): Cbor {
  return each.map(({ outcome, unfilled, highest }) => [
    (outcome === 'stored' ? 0 : 1) + (unfilled ? 2 : 0),
    highest,
  ]);
}

export function readEach(fields: Fields): PutAnswer['each'] {
  return fields.list(MAX_NAMES, (list) =>
    list.nested((one) => {
      const said = one.uint(0, 3);
      const outcome = said % 2 === 0 ? 'stored' : 'covered';
      return { outcome, unfilled: said > 1, highest: one.uint() };
    }),
  );
}
