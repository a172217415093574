import type { Clock } from '../../src-main/base/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A machine's own time: its wall clock may be wrong, and while its lid is closed nothing runs. */
export interface MachineClock extends Clock {
  /** Nothing of this machine runs until `wake`; what came due meanwhile runs then, in its order. */
  sleep(): void;
  wake(): void;
  readonly asleep: boolean;
  /** Moves the wall clock, forwards or back; the monotonic one goes on. */
  jump(ms: number): void;
  /** Runs at once, or when the machine wakes: how the world reaches into it. */
  whenAwake(run: () => void): void;
}

export function createMachineClock(clock: VirtualClock): MachineClock {
  let asleep = false;
  let offset = 0;
  let due: (() => void)[] = [];

  function whenAwake(run: () => void): void {
    if (asleep) due.push(run);
    else run();
  }
  return {
    get asleep() {
      return asleep;
    },
    wallMs: () => clock.wallMs() + offset,
    monotonicMs: () => clock.monotonicMs(),
    schedule(delayMs, run) {
      let cancelled = false;
      const cancel = clock.schedule(delayMs, () => {
        whenAwake(() => {
          if (!cancelled) run();
        });
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
    whenAwake,
    jump(ms) {
      offset += ms;
    },
    sleep() {
      asleep = true;
    },
    wake() {
      asleep = false;
      const late = due;
      due = [];
      // One after the other, each in a turn of its own, as an event loop does it.
      for (const run of late) clock.schedule(0, () => whenAwake(run));
    },
  };
}
