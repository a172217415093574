/**
 * The exact causal past of a version: which dots it follows. Per actor a sorted list of disjoint,
 * non-adjacent ranges of counters. "Version vectors with exceptions", as the Dynamo paper's vector
 * clocks (§4.4) grew in Riak's dotted version vectors (Preguiça et al., arXiv:1011.5808); ranges
 * instead of a single maximum, so that a gap in the dots never covers what was not seen.
 */
import { AppError } from '../base/app-error.ts';
import type { ActorId } from './ids.ts';

/** Names one version: the counter that `actor` gave it. Counters start at 1. */
export interface Dot {
  readonly actor: ActorId;
  readonly counter: number;
}

/** Counters from..to, both included. */
export type CounterRange = readonly [from: number, to: number];

export type CausalContext = ReadonlyMap<ActorId, readonly CounterRange[]>;

export const MAX_ACTORS = 256;
export const MAX_RANGES = 1024;
/** Counters stay below this (2^53), so that numbers hold them exactly. */
export const MAX_COUNTER = Number.MAX_SAFE_INTEGER;

export const EMPTY_CONTEXT: CausalContext = new Map();

export function dotString(dot: Dot): string {
  return `${dot.actor}.${dot.counter}`;
}

export function compareDots(a: Dot, b: Dot): number {
  if (a.actor !== b.actor) return a.actor < b.actor ? -1 : 1;
  return a.counter - b.counter;
}

export function containsDot(context: CausalContext, dot: Dot): boolean {
  const ranges = context.get(dot.actor);
  return ranges !== undefined && rangesCover(ranges, dot.counter, dot.counter);
}

/** The context that has all dots of both. */
export function joinContexts(a: CausalContext, b: CausalContext): CausalContext {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const [actor, ranges] of b) {
    const mine = out.get(actor);
    out.set(actor, mine === undefined ? ranges : joinRanges(mine, ranges));
  }
  return out;
}

export function joinAllContexts(contexts: Iterable<CausalContext>): CausalContext {
  let out = EMPTY_CONTEXT;
  for (const context of contexts) out = joinContexts(out, context);
  return out;
}

export function addDot(context: CausalContext, dot: Dot): CausalContext {
  return addRange(context, dot.actor, dot.counter, dot.counter);
}

/** The context with the counters from..to of `actor` added; unchanged when from > to. */
export function addRange(
  context: CausalContext,
  actor: ActorId,
  from: number,
  to: number,
): CausalContext {
  if (from > to) return context;
  const out = new Map(context);
  out.set(actor, joinRanges(context.get(actor) ?? [], [[from, to]]));
  return out;
}

/** True when `a` has every dot of `b`. */
export function coversContext(a: CausalContext, b: CausalContext): boolean {
  if (a === b) return true;
  for (const [actor, ranges] of b) {
    const mine = a.get(actor);
    if (mine === undefined) return false;
    for (const [from, to] of ranges) if (!rangesCover(mine, from, to)) return false;
  }
  return true;
}

export function equalContexts(a: CausalContext, b: CausalContext): boolean {
  return a.size === b.size && coversContext(a, b) && coversContext(b, a);
}

/** The greatest counter of `actor` in the context, 0 if there is none. */
export function highestCounter(context: CausalContext, actor: ActorId): number {
  return context.get(actor)?.at(-1)?.[1] ?? 0;
}

/** Throws LIMIT_EXCEEDED when the context is larger than the formats allow (DESIGN §3). */
export function checkContextLimits(context: CausalContext): void {
  let ranges = 0;
  for (const list of context.values()) ranges += list.length;
  if (context.size > MAX_ACTORS || ranges > MAX_RANGES) {
    throw new AppError(
      'LIMIT_EXCEEDED',
      'This item has been written from too many devices apart.',
      {
        details: { actors: context.size, maxActors: MAX_ACTORS, ranges, maxRanges: MAX_RANGES },
      },
    );
  }
}

/**
 * The actors that a version's formats refer to by number: the writer's first, then the others of
 * its context in ascending order.
 */
export function actorTableOf(writer: ActorId, context: CausalContext): readonly ActorId[] {
  const others = [...context.keys()].filter((actor) => actor !== writer);
  return [writer, ...others.sort((a, b) => (a < b ? -1 : 1))];
}

/** True when one of the ranges holds all of from..to; a binary search, since lists grow long. */
function rangesCover(ranges: readonly CounterRange[], from: number, to: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined || range[1] < from) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found !== undefined && found[0] <= from && to <= found[1];
}

/** Both lists as one, sorted, disjoint and non-adjacent: a merge of two sorted lists. */
function joinRanges(
  a: readonly CounterRange[],
  b: readonly CounterRange[],
): readonly CounterRange[] {
  const out: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    const leftFirst = right === undefined || (left !== undefined && left[0] <= right[0]);
    const next = leftFirst ? left : right;
    if (leftFirst) i++;
    else j++;
    if (next === undefined) break;
    const last = out.at(-1);
    if (last !== undefined && next[0] <= last[1] + 1) last[1] = Math.max(last[1], next[1]);
    else out.push([next[0], next[1]]);
  }
  return out;
}
