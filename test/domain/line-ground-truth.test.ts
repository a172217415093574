import { describe, expect, it } from 'vitest';
import { stampLines } from '../../src-main/domain/cart-edit.ts';
import { lineKey } from '../../src-main/domain/cart.ts';
import { runWorld, type Tally } from './ground-truth/cart-world.ts';

/** Worlds to run; a million checks are some 2,600 (set CARROSSEL_SEEDS). */
const SEEDS = Number(process.env['CARROSSEL_SEEDS'] ?? 150);
const FIRST = Number(process.env['CARROSSEL_FIRST_SEED'] ?? 1);
const STEPS = 60;

function runAll(seeds: number, stamp?: typeof stampLines): Tally {
  const sum: Tally = { checks: 0, questions: 0, needless: 0, silent: [] };
  for (let seed = FIRST; seed < FIRST + seeds; seed++) {
    const one = runWorld({ seed, steps: STEPS, ...(stamp && { stamp }) });
    sum.checks += one.checks;
    sum.questions += one.questions;
    sum.needless += one.needless;
    sum.silent.push(...one.silent);
  }
  return sum;
}

describe('line classification, against the ground truth of who decided what', () => {
  it(
    'never decides in silence what nobody decided, and hardly ever asks in vain',
    () => {
      const { checks, questions, needless, silent } = runAll(SEEDS);
      const part = ((100 * needless) / checks).toFixed(3);
      console.info(
        `${checks} lines judged, ${questions} questions, ${needless} needless (${part} %)`,
      );
      expect(silent.slice(0, 5)).toEqual([]);
      expect(questions).toBeGreaterThan(SEEDS);
      expect(needless / checks).toBeLessThan(0.02);
    },
    60_000 + SEEDS * 100,
  );

  it('bites: a resolution that lets lines keep their old dots is caught', () => {
    const careless: typeof stampLines = (input) => {
      const cart = stampLines(input);
      const old = new Map(
        input.replaced.flatMap(
          (sibling) => sibling.cart?.lines.map((line) => [lineKey(line.id), line] as const) ?? [],
        ),
      );
      const lines = cart.lines.map((line) => {
        const before = old.get(lineKey(line.id));
        return before?.quantity === line.quantity ? { ...line, dot: before.dot } : line;
      });
      return { ...cart, lines };
    };
    expect(runAll(60, careless).silent).not.toEqual([]);
  });
});
