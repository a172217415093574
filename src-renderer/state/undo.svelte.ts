/** What a person did to one cart while it is open, to be taken back and done again. */
import type { HeldLine } from './cart-patch.ts';

export interface Step {
  /** What it was, in words: “Milk added”. */
  readonly label: string;
  /** The lines it touched, before and after. */
  readonly before: readonly HeldLine[];
  readonly after: readonly HeldLine[];
  /** Ids of all lines in order, before and after; absent where the order stayed. */
  readonly order?: { readonly before: readonly string[]; readonly after: readonly string[] };
}

export interface Undo {
  /** Labels of what comes next; undefined: nothing to take back, nothing to do again. */
  readonly undoable: string | undefined;
  readonly redoable: string | undefined;
  /** Done just now. What was taken back before cannot be done again after it. */
  done(step: Step): void;
  undo(): Promise<void>;
  redo(): Promise<void>;
}

/** `kept`: it did not work now and may later; `lost`: it can never be done any more. */
export type Applied = 'done' | 'kept' | 'lost';

const MOST = 100;

export function createUndo(apply: (step: Step, back: boolean) => Promise<Applied>): Undo {
  let past = $state.raw<readonly Step[]>([]);
  let future = $state.raw<readonly Step[]>([]);
  let busy = false;

  async function move(back: boolean): Promise<void> {
    const step = (back ? past : future).at(-1);
    if (busy || step === undefined) return;
    busy = true;
    const applied = await apply(step, back);
    busy = false;
    if (applied === 'kept') return;
    if (back) past = past.filter((one) => one !== step);
    else future = future.filter((one) => one !== step);
    if (applied === 'lost') return;
    if (back) future = [...future, step];
    else past = [...past, step];
  }
  return {
    get undoable() {
      return past.at(-1)?.label;
    },
    get redoable() {
      return future.at(-1)?.label;
    },
    done(step) {
      past = [...past, step].slice(-MOST);
      future = [];
    },
    undo: () => move(true),
    redo: () => move(false),
  };
}
