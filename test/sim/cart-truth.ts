/**
 * What people did to the lines of their carts, beside the system: each line has a title of its own.
 * Only what is beyond doubt is judged: a line that nobody took out has to be there, one that was
 * taken out and touched by nobody else must not come back by itself (DESIGN §2 Carts, invariant 6).
 */
/** Somebody said how many there are to be. */
export interface Decision {
  readonly by: string;
  readonly quantity: number;
  /** Earlier ones that its author knew, and replaced. */
  readonly after: readonly Decision[];
  /** The machine told that it was done. */
  told: boolean;
  /** Its only machine is gone: it may be undone. */
  lost: boolean;
}

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
  /** All, the first of who added it. */
  readonly decisions: Decision[];
  /** Attempts to take it out: begun, and under way still. */
  removals: number;
  leaving: number;
  /** Where it was last kept when that was a question; nobody tried to take it out since. */
  keptBy: string | undefined;
}

export interface CartTruth {
  /** A title that no other line has. */
  begin(given: Pick<LineTruth, 'account' | 'by'> & { readonly marker: string }): LineTruth;
  /** The line of this title; undefined for one that is not the simulation's. */
  line(title: string): LineTruth | undefined;
  lines(): Iterable<LineTruth>;
  /**
   * Somebody sets how many.
   * @param seen how many there were without a question, 0 if that was open; undefined for one left
   * as an earlier page showed it: it replaces nothing that its author did not see.
   */
  decide(line: LineTruth, given: { by: string; quantity: number; seen?: number }): Decision;
  /** Somebody tries to take it out. @returns to be called when the attempt has ended */
  takeOut(line: LineTruth): () => void;
  /** The machine is gone: what it was the last to say is not expected any more. */
  gone(machine: string): void;
  isGone(machine: string): boolean;
  /**
   * The machine's disk refuses batches: then what leaves it may not be noted there, and a crash
   * costs it a new epoch (decision 0506).
   */
  refuses(machine: string): void;
  hasRefused(machine: string): boolean;
  /**
   * Somebody begins something on the machine. @returns what is to be called with what the machine
   * then tells: nothing counts that it tells after it was gone, as only its disk has it.
   */
  toldBy(machine: string): (told: () => void) => void;
}

export function createCartTruth(): CartTruth {
  const lines = new Map<string, LineTruth>();
  const departures = new Map<string, number>();
  const refusing = new Set<string>();
  const departed = (machine: string): number => departures.get(machine) ?? 0;
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
        ...{ touched: false, decisions: [], removals: 0, leaving: 0, keptBy: undefined },
      };
      lines.set(title, line);
      return line;
    },
    line: (title) => lines.get(title),
    lines: () => lines.values(),
    decide(line, { by, quantity, seen }) {
      const isKnown = (one: Decision): boolean =>
        seen !== undefined && ((one.told && one.by === by) || one.quantity === seen);
      const after = line.decisions.filter(isKnown);
      const decision = { by, quantity, after, told: false, lost: false };
      line.decisions.push(decision);
      return decision;
    },
    takeOut(line) {
      line.removing = true;
      line.removals++;
      line.leaving++;
      line.keptBy = undefined;
      return () => {
        line.leaving--;
      };
    },
    toldBy(machine) {
      const before = departed(machine);
      return (told) => {
        if (departed(machine) === before) told();
      };
    },
    isGone: (machine) => departed(machine) > 0,
    refuses: (machine) => void refusing.add(machine),
    hasRefused: (machine) => refusing.has(machine),
    gone(machine) {
      departures.set(machine, departed(machine) + 1);
      for (const line of lines.values()) {
        if (line.by === machine) line.acknowledged = false;
        if (line.removedBy === machine) line.removed = false;
        if (line.keptBy === machine) line.keptBy = undefined;
        for (const decision of line.decisions) if (decision.by === machine) decision.lost = true;
      }
    },
  };
}

/** How many there may be without a question: what nobody replaced who knew it. */
export function standing({ decisions }: LineTruth): ReadonlySet<number> {
  const replaced = new Set<Decision>();
  const queue = decisions.filter(({ told, lost }) => told && !lost).flatMap(({ after }) => after);
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    if (replaced.has(one)) continue;
    replaced.add(one);
    queue.push(...one.after);
  }
  const left = decisions.filter((decision) => !replaced.has(decision));
  return new Set(left.map(({ quantity }) => quantity));
}
