/** Items as functions see and write them. */
import { AppError } from '../../base/app-error.ts';
import { fromHex, utf8 } from '../../base/bytes.ts';
import { encodeCbor } from '../../base/cbor.ts';
import { sha256Hex } from '../../base/sha256.ts';
import type { Hash } from '../../domain/ids.ts';
import { causeOf, MAX_CAUSE_DEPTH, type WriteCause } from '../../security/write-cause.ts';
import type { SignedVersion } from '../../security/signed-version.ts';
import type { StreamChange, StreamPosition } from '../../storage/change-stream.ts';
import type { IssueRequest, ItemStore } from '../../storage/item-store.ts';
import type { Account } from '../account.ts';
import { isHidden, itemVersion, OWN_PREFIXES } from '../item-view.ts';
import { withoutTwins } from '../twins.ts';
import type { FunctionEvent, ItemValue } from './function-api.ts';
import { FUNCTION_LIMITS, type FunctionReads, type FunctionWrite } from './function-wall.ts';

const DERIVED_PREFIX = 'notice#';
const DERIVED_DIGITS = 32;

/** The sort key that follows from a function, a source's key and its dot (DESIGN §2). */
export function derivedKey(name: string, { key, dot }: Pick<SignedVersion, 'key' | 'dot'>): string {
  const parts = ['carrossel/derived/1', name, key.sortKey, fromHex(dot.actor), dot.counter];
  return DERIVED_PREFIX + sha256Hex(encodeCbor(parts)).slice(0, DERIVED_DIGITS);
}

export function itemValue(account: Account, name: string, version: SignedVersion): ItemValue {
  const derived = { derivedKey: derivedKey(name, version) };
  const { version: id, device, wallMs, deleted, value } = itemVersion(account, version);
  const shown = { version: id, device, wallMs, deleted, ...derived };
  return value === undefined ? shown : { ...shown, value };
}

export function eventOf(account: Account, name: string, change: StreamChange): FunctionEvent {
  const values = (versions: readonly SignedVersion[]): ItemValue[] =>
    versions.map((version) => itemValue(account, name, version));
  return {
    id: change.replay
      ? `replay-${sha256Hex(utf8(change.position)).slice(0, 16)}`
      : `${change.sequence}`,
    key: change.key.sortKey,
    before: values(change.before),
    after: values(change.after),
    replay: change.replay,
    retried: false,
    local: change.local,
  };
}

/** Who caused a change: its depth, and whether the function itself wrote all that came. */
function causeOfChange(
  { before, after }: StreamChange,
  tag: string,
): { readonly depth: number; readonly own: boolean } {
  const was = new Set(before.map((version) => version.hash));
  const came = after.filter((version) => !was.has(version.hash) && version.kind !== 'devices');
  const causes = came.map(causeOf);
  return {
    depth: Math.max(0, ...causes.map((cause) => cause?.depth ?? 0)),
    own: came.length > 0 && causes.every((cause) => cause?.by === tag),
  };
}

/** An event, and what its run needs to know besides. */
export interface Fed {
  readonly event: FunctionEvent;
  readonly depth: number;
  readonly position: StreamPosition | undefined;
  readonly change: Pick<StreamChange, 'key' | 'after'> | undefined;
}

/** What a function is told of the changes: not of its own, and not where a chain ends. */
export function feed(
  account: Account,
  name: string,
  changes: readonly StreamChange[],
  onChainEnded: (sortKey: string) => void,
): readonly Fed[] {
  const tag = account.opaqueId('function', name);
  const fed: Fed[] = [];
  for (const change of changes) {
    const { depth, own } = causeOfChange(change, tag);
    if (own || isHidden(change.key.sortKey)) continue;
    if (depth >= MAX_CAUSE_DEPTH) {
      onChainEnded(change.key.sortKey);
      continue;
    }
    const event = eventOf(account, name, change);
    fed.push({ event, depth, position: change.position, change });
  }
  return fed;
}

/** Reads for one run, which remember what the run has seen: what its writes may replace. */
export function createRunReads(
  init: { readonly name: string; readonly account: Account },
  components: { readonly store: ItemStore },
) {
  const { name, account } = init;
  const { store } = components;
  const seen = new Map<string, Set<Hash>>();
  function note(sortKey: string, versions: readonly SignedVersion[]): void {
    const hashes = seen.get(sortKey) ?? new Set<Hash>();
    for (const { hash } of versions) hashes.add(hash);
    seen.set(sortKey, hashes);
  }
  const told = (sortKey: string, versions: readonly SignedVersion[]): ItemValue[] => {
    note(sortKey, versions);
    return versions.map((version) => itemValue(account, name, version));
  };
  const reads: FunctionReads = {
    async get(sortKey) {
      if (isHidden(sortKey)) return [];
      return told(sortKey, await store.read({ partitionKey: account.id, sortKey }));
    },
    async query({ prefix, after, limit = FUNCTION_LIMITS.query }) {
      const items = await store.scan({
        partitionKey: account.id,
        prefix,
        limit: Math.max(1, Math.min(limit, FUNCTION_LIMITS.query)),
        ...(after === undefined ? {} : { after }),
      });
      return items
        .filter(({ key }) => !isHidden(key.sortKey))
        .map(({ key, siblings }) => ({
          key: key.sortKey,
          values: told(key.sortKey, siblings),
        }));
    },
  };
  return { ...reads, note, seen: (sortKey: string) => seen.get(sortKey) ?? new Set<Hash>() };
}

/** The request for one write. It replaces what the run has seen of the item, and nothing else. */
export function requestOf(
  account: Account,
  write: FunctionWrite,
  given: { readonly seen: ReadonlySet<Hash>; readonly cause: WriteCause },
): IssueRequest {
  const own = OWN_PREFIXES.find((prefix) => write.key.startsWith(prefix));
  if (own !== undefined) {
    throw new AppError('BAD_REQUEST', `Items under "${own}" are Carrossel's own.`);
  }
  const deleted = write.value === undefined;
  return account.request(write.key, ({ actor, siblings }) => ({
    kind: deleted ? 'tombstone' : 'value',
    type: deleted ? 'none' : 'json',
    replaced: withoutTwins(
      siblings.filter(({ hash, dot }) => given.seen.has(hash) || dot.actor === actor),
      siblings,
    ),
    cause: given.cause,
    encode: () => (deleted ? new Uint8Array(0) : utf8(JSON.stringify(write.value))),
  }));
}

/** The sequence number in a position. */
export function numberOf(position: StreamPosition | undefined): number {
  return Number(/-([0-9]+)/.exec(position ?? '')?.[1] ?? 0);
}
