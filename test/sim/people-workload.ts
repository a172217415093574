/** How an activity of people is drawn and done, and what may come of it. */
import { isAppError, toAppError } from '../../src-main/base/app-error.ts';
import type { ErrorCode } from '../../src-main/base/error-code.ts';
import { drawByWeight, type Activity } from './activity.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What bad days, and other people, make of a request; nothing else may. */
const EXPECTED: readonly ErrorCode[] = [
  ...(['QUORUM_NOT_REACHED', 'OUTCOME_UNKNOWN', 'ABORTED', 'DISK_FULL'] as const),
  ...(['STORAGE_FAILED', 'UNKNOWN_CONTEXT', 'CART_NOT_FOUND', 'CART_EXISTS'] as const),
  ...(['LINE_NOT_FOUND', 'CONFLICT_OPEN', 'STALE_CONTEXT', 'UNREACHABLE', 'TIMEOUT'] as const),
  ...(['OVERLOADED'] as const),
  ...(['NOTHING_TO_ORDER', 'LINE_ORDERED', 'ORDER_NOT_FOUND'] as const),
];

export interface PeopleWorkload<Machine> {
  /** One activity on the machine, to its end. @param wanted its name. @default a random one */
  act(machine: Machine, wanted?: string): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

export function createPeopleWorkload<
  Machine extends { readonly name: string; readonly isUp: boolean },
>(
  all: readonly Activity<Machine>[],
  components: {
    readonly random: SeededRandom;
    log(line: string): void;
    fail(what: string): void;
    /** True for an error that a person there is told how to mend, and does. @default never */
    mend?(machine: Machine, error: unknown): Promise<boolean>;
  },
): PeopleWorkload<Machine> {
  const { random } = components;
  const done: Record<string, number> = {};
  const count = (what: string): void => {
    done[what] = (done[what] ?? 0) + 1;
  };
  const isExpected = (machine: Machine, error: unknown): boolean =>
    EXPECTED.some((one) => isAppError(error, one)) || !machine.isUp;
  async function isMended(machine: Machine, error: unknown): Promise<boolean> {
    try {
      return (await components.mend?.(machine, error)) ?? false;
    } catch (failed) {
      return isExpected(machine, failed);
    }
  }
  return {
    done,
    async act(machine, wanted) {
      const open = all.filter((one) => one.name === (wanted ?? one.name));
      const { name, run } = drawByWeight(open, random);
      components.log(`${machine.name} does: ${name}`);
      try {
        await run(machine, random);
        count(name);
      } catch (error) {
        const { code } = toAppError(error);
        count(`${name}: ${code}`);
        if (isExpected(machine, error) || (await isMended(machine, error))) return;
        components.fail(`an operation failed: ${name}: ${String(error)}`);
      }
    },
  };
}
