/**
 * The causal context inside an envelope: a table of actors, and for each a flat list of ranges.
 * Strict both ways: one context has one encoding, and no version can follow itself.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { AppError } from '../base/app-error.ts';
import {
  actorTableOf,
  checkContextLimits,
  MAX_ACTORS,
  MAX_COUNTER,
  MAX_RANGES,
  type CausalContext,
  type CounterRange,
} from '../domain/causal-context.ts';
import type { ActorId } from '../domain/ids.ts';
import { ACTOR_BYTES } from './actor.ts';
import { bad, type Fields } from './positional.ts';

/** @throws LIMIT_EXCEEDED; BAD_REQUEST for a context that has the version's own dot or later. */
export function contextFields(
  dot: { actor: ActorId; counter: number },
  context: CausalContext,
): { table: Uint8Array[]; ranges: number[][] } {
  checkContextLimits(context);
  const actors = actorTableOf(dot.actor, context);
  if (actors.length > MAX_ACTORS) {
    throw new AppError('LIMIT_EXCEEDED', 'This item was written from too many devices apart.');
  }
  const ranges = actors.map((actor) => (context.get(actor) ?? []).flat());
  const own = ranges[0]?.at(-1) ?? 0;
  if (dot.counter < 1 || dot.counter > MAX_COUNTER || own >= dot.counter) {
    throw new AppError('BAD_REQUEST', 'A version cannot follow itself.');
  }
  return { table: actors.map(fromHex), ranges };
}

/** Reads the actor table: the writer, then others strictly ascending, none twice. */
export function readActorTable(fields: Fields): readonly ActorId[] {
  const table = fields.list(MAX_ACTORS, (one) => toHex(one.fixed(ACTOR_BYTES)) as ActorId);
  const [writer, ...others] = table;
  const sound =
    writer !== undefined &&
    others.every((one, i) => one !== writer && (i === 0 || (others[i - 1] ?? '') < one));
  if (!sound) throw bad('version', 'has an actor table that is not in order');
  return table;
}

/** Reads the ranges of each actor of the table; only the writer's may be empty. */
export function readContext(
  fields: Fields,
  table: readonly ActorId[],
  counter: number,
): CausalContext {
  let count = 0;
  const lists = fields.list(MAX_ACTORS, (one) =>
    one.nested((flat) => {
      const ranges = readRanges(flat);
      count += ranges.length;
      if (count > MAX_RANGES) throw bad('version', `has more than ${MAX_RANGES} ranges`);
      return ranges;
    }),
  );
  if (lists.length !== table.length) throw bad('version', 'has a context of other actors');
  const context = new Map<ActorId, readonly CounterRange[]>();
  for (const [i, actor] of table.entries()) {
    const ranges = lists[i] ?? [];
    if (ranges.length > 0) context.set(actor, ranges);
    else if (i > 0) throw bad('version', 'names an actor for nothing');
  }
  const own = lists[0]?.at(-1)?.[1] ?? 0;
  if (own >= counter) throw bad('version', 'follows itself');
  return context;
}

/** from, to, from, to …: ascending, with at least one missing counter between two ranges. */
function readRanges(flat: Fields): readonly CounterRange[] {
  const ranges: CounterRange[] = [];
  let least = 1;
  while (!flat.done) {
    const from = flat.uint(least, MAX_COUNTER);
    const to = flat.uint(from, MAX_COUNTER);
    ranges.push([from, to]);
    least = to + 2;
  }
  return ranges;
}
