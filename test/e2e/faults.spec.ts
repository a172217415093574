import { expect, test } from '@playwright/test';
import { runFaults } from '../faults/fault-run.ts';
import { whyNoLab } from './support/network-lab.ts';

/** The short form of `npm run faults`. The seed says which faults; when they meet whom varies. */
const SECONDS = 40;
const noLab = whyNoLab();

test('five machines under faults keep every promise', async () => {
  test.skip(noLab !== undefined, noLab ?? '');
  test.setTimeout(420_000);
  const story: string[] = [];
  const result = await runFaults({
    seed: '7',
    seconds: SECONDS,
    print: (line) => story.push(line),
  });
  const { failures, dir, calls, faults, done } = result;
  const told = [...failures, `kept: ${dir}`, ...story].join('\n');
  expect(failures, told).toEqual([]);
  // It was no idle time: people worked, and things went wrong.
  expect(calls).toBeGreaterThan(200);
  expect(done['put an item']).toBeGreaterThan(0);
  expect(done['add to a cart']).toBeGreaterThan(0);
  expect(Object.keys(faults).length).toBeGreaterThan(1);
});
