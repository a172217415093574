import { toHex, utf8 } from '../../src-main/base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';
import { sha256, sha256Hex } from '../../src-main/base/sha256.ts';
import {
  addRange,
  EMPTY_CONTEXT,
  type CausalContext,
  type CounterRange,
  type Dot,
} from '../../src-main/domain/causal-context.ts';
import type {
  ActorId,
  DeviceKey,
  Hash,
  ItemKey,
  PartitionKey,
  RingId,
  StoreEpoch,
} from '../../src-main/domain/ids.ts';
import type { VersionKind } from '../../src-main/domain/version-kind.ts';
import { seenOfAll } from '../../src-main/domain/versioned-item.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { IssueRequest } from '../../src-main/storage/item-store.ts';

/** Versions with an unsigned, readable envelope: storage looks at nothing more. */
interface PlainContent {
  readonly key: ItemKey;
  readonly dot: Dot;
  readonly context?: CausalContext;
  readonly kind?: VersionKind;
  readonly epoch?: StoreEpoch;
  /** Bytes of the value. @default 40 */
  readonly size?: number;
  /** Tells apart versions that are else the same. */
  readonly text?: string;
}

const RING = '11'.repeat(32) as RingId;
const DEVICE = '22'.repeat(32) as DeviceKey;

export function plainVersion(content: PlainContent): SignedVersion {
  const { key, dot, context = EMPTY_CONTEXT, kind = 'value', size = 40, text = '' } = content;
  const epoch = content.epoch ?? ('33'.repeat(16) as StoreEpoch);
  const ranges = [...context].map(([actor, list]): Cbor => [actor, list.map((r) => [...r])]);
  const bytes = encodeCbor([
    key.partitionKey,
    key.sortKey,
    dot.actor,
    dot.counter,
    ranges,
    kind,
    epoch,
    text,
    new Uint8Array(size),
  ]);
  return readPlain(bytes);
}

/** The other way round, for the store's `readEnvelope`. */
export function readPlain(bytes: Uint8Array): SignedVersion {
  const [partitionKey, sortKey, actor, counter, ranges, kind, epoch] = decodeCbor(bytes) as [
    PartitionKey,
    string,
    ActorId,
    number,
    [ActorId, CounterRange[]][],
    VersionKind,
    StoreEpoch,
  ];
  return {
    key: { partitionKey, sortKey },
    dot: { actor, counter },
    context: new Map(ranges),
    kind,
    epoch,
    hash: sha256Hex(bytes) as Hash,
    ring: RING,
    device: DEVICE,
    sealingKeyNumber: 1,
    bytes,
  };
}

export function accountOf(name: string): PartitionKey {
  return sha256Hex(utf8(name)) as PartitionKey;
}

export function itemOf(account: string, sortKey: string): ItemKey {
  return { partitionKey: accountOf(account), sortKey };
}

export function actorNamed(name: string): ActorId {
  return toHex(sha256(utf8(name)).subarray(0, 16)) as ActorId;
}

/** The actor of this machine in the epoch, as security/actor.ts would make it. */
export function ownActor(account: PartitionKey): (epoch: StoreEpoch) => ActorId {
  return (epoch) => actorNamed(`own/${epoch}/${account}`);
}

/** An own write that replaces all that is held, or what `context` says. */
export function ownWrite(
  key: ItemKey,
  content: Pick<PlainContent, 'context' | 'kind' | 'size' | 'text'> = {},
): IssueRequest {
  return {
    key,
    actorOf: ownActor(key.partitionKey),
    build({ epoch, actor, counter, lastOwn, siblings }) {
      const read = content.context ?? seenOfAll(siblings);
      const context = addRange(read, actor, lastOwn + 1, counter - 1);
      return plainVersion({ ...content, key, epoch, context, dot: { actor, counter } });
    },
  };
}
