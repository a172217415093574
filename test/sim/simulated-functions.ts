/**
 * A person's own function in a simulation, in this very thread: on each machine it writes down in an
 * item of its own what it was told, so that an effect that is lost or comes twice shows.
 */
import type { AppComponents } from '../../src-main/app/app-components.ts';
import type { CarrosselFunction, Json } from '../../src-main/app/functions/function-api.ts';
import { openInProcess } from '../../src-main/app/functions/in-process-function.ts';
import type { Clock } from '../../src-main/base/clock.ts';
import { sleep } from '../../src-main/base/waiting.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What functions there are, and on which items. */
export const DIARIES = { orders: 'order#', products: 'product#' } as const;
export type Diary = keyof typeof DIARIES;

/** One event, as the function wrote it down. */
export interface Told {
  readonly id: string;
  readonly key: string;
}

export function diaryKey(diary: Diary, machine: string): string {
  return `diary#${diary} ${machine}`;
}

/**
 * What all sides tell. It was written apart where a new epoch issued an earlier page again
 * meanwhile; what one side tells twice stays told twice.
 */
export function unionOf(sides: readonly (readonly Told[])[]): readonly Told[] {
  const [first = [], ...others] = sides;
  return others.reduce((all, side) => {
    const ids = new Set(all.map(({ id }) => id));
    return [...all, ...side.filter(({ id }) => !ids.has(id))];
  }, first);
}

/** A handler takes time, so that stops and kills meet it in the middle; at times it throws. */
export function createSimulatedFunctions(
  init: {
    readonly machine: string;
    /** A handler is about to return: its effects are on their way to the disk then. */
    readonly onReturn: () => void;
  },
  { clock, random }: { readonly clock: Clock; readonly random: SeededRandom },
): NonNullable<AppComponents['functions']> {
  const diaryOf = (diary: Diary): CarrosselFunction => ({
    name: `diary-of-${diary}`,
    on: { prefix: DIARIES[diary] },
    batch: 3,
    async handler(events, context) {
      const key = diaryKey(diary, init.machine);
      const before = unionOf(
        (await context.get(key)).map(({ value }) => value as unknown as Told[]),
      );
      await sleep(clock, random.between(0, 40));
      const told = events.map((event): Json => ({ id: event.id, key: event.key }));
      context.put(key, [...before, ...told] as unknown as Json);
      if (random.chance(0.1)) throw new Error('The function had a bad moment.');
      await sleep(clock, random.between(0, 40));
      init.onReturn();
    },
  });
  const all = Object.keys(DIARIES) as Diary[];
  return {
    wall: { open: ({ text }) => Promise.resolve(openInProcess(diaryOf(text as Diary))) },
    folder: {
      path: '/functions',
      read: () => Promise.resolve(all.map((text) => ({ file: `${text}.mjs`, text }))),
      watch: () => () => undefined,
    },
  };
}
