/**
 * The ground truth of line classification, told by the simulation what people did. It knows nothing
 * of dots, contexts, `seen` or line ids: only which version was written in the knowledge of which,
 * as explicit sets of ancestors, and what each said about each line.
 */

/** What a line came to: its content, or that it was removed. */
export type Outcome = string | null;

/** A line as people know it: it lives from one entering to its removal. */
export type LineLabel = number;

export interface LineOracle {
  /** A fresh label for a line that enters. */
  label(): LineLabel;
  /**
   * A version was written by somebody who had read `parents`.
   * @param holds every line of it with its content.
   * @returns the version's number.
   */
  wrote(parents: readonly number[], holds: ReadonlyMap<LineLabel, string>): number;
  /** Every line anybody decided in the past of these versions, and what was decided last, apart. */
  truth(versions: readonly number[]): ReadonlyMap<LineLabel, ReadonlySet<Outcome>>;
}

interface Ruling {
  /** The version that decided. */
  readonly by: number;
  readonly outcome: Outcome;
}

interface Written {
  /** Bit v: version v was known to the author, itself included. */
  readonly past: bigint;
  /** Of each line the version knows, the decision it stands on. */
  readonly rulings: ReadonlyMap<LineLabel, Ruling>;
}

export function createLineOracle(): LineOracle {
  const ledger: Written[] = [];
  const decisions = new Map<LineLabel, Ruling[]>();
  let labels = 0;

  const at = (version: number): Written => {
    const written = ledger[version];
    if (written === undefined) throw new RangeError(`no version ${version}`);
    return written;
  };

  return {
    label: () => labels++,

    wrote(parents, holds) {
      const number = ledger.length;
      const past = parents.reduce((sum, parent) => sum | at(parent).past, 1n << BigInt(number));
      const rulings = new Map<LineLabel, Ruling>();
      const known = new Set(holds.keys());
      for (const parent of parents) for (const line of at(parent).rulings.keys()) known.add(line);
      for (const line of known) {
        const outcome = holds.get(line) ?? null;
        const inherited = agreed(parents.flatMap((parent) => at(parent).rulings.get(line) ?? []));
        if (inherited?.outcome === outcome) {
          rulings.set(line, inherited);
          continue;
        }
        // Somebody set it, or looked at different opinions of it and settled on this one.
        const ruling = { by: number, outcome };
        rulings.set(line, ruling);
        decisions.set(line, [...(decisions.get(line) ?? []), ruling]);
      }
      ledger.push({ past, rulings });
      return number;
    },

    truth(versions) {
      const past = versions.reduce((sum, version) => sum | at(version).past, 0n);
      const out = new Map<LineLabel, ReadonlySet<Outcome>>();
      for (const [line, all] of decisions) {
        const known = all.filter(({ by }) => has(past, by));
        const last = known.filter(
          (one) => !known.some((other) => other.by !== one.by && has(at(other.by).past, one.by)),
        );
        if (last.length > 0) out.set(line, new Set(last.map(({ outcome }) => outcome)));
      }
      return out;
    },
  };
}

/** The one decision all stand on, if it is one. */
function agreed(rulings: readonly Ruling[]): Ruling | undefined {
  const [first] = rulings;
  return first !== undefined && rulings.every(({ by }) => by === first.by) ? first : undefined;
}

function has(past: bigint, version: number): boolean {
  return ((past >> BigInt(version)) & 1n) === 1n;
}
