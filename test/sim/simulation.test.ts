import { describe, expect, it } from 'vitest';
import { replayCommand, simulate } from './simulation.ts';

/** More seeds: CARROSSEL_SEEDS=200, or `node test/sim/run.ts --seeds 1..200`. */
const SEEDS = Number(process.env['CARROSSEL_SEEDS'] ?? 25);
const OPERATIONS = 200;

describe('random runs of whole rings', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`keeps every invariant with seed ${seed}`, { timeout: 120_000 }, async () => {
      const result = await simulate({ seed: String(seed), operations: OPERATIONS });
      expect(result.failures, replayCommand({ seed: result.seed, operations: OPERATIONS })).toEqual(
        [],
      );
    });
  }

  it('replays: the same seed gives the same run', { timeout: 120_000 }, async () => {
    const [one, two] = [
      await simulate({ seed: 'again', operations: 60 }),
      await simulate({ seed: 'again', operations: 60 }),
    ];
    expect(two).toEqual(one);
  });
});
