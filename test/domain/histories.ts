import fc from 'fast-check';
import type { ActorId, Hash } from '../../src-main/domain/ids.ts';
import type { Version } from '../../src-main/domain/versioned-item.ts';
import { contextForWrite } from '../../src-main/domain/write-context.ts';

export function actorOf(number: number): ActorId {
  return String(number).padStart(32, '0') as ActorId;
}

/** A version together with what its author truly knew, kept without contexts. */
export interface WrittenVersion extends Version {
  /** Dots' indices in the history: every version it follows, directly or not. */
  readonly past: ReadonlySet<number>;
  readonly index: number;
}

/**
 * What up to four actors may have written of one item: each version replaces any of the earlier
 * ones, as someone who had read just those; counters leave gaps, spent on other items.
 */
export const anyHistory: fc.Arbitrary<readonly WrittenVersion[]> = fc
  .array(
    fc.record({
      actor: fc.integer({ min: 0, max: 3 }),
      gap: fc.integer({ min: 1, max: 3 }),
      read: fc.array(fc.nat(), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((writes) => {
    const versions: WrittenVersion[] = [];
    const counters = new Map<ActorId, number>();
    for (const [index, { actor: number, gap, read }] of writes.entries()) {
      const actor = actorOf(number);
      const lastOwn = counters.get(actor) ?? 0;
      const counter = lastOwn + gap;
      counters.set(actor, counter);
      const known = new Set(read.map((at) => at % (versions.length + 1)));
      const replaced = versions.filter((version) => known.has(version.index));
      const past = new Set(replaced.flatMap((version) => [version.index, ...version.past]));
      const context = contextForWrite({ actor, counter, lastOwn, replaced });
      const hash = String(index).padStart(64, '0') as Hash;
      versions.push({ dot: { actor, counter }, hash, context, past, index });
    }
    return versions;
  });

/** Any of the versions, in any order, some of them more than once. */
export function anySome(versions: readonly WrittenVersion[]): fc.Arbitrary<WrittenVersion[]> {
  return fc.array(fc.constantFrom(...versions), { maxLength: versions.length });
}

/** A history and three views of it. */
export const anyThreeViews = anyHistory.chain((versions) =>
  fc.tuple(fc.constant(versions), anySome(versions), anySome(versions), anySome(versions)),
);
