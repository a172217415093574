import { describe, expect, it } from 'vitest';
import { createSilentLogger } from '../../../src-main/base/logger.ts';
import { createFunctionLog } from '../../../src-main/app/functions/function-log.ts';
import {
  createFunctionRecords,
  type FunctionRecords,
} from '../../../src-main/app/functions/function-records.ts';
import { KEEP_ROUNDS, removeLeftovers } from '../../../src-main/app/functions/function-upkeep.ts';
import type { RecordStore } from '../../../src-main/storage/record-store.ts';
import { memoryStore } from '../../replication/member-fixture.ts';
import { createVirtualClock } from '../../sim/virtual-clock.ts';

const SPACE = 'function';

/** A machine that has had the functions `a`, `a-b` and `c`, each with all that is kept of one. */
async function machine() {
  const store = await memoryStore();
  const { records, items } = store;
  const kept = createFunctionRecords({ records });
  const log = createFunctionLog({ clock: createVirtualClock(), kept, onChange: () => undefined });
  for (const name of ['a', 'a-b', 'c']) {
    log.line(name, 'log', `${name} says hello`);
    await bury(records, kept, name);
    for (const account of ['x', 'y']) {
      const next = { position: 'p', events: 1, writes: 1 };
      const { name: at, value } = kept.moved(name, account, null, next);
      await records.put(SPACE, at, value!);
    }
    await kept.setPaused(name, true);
  }
  await log.save();
  const components = { logger: createSilentLogger(), store: items, kept, log };
  return {
    ...{ kept, log },
    names: async () => (await records.list(SPACE)).map(({ name }) => name),
    round: (...here: string[]) => removeLeftovers({ ...components, names: () => here }),
  };
}

async function bury(records: RecordStore, kept: FunctionRecords, name: string): Promise<void> {
  const event = {
    ...{ id: '1', key: 'note#1', before: [], after: [] },
    ...{ replay: false, retried: false, local: true },
  };
  const letter = { id: '1', function: name, account: 'x', event, error: 'no', tries: 5 };
  const { writes } = await kept.bury({ ...letter, wallMs: 1, depth: 0 });
  for (const { name: at, value } of writes) await records.put(SPACE, at, value!);
}

describe('what is kept of functions', () => {
  it('goes once a function was not there in a week of rounds, all of it and nothing else', async () => {
    const { kept, log, names, round } = await machine();
    const before = await names();
    expect(await kept.countLetters('a')).toBe(1);
    for (let n = 1; n < KEEP_ROUNDS; n++) await round('a-b', 'c');
    expect(await names()).toEqual([...before, 'gone/a'].sort());
    await round('a-b', 'c');
    const isOfA = (name: string): boolean => name.split('/')[1] === 'a';
    expect(before.filter(isOfA)).toHaveLength(5);
    expect(await names()).toEqual(before.filter((name) => !isOfA(name)));
    expect(await kept.countLetters('a')).toBe(0);
    expect(log.lines('a')).toEqual([]);
    await log.save();
    expect(await names()).not.toContain('log/a');
    expect(log.lines('a-b').map(({ text }) => text)).toEqual(['a-b says hello']);
  });

  it('stays when the function is back in time, and the rounds count from the start again', async () => {
    const { names, round } = await machine();
    const before = await names();
    for (let n = 1; n < KEEP_ROUNDS; n++) await round('a-b', 'c');
    await round('a', 'a-b', 'c');
    expect(await names()).toEqual(before);
    for (let n = 1; n < KEEP_ROUNDS; n++) await round('a-b', 'c');
    await round('a', 'a-b', 'c');
    expect(await names()).toEqual(before);
  });
});
