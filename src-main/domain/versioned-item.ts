/**
 * The versions of one item (Dynamo §4.4): which follow which, and which stand side by side.
 * Every version carries its whole, transitively closed past, so two versions can be compared
 * without any third, and merging sets of them is a semilattice.
 */
import {
  addDot,
  compareDots,
  containsDot,
  joinAllContexts,
  type CausalContext,
  type Dot,
} from './causal-context.ts';
import type { Hash } from './ids.ts';

/** What merging needs to know of a version. */
export interface Version {
  readonly dot: Dot;
  /** SHA-256 of its signed bytes: tells apart two versions with one dot (a copied store). */
  readonly hash: Hash;
  /** All that its author had seen of this item; closed; without its own dot. */
  readonly context: CausalContext;
}

/** Versions none of which covers another, in the order of (dot, hash). */
export type Siblings<V extends Version> = readonly V[];

/** Everything the version follows, and itself. */
export function seenOf(version: Version): CausalContext {
  return addDot(version.context, version.dot);
}

/** The joined `seen` of the versions: the context of a write that replaces them all. */
export function seenOfAll(versions: Iterable<Version>): CausalContext {
  return joinAllContexts([...versions].map(seenOf));
}

/** True when `later` was written in the knowledge of `earlier`. */
export function coversVersion(later: Version, earlier: Version): boolean {
  return containsDot(later.context, earlier.dot);
}

/** True when both are the same bytes. */
export function sameVersion(a: Version, b: Version): boolean {
  return a.hash === b.hash;
}

export function compareVersions(a: Version, b: Version): number {
  const byDot = compareDots(a.dot, b.dot);
  if (byDot !== 0 || a.hash === b.hash) return byDot;
  return a.hash < b.hash ? -1 : 1;
}

/**
 * Every version of either that no version of either covers: commutative, associative, idempotent.
 * Two versions with one dot and other bytes are both kept (`findDuplicateDots` reports them).
 */
export function mergeSiblings<V extends Version>(a: readonly V[], b: readonly V[]): Siblings<V> {
  const [one, other] = [a[0], b[0]];
  if (a.length === 1 && b.length === 1 && one !== undefined && other !== undefined) {
    return mergeTwo(one, other);
  }
  if (a.length + b.length === 1) return a.length === 1 ? a : b;
  const all = new Map<Hash, V>();
  for (const version of [...a, ...b]) if (!all.has(version.hash)) all.set(version.hash, version);
  const versions = [...all.values()];
  return versions
    .filter((one) => !versions.some((other) => replaces(other, one)))
    .sort(compareVersions);
}

/** Two that claim to follow each other are a forgery: both are kept, for a person to see. */
function replaces(later: Version, earlier: Version): boolean {
  return later !== earlier && coversVersion(later, earlier) && !coversVersion(earlier, later);
}

/** The common case by far: one version here, one arriving. */
function mergeTwo<V extends Version>(a: V, b: V): Siblings<V> {
  if (a.hash === b.hash || replaces(a, b)) return [a];
  if (replaces(b, a)) return [b];
  return compareVersions(a, b) < 0 ? [a, b] : [b, a];
}

/** Dots that two of the versions share with different bytes: a copied store wrote (DESIGN §1). */
export function findDuplicateDots(versions: readonly Version[]): readonly Dot[] {
  if (versions.length < 2) return [];
  const sorted = [...versions].sort(compareVersions);
  return sorted.flatMap((one, i) => {
    const before = sorted[i - 1];
    return before !== undefined && compareDots(before.dot, one.dot) === 0 ? [one.dot] : [];
  });
}
