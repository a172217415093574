/**
 * Opaque context tokens (DESIGN §2 Versions): what a caller got to read, given back with its write.
 * A token carries all it means (the versions shown and their joined `seen`), so any machine logged
 * in to the account can take it, also after a restart. It is bound to one item and authenticated
 * with a key of the account: a made-up context could cover, and so drop, what nobody has read.
 */
import { AppError } from '../base/app-error.ts';
import {
  concatBytes,
  equalBytes,
  fromBase64url,
  fromHex,
  toBase64url,
  toHex,
  utf8,
} from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import { sha256 } from '../base/sha256.ts';
import {
  EMPTY_CONTEXT,
  type CausalContext,
  type CounterRange,
  type Dot,
} from '../domain/causal-context.ts';
import { itemKeyString, type ActorId, type Hash, type ItemKey } from '../domain/ids.ts';
import { seenOfAll, type Version } from '../domain/versioned-item.ts';
import { equalSecrets, hmacSha256 } from '../security/key-derivation.ts';

const FORMAT = 1;
const MAC_BYTES = 16;
const ITEM_TAG_BYTES = 8;
const HASH_DIGITS = 16;

/** What a caller had read: the names of the versions shown, and the joined context of them. */
export interface ReadContext {
  /** Version names (`versionName`), in (dot, hash) order. */
  readonly versions: readonly string[];
  readonly context: CausalContext;
}

/** The context of a caller that has read nothing: a blind write. */
export const BLIND: ReadContext = { versions: [], context: EMPTY_CONTEXT };

/** The name of a version in views and URLs: `<actor>.<counter>-<16 digits of its hash>`. */
export function versionName(version: { readonly dot: Dot; readonly hash: Hash }): string {
  const { actor, counter } = version.dot;
  return `${actor}.${counter}-${version.hash.slice(0, HASH_DIGITS)}`;
}

/** The dot in a version's name. Throws BAD_REQUEST for anything that is no such name. */
export function dotOfVersionName(name: string): Dot {
  const match = /^([0-9a-f]{32})\.([1-9][0-9]{0,15})-[0-9a-f]{16}$/.exec(name);
  if (match === null)
    throw new AppError('BAD_REQUEST', `"${name.slice(0, 80)}" is not the name of a version.`);
  return { actor: match[1] as ActorId, counter: Number(match[2]) };
}

/** The token of exactly these versions of the item. */
export function makeContextToken(
  macKey: Uint8Array,
  key: ItemKey,
  versions: readonly Version[],
): string {
  if (versions.length === 0) return '';
  const context = seenOfAll(versions);
  const actors = [...context.keys()].sort();
  const body = encodeCbor([
    FORMAT,
    itemTag(key),
    versions.map(({ dot, hash }) => [
      actors.indexOf(dot.actor),
      dot.counter,
      fromHex(hash.slice(0, HASH_DIGITS)),
    ]),
    actors.map((actor) => fromHex(actor)),
    actors.map((actor) => (context.get(actor) ?? []).flat()),
  ]);
  return toBase64url(concatBytes(mac(macKey, body), body));
}

/**
 * What the token says. '' is the context of one who has read nothing.
 * @throws UNKNOWN_CONTEXT for a token that no machine of this account made for this item.
 */
export function readContextToken(macKey: Uint8Array, key: ItemKey, token: string): ReadContext {
  if (token === '') return BLIND;
  try {
    const bytes = fromBase64url(token);
    const body = bytes.subarray(MAC_BYTES);
    if (!equalSecrets(bytes.subarray(0, MAC_BYTES), mac(macKey, body))) throw unknownContext();
    return parseBody(decodeCbor(body), key);
  } catch (cause) {
    throw unknownContext(cause);
  }
}

function parseBody(value: Cbor, key: ItemKey): ReadContext {
  // The body is authentic here: its shape is our own.
  const [format, tag, names, table, ranges] = value as [
    number,
    Uint8Array,
    [number, number, Uint8Array][],
    Uint8Array[],
    number[][],
  ];
  if (format !== FORMAT || !equalBytes(tag, itemTag(key))) throw unknownContext();
  const actors = table.map((bytes) => toHex(bytes) as ActorId);
  return {
    versions: names.map(
      ([actor, counter, hash]) => `${actors[actor] ?? ''}.${counter}-${toHex(hash)}`,
    ),
    context: new Map(actors.map((actor, i) => [actor, pairs(ranges[i] ?? [])])),
  };
}

function pairs(flat: readonly number[]): readonly CounterRange[] {
  const out: CounterRange[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return out;
}

function itemTag(key: ItemKey): Uint8Array {
  return sha256(utf8(itemKeyString(key))).subarray(0, ITEM_TAG_BYTES);
}

function mac(key: Uint8Array, body: Uint8Array): Uint8Array {
  return hmacSha256(key, body).subarray(0, MAC_BYTES);
}

function unknownContext(cause?: unknown): AppError {
  return new AppError(
    'UNKNOWN_CONTEXT',
    'This context does not belong to this item; read it again and use the context you get then.',
    { cause },
  );
}
