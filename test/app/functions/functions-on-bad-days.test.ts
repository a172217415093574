import { afterEach, describe, expect, it } from 'vitest';
import type { FunctionSource } from '../../../src-main/app/functions/function-wall.ts';
import { createHousehold, joinRing, type Household } from '../household.ts';
import { COUNT, fn, machineWithFunctions } from './function-family.ts';

let home: Household | undefined;
afterEach(async () => {
  await home?.stopAll();
  home = undefined;
  delete (globalThis as Armed).aboutToReturn;
});

/** What a handler that runs in this thread can call. */
interface Armed {
  aboutToReturn?: (() => void) | undefined;
}

const machineWith = (
  seed: string,
  more: Parameters<typeof machineWithFunctions>[2],
  ...sources: readonly FunctionSource[]
) => machineWithFunctions((home = createHousehold(seed)), sources, more);

describe('a run whose batch was reported as failed', () => {
  it.each([true, false])('has its effect once, also where it was kept (%s)', async (kept) => {
    const counting = {
      ...COUNT,
      text: COUNT.text.replace('} };', ' globalThis.aboutToReturn?.(); } };'),
    };
    const { h, machine, put, valueOf, settled } = await machineWith(
      `kept ${kept}`,
      { syncMs: [1, 1] },
      counting,
    );
    await put('note#1', 1);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 1,
    );
    await h.pass(5000);
    let fails = 1;
    (globalThis as Armed).aboutToReturn = () => {
      if (fails-- > 0) machine.diskFaults.failCommits(1, kept);
    };
    await put('note#2', 2);
    await h.pass(20_000);
    expect(fails).toBeLessThan(1);
    await settled('count');
    expect(await h.run(valueOf('sum#all'))).toBe(2);
    await machine.restart();
    await h.pass(10_000);
    expect(await h.run(valueOf('sum#all'))).toBe(2);
  });
});

describe('what a function said', () => {
  it('is there still after a restart, and after a crash some time later', async () => {
    const talking = fn('talks', 'note#', `context.log('heard ' + events[0].key);`);
    const { h, machine, put, settled } = await machineWith('talks', { syncMs: [1, 1] }, talking);
    const said = async () => {
      const { lines } = await machine.app.functions.logs({ name: 'talks' });
      return lines.map(({ text }) => text);
    };
    await put('note#1', 1);
    await settled('talks');
    expect(await h.run(said())).toContain('heard note#1');
    const before = await h.run(machine.app.functions.list());
    await machine.restart();
    expect(await h.run(said())).toContain('heard note#1');
    const after = await h.run(machine.app.functions.list());
    const lastRun = ({ functions }: typeof after) =>
      functions.find(({ name }) => name === 'talks')?.lastRunMs;
    expect(lastRun(after)).toBe(lastRun(before));
    await put('note#2', 1);
    await settled('talks');
    await h.pass(60_000);
    machine.crash();
    await machine.start();
    const all = await h.run(said());
    expect(all.filter((text) => text.startsWith('heard'))).toEqual([
      'heard note#1',
      'heard note#2',
    ]);
  });
});

describe('how far a function is behind', () => {
  it('counts what it is still to be told, and nothing else', async () => {
    const { h, machine, put, view, settled } = await machineWith('behind', {}, COUNT);
    await put('note#1', 1);
    await settled('count');
    // Looked at, and nothing of it: that, too, is no reason to be behind.
    for (let n = 0; n < 5; n++) await put(`other#${n}`, n);
    await settled('count');
    const paused = await h.run(machine.app.functions.pause({ name: 'count' }));
    expect(paused.lag).toBe(0);
    for (let n = 0; n < 3; n++) await put(`note#${n}`, 2);
    for (let n = 0; n < 5; n++) await put(`other#${n}`, n);
    expect((await h.run(view('count'))).lag).toBe(3);
    await machine.restart();
    expect((await h.run(view('count'))).lag).toBe(3);
    await h.run(machine.app.functions.resume({ name: 'count' }));
    await settled('count');
  });

  it('does not count an account that this machine was taken off', async () => {
    const echo = fn('echo', 'note#', `context.put('seen#1', events.length);`);
    const { h, machine, put, view, settled } = await machineWith('taken off', {}, echo);
    const { phrase, account } = await h.run(machine.app.accounts.create({ name: 'Ben' }));
    const { id } = account;
    const office = await h.machine('office');
    await joinRing(h, machine, office, true);
    await h.run(office.app.accounts.logIn({ phrase }));
    await put('note#1', 1);
    await settled('echo');
    const devices = await h.until(
      () => Promise.resolve(office.app.accounts.devices({ id })),
      (list) => list.length === 2,
    );
    const { key } = devices.find(({ name }) => name === 'kitchen')!;
    await h.run(office.app.accounts.revokeDevice({ id, key, phrase }));
    // Sealed with a key that this machine has not got.
    for (let n = 0; n < 3; n++) {
      await h.run(office.app.items.put({ sortKey: `note#${n}`, value: n, account: id }));
    }
    await h.until(
      () => Promise.resolve(machine.app.accounts.list()),
      (accounts) => accounts.some(({ revoked }) => revoked),
    );
    await h.pass(5000);
    await settled('echo');
    expect((await h.run(view('echo'))).lag).toBe(0);
  });
});

describe('a run that takes too long', () => {
  it('is told so in words about the function', async () => {
    const endless = fn('endless', 'note#', `await new Promise(() => undefined);`);
    const { h, put, view } = await machineWith('endless', {}, endless);
    await put('note#1', 1);
    await h.pass(6000);
    expect((await h.run(view('endless'))).problem).toBe(
      'It took longer than the 5 seconds that a run has.',
    );
  });
});
