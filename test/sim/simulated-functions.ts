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

export const DIARY = 'diary';

/** One event, as the function wrote it down. */
export interface Told {
  readonly id: string;
  readonly key: string;
  readonly replay: boolean;
}

export function diaryKey(machine: string): string {
  return `${DIARY}#${machine}`;
}

/** A handler takes time, so that stops and kills meet it in the middle; at times it throws. */
export function createSimulatedFunctions(
  { machine }: { readonly machine: string },
  { clock, random }: { readonly clock: Clock; readonly random: SeededRandom },
): NonNullable<AppComponents['functions']> {
  const diary: CarrosselFunction = {
    name: DIARY,
    on: { prefix: 'order#' },
    batch: 3,
    async handler(events, context) {
      const [held] = await context.get(diaryKey(machine));
      const before = (held?.value ?? []) as readonly Json[];
      await sleep(clock, random.between(0, 40));
      const told = events.map(({ id, key, replay }): Json => ({ id, key, replay }));
      context.put(diaryKey(machine), [...before, ...told]);
      if (random.chance(0.1)) throw new Error('The function had a bad moment.');
      await sleep(clock, random.between(0, 40));
    },
  };
  const source = { file: `${DIARY}.mjs`, text: machine };
  return {
    wall: { open: () => Promise.resolve(openInProcess(diary)) },
    folder: {
      path: '/functions',
      read: () => Promise.resolve([source]),
      watch: () => () => undefined,
    },
  };
}
