/** How the ring keeps carts, as a person changes it: one copy more or fewer at a time. */
import type { RingView } from '../wall.ts';

export interface KeepingStep {
  readonly n: number | 'auto';
  readonly r: number;
  readonly w: number;
}

export interface Keeping {
  readonly automatic: boolean;
  readonly step: KeepingStep;
  /** What the step comes to with today's machines. */
  readonly effective: { readonly n: number; readonly r: number; readonly w: number };
  readonly readsOwn: boolean;
  /** It is another setting than the ring has. */
  readonly changed: boolean;
  setAutomatic(automatic: boolean): void;
  /** By one; 0 where the bounds do not allow it. */
  canStep(what: 'n' | 'r' | 'w', by: -1 | 1): boolean;
  take(what: 'n' | 'r' | 'w', by: -1 | 1): void;
}

/** @param storing machines that keep something. */
export function createKeeping(ring: RingView, storing: number): Keeping {
  const { setting, effective, automatic: byItself } = ring;
  /** Copies now: a first step goes from here. */
  const copies = setting.n === 'auto' ? effective.n : setting.n;
  const start = {
    n: copies,
    r: Math.min(setting.n === 'auto' ? effective.r : setting.r, copies),
    w: Math.min(setting.n === 'auto' ? effective.w : setting.w, copies),
  };
  let automatic = $state(setting.n === 'auto');
  let fixed = $state.raw(start);

  const step = $derived<KeepingStep>(automatic ? { n: 'auto', r: setting.r, w: setting.w } : fixed);
  const comesTo = $derived.by(() => {
    if (automatic) return byItself;
    const n = Math.min(fixed.n, storing);
    return { n, r: Math.min(fixed.r, n), w: Math.min(fixed.w, n) };
  });
  function next(what: 'n' | 'r' | 'w', by: -1 | 1): typeof start | undefined {
    const to = fixed[what] + by;
    if (what !== 'n') return to < 1 || to > fixed.n ? undefined : { ...fixed, [what]: to };
    const isOneStep = Math.abs(to - copies) <= 1;
    if (!isOneStep || to < 1 || to > ring.mostCopies) return undefined;
    return { n: to, r: Math.min(fixed.r, to), w: Math.min(fixed.w, to) };
  }
  return {
    get automatic() {
      return automatic;
    },
    get step() {
      return step;
    },
    get effective() {
      return comesTo;
    },
    get readsOwn() {
      return automatic && byItself.readsLocally;
    },
    get changed() {
      return step.n !== setting.n || (!automatic && (step.r !== setting.r || step.w !== setting.w));
    },
    setAutomatic(next) {
      automatic = next;
    },
    canStep: (what, by) => !automatic && next(what, by) !== undefined,
    take(what, by) {
      fixed = next(what, by) ?? fixed;
    },
  };
}
