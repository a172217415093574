import type { CommandIo } from './command.ts';

/** How far long work is: a line drawn again on a terminal, a line for each tenth elsewhere. */
export interface Progress {
  tell(done: number, total?: number): void;
  /** Takes the drawn line away; what the command says comes after. */
  end(): void;
}

const BAR_WIDTH = 24;

/** `[####....]`, full at 1. */
export function barOf(share: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

/** @param what was done with the items: `Imported`. */
export function createProgress(io: CommandIo, what: string): Progress {
  const { redraw } = io;
  if (redraw === undefined) return { tell: tenthTeller(io, what), end: () => undefined };
  let drawn = '';
  return {
    tell(done, total) {
      const text =
        total === undefined
          ? `${what}: ${done} items`
          : `${barOf(total === 0 ? 1 : done / total)} ${done} of ${total} items`;
      if (text !== drawn) redraw(text);
      drawn = text;
    },
    end() {
      if (drawn !== '') redraw(undefined);
      drawn = '';
    },
  };
}

/** Each tenth once; nothing of what is done at once, or of what nobody knows the end of. */
function tenthTeller(io: CommandIo, what: string): Progress['tell'] {
  let told = 0;
  return (done, total = 0) => {
    const tenths = total === 0 ? 0 : Math.floor((done / total) * 10);
    if (tenths <= told || tenths === 10) return;
    told = tenths;
    io.err(`${what} ${done} of ${total} items (${tenths * 10} %)`);
  };
}
