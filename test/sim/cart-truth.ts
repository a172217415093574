/**
 * What people did to the lines of their carts, beside the system: each line has a title of its own.
 * Only what is beyond doubt is judged: a line that nobody took out has to be there, one that was
 * taken out and touched by nobody else must not come back by itself (DESIGN §2 Carts, invariant 6).
 */
export interface LineTruth {
  readonly title: string;
  /** Whose account the cart was in when it was added. */
  readonly account: string;
  /** The machine that added it, and the one that took it out. */
  readonly by: string;
  removedBy: string;
  /** The machine told that it was added. */
  acknowledged: boolean;
  /** Somebody tried to take it out. */
  removing: boolean;
  /** Taken out, and the machine told so. */
  removed: boolean;
  /** Somebody tried to change it, or decided to keep it. */
  touched: boolean;
  /** Quantities that somebody set, and the machine told so. */
  readonly quantities: number[];
}

export interface CartTruth {
  /** A title that no other line has. */
  begin(given: Pick<LineTruth, 'account' | 'by'> & { readonly marker: string }): LineTruth;
  /** The line of this title; undefined for one that is not the simulation's. */
  line(title: string): LineTruth | undefined;
  lines(): Iterable<LineTruth>;
  /** The machine is gone: what it was the last to say is not expected any more. */
  gone(machine: string): void;
}

export function createCartTruth(): CartTruth {
  const lines = new Map<string, LineTruth>();
  return {
    begin({ account, by, marker }) {
      const title = `${marker} line ${lines.size}`;
      const line = {
        ...{
          title,
          account,
          by,
          removedBy: '',
          acknowledged: false,
          removing: false,
          removed: false,
        },
        ...{ touched: false, quantities: [] },
      };
      lines.set(title, line);
      return line;
    },
    line: (title) => lines.get(title),
    lines: () => lines.values(),
    gone(machine) {
      for (const line of lines.values()) {
        if (line.by === machine) line.acknowledged = false;
        if (line.removedBy === machine) line.removed = false;
      }
    },
  };
}
