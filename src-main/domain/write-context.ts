/**
 * The context of a write, and what it replaces (DESIGN §1 context, §2 Versions; Dynamo §4.4, where
 * the context a client read comes back with its put).
 */
import { AppError } from '../base/app-error.ts';
import {
  addRange,
  checkContextLimits,
  containsDot,
  coversContext,
  EMPTY_CONTEXT,
  highestCounter,
  joinContexts,
  type CausalContext,
} from './causal-context.ts';
import type { ActorId } from './ids.ts';
import { seenOfAll, type Version } from './versioned-item.ts';

export interface WriteContextInput {
  /** The writer, and the counter of the version it is about to make. */
  readonly actor: ActorId;
  readonly counter: number;
  /** Counter of this actor's latest version of this item, 0 if none. */
  readonly lastOwn: number;
  /** The versions at hand that the write replaces: those its author had read. */
  readonly replaced: Iterable<Version>;
  /** What the author had read besides, as the read answered it; absent: only `replaced`. */
  readonly given?: CausalContext | undefined;
}

/**
 * The joined `seen` of all the write replaces, and the counters that this actor spent on other
 * items since its last version of this one: they name no version of this item, so covering them is
 * true and keeps the ranges few. The actor's last version itself is covered only if it is replaced.
 * @throws LIMIT_EXCEEDED; UNKNOWN_CONTEXT when the past holds a dot that this actor has not issued
 * yet (another store lives under its name: renew the epoch, then write).
 */
export function contextForWrite(input: WriteContextInput): CausalContext {
  const { actor, counter, lastOwn } = input;
  const read = joinContexts(seenOfAll(input.replaced), input.given ?? EMPTY_CONTEXT);
  if (highestCounter(read, actor) >= counter || lastOwn >= counter) {
    throw new AppError('UNKNOWN_CONTEXT', 'The context names a version not written yet.', {
      details: { actor, counter, highest: Math.max(highestCounter(read, actor), lastOwn) },
    });
  }
  const context = addRange(read, actor, lastOwn + 1, counter - 1);
  checkContextLimits(context);
  return context;
}

/** The versions among `versions` that a write with this context replaces. */
export function versionsCoveredBy<V extends Version>(
  versions: readonly V[],
  context: CausalContext,
): readonly V[] {
  return versions.filter((version) => containsDot(context, version.dot));
}

/**
 * A known version that `version` covers without covering all its past, or undefined: the context is
 * not closed and an owner refuses it (DESIGN §2 Versions). Merging is associative only because no
 * such version gets in.
 */
export function findUnclosed<V extends Version>(
  version: Version,
  known: readonly V[],
): V | undefined {
  return known.find(
    (one) => containsDot(version.context, one.dot) && !coversContext(version.context, one.context),
  );
}
