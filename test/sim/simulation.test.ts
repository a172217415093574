import { describe, expect, it } from 'vitest';
import { replayCommand, runSeed } from './seed-run.ts';

/** More seeds: CARROSSEL_SEEDS=200, or `npm run sim -- --seeds 1..200`. */
const SEEDS = Number(process.env['CARROSSEL_SEEDS'] ?? 25);
const OPERATIONS = { ring: 150, apps: 60 } as const;
const LIMIT = { timeout: 240_000 };

describe.each(['ring', 'apps'] as const)('random runs of the kind %s', (kind) => {
  const operations = OPERATIONS[kind];
  for (let i = 1; i <= SEEDS; i++) {
    const seed = String(i);
    it(`keep every invariant with seed ${seed}`, LIMIT, async () => {
      const { failures } = await runSeed(kind, { seed, operations });
      expect(failures, replayCommand(kind, { seed, operations })).toEqual([]);
    });
  }

  it('replay: the same seed gives the same run', LIMIT, async () => {
    const again = () => runSeed(kind, { seed: 'again', operations: 40 });
    const one = await again();
    expect(await again()).toEqual(one);
  });
});
