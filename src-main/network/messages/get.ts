import { fromHex } from '../../base/bytes.ts';
import type { Hash, ItemKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import {
  MAX_NAMES,
  readBlobs,
  readHashes,
  readKey,
  readNames,
  readOptionalHash,
  writeKey,
  writeNames,
  writeOptionalHash,
  type VersionName,
} from './fields.ts';

export interface GetRequest {
  readonly listHash: Hash | null;
  readonly key: ItemKey;
  /** `digest`: names only; `full`: versions too. */
  readonly mode: 'digest' | 'full';
  /** Versions the asker has; their bytes are left out. */
  readonly have: readonly Hash[];
}

export interface GetAnswer {
  /** Whether the answerer owns the item's partition (else it answers from its hints). */
  readonly owner: boolean;
  /** An owner that has not taken the partition over whole: not to be counted (decision 0104). */
  readonly unfilled: boolean;
  /** Its siblings of the item. */
  readonly names: readonly VersionName[];
  /** As many as fit one frame; the rest is fetched. */
  readonly versions: readonly Uint8Array[];
}

export const getMessage = createMessageCodec<GetRequest, GetAnswer>(
  VERB.get,
  'get',
  {
    write: (m) => [
      writeOptionalHash(m.listHash),
      ...writeKey(m.key),
      m.mode === 'full',
      m.have.map(fromHex),
    ],
    read: (f) => ({
      listHash: readOptionalHash(f),
      key: readKey(f),
      mode: f.flag() ? 'full' : 'digest',
      have: readHashes(f, MAX_NAMES),
    }),
  },
  {
    write: (m) => [m.owner, m.unfilled, writeNames(m.names), [...m.versions]],
    read: (f) => ({
      owner: f.flag(),
      unfilled: f.flag(),
      names: readNames(f),
      versions: readBlobs(f),
    }),
  },
);
