import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src-main/base/app-error.ts';
import type {
  FunctionSource,
  FunctionWall,
} from '../../../src-main/app/functions/function-wall.ts';
import {
  createHousehold,
  joinRing,
  oneFamily,
  type Household,
  type Machine,
} from '../household.ts';
import { COUNT, fn, machineWithFunctions } from './function-family.ts';
import { createInProcessWall } from './in-process-wall.ts';

let home: Household | undefined;
afterEach(async () => {
  await home?.stopAll();
  home = undefined;
});

const machineWith = (seed: string, ...sources: readonly FunctionSource[]) =>
  machineWithFunctions((home = createHousehold(seed)), sources);

describe('a function of one’s own', () => {
  it('is told every change, and what it writes is there once, also over restarts', async () => {
    const { h, machine, put, valueOf } = await machineWith('once', COUNT);
    for (let n = 0; n < 7; n++) {
      await put(`note#${n % 3}`, n);
      if (n % 2 === 0) await machine.restart();
    }
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 7,
    );
    await machine.restart();
    await h.pass(20_000);
    expect(await h.run(valueOf('sum#all'))).toBe(7);
  });

  it('goes on with what was written while it was paused', async () => {
    const { h, machine, put, valueOf, view } = await machineWith('paused', COUNT);
    await put('note#1', 1);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 1,
    );
    expect((await h.run(machine.app.functions.pause({ name: 'count' }))).state).toBe('paused');
    await put('note#1', 2);
    await machine.restart();
    await h.pass(10_000);
    expect(await h.run(valueOf('sum#all'))).toBe(1);
    expect((await h.run(view('count'))).lag).toBeGreaterThan(0);
    await h.run(machine.app.functions.resume({ name: 'count' }));
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 2,
    );
  });

  it('that fails on one event gives up on that one alone; it can be given again', async () => {
    const failing = fn(
      'picky',
      'note#',
      `for (const { key, after } of events) {
         if (after[0].value === 'bad') throw new Error('I do not like ' + key);
         context.put('seen#' + key.slice(5), after[0].value);
       }`,
    );
    const { h, machine, install, put, valueOf, view } = await machineWith('picky', failing);
    await h.run(machine.app.functions.pause({ name: 'picky' }));
    for (let n = 0; n < 9; n++) await put(`note#${n}`, n === 4 ? 'bad' : n);
    await h.run(machine.app.functions.resume({ name: 'picky' }));
    await h.until(
      () => view('picky'),
      (one) => one.deadLetters === 1 && one.lag <= 8,
    );
    await h.until(
      () => valueOf('seen#8'),
      (value) => value === 8,
    );
    for (let n = 0; n < 9; n++) {
      expect(await h.run(valueOf(`seen#${n}`))).toBe(n === 4 ? undefined : n);
    }
    const { letters } = await h.run(machine.app.functions.letters({ name: 'picky' }));
    expect(letters).toMatchObject([{ key: 'note#4', error: 'I do not like note#4', tries: 5 }]);
    await machine.restart();
    expect(await h.run(machine.app.functions.retry({ name: 'picky' }))).toEqual({
      ...{ retried: 0, failed: 1 },
    });
    install({ ...failing, text: failing.text.replace(`=== 'bad'`, `=== 'worse'`) });
    await h.pass(1000);
    expect(await h.run(machine.app.functions.retry({ name: 'picky' }))).toEqual({
      ...{ retried: 1, failed: 0 },
    });
    expect(await h.run(valueOf('seen#4'))).toBe('bad');
    expect((await h.run(view('picky'))).deadLetters).toBe(0);
  });

  it('that cannot be started now keeps no other from running, and is tried again', async () => {
    const h = (home = createHousehold('not started'));
    const inner = createInProcessWall();
    let [opened, room] = [0, false];
    // Once to be looked at; then, to run, there is no room for it.
    const wall: FunctionWall = {
      open(source) {
        if (source.file === 'a-shaky.mjs' && ++opened > 1 && !room)
          return Promise.reject(new AppError('OVERLOADED', 'no room for it now'));
        return inner.open(source);
      },
    };
    const shaky = { ...fn('shaky', 'note#', ''), file: 'a-shaky.mjs' };
    const { machine, put, valueOf, view } = await machineWithFunctions(h, [shaky, COUNT], { wall });
    await put('note#1', 1);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 1,
    );
    expect(await h.run(view('shaky'))).toMatchObject({
      state: 'broken',
      problem: 'no room for it now',
    });
    // Paused is not broken, and to go on is to try again.
    const { functions } = machine.app;
    expect((await h.run(functions.pause({ name: 'shaky' }))).state).toBe('paused');
    expect((await h.run(functions.resume({ name: 'shaky' }))).state).toBe('broken');
    room = true;
    await h.pass(11 * 60_000);
    expect((await h.run(view('shaky'))).state).toBe('running');
  });

  it('does not see its own writes, and a chain of causes ends at depth 4', async () => {
    const own = fn('own', 'note#', `context.put('note#own', events.length);`);
    const ping = fn('ping', 'ping#', `context.put('pong#' + events[0].key.slice(5) + 'x', 1);`);
    const pong = fn('pong', 'pong#', `context.put('ping#' + events[0].key.slice(5) + 'x', 1);`);
    const { h, machine, put, view, settled } = await machineWith('chain', own, ping, pong);
    await put('note#1', 1);
    await put('ping#', 1);
    await h.pass(20_000);
    await settled('own');
    expect((await h.run(view('own'))).writes).toBe(1);
    const { items } = await h.run(
      machine.app.items.query({ from: 'ping#', to: 'pong$', limit: 100, reverse: false }),
    );
    expect(items.map((one) => one.sortKey)).toEqual([
      'ping#',
      'ping#xx',
      'ping#xxxx',
      'pong#x',
      'pong#xxx',
    ]);
    const { lines } = await h.run(machine.app.functions.logs({ name: 'ping' }));
    expect(lines.map(({ text }) => text)).toContain('chain of causes ended at ping#xxxx');
  });

  it('is loaded anew when its file changes, and says why it cannot be', async () => {
    const { h, install, put, valueOf, view, machine } = await machineWith('hot', COUNT);
    await put('note#1', 1);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 1,
    );
    install({ ...COUNT, text: COUNT.text.replace('.length', '.length * 10') });
    await h.pass(1000);
    await put('note#1', 2);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 11,
    );
    install({ ...COUNT, text: 'what is this' });
    await h.pass(1000);
    expect(await h.run(view('count.mjs'))).toMatchObject({ state: 'broken' });
    install();
    await h.pass(1000);
    const { functions } = await h.run(machine.app.functions.list());
    expect(functions.map((one) => one.name)).toEqual(['low-stock']);
  });

  it('may not write where Carrossel itself writes', async () => {
    const bold = fn('bold', 'note#', `context.put('cart#1', 1);`);
    const { h, put, view } = await machineWith('bold', bold);
    await put('note#1', 1);
    await h.until(
      () => view('bold'),
      (one) => one.deadLetters === 1,
    );
    expect((await h.run(view('bold'))).problem).toContain('cart#');
  });
});

describe('built-in', () => {
  const rice = (stock: number) => ({ title: 'Rice', stock, reorderAt: 5 });
  const notices = async (machine: Machine) =>
    (
      await machine.app.items.query({
        ...{ prefix: 'notice#', limit: 100, reverse: false, consistency: 'local' },
      })
    ).items;

  it('the rule of low stock writes one notice, whichever machine comes first', async () => {
    const h = (home = createHousehold('stock'));
    const { machines } = await oneFamily(h, ['kitchen', 'laptop', 'phone']);
    const [kitchen, laptop, phone] = machines as [Machine, Machine, Machine];
    const sortKey = 'product#rice';
    await h.run(kitchen.app.items.put({ sortKey, value: rice(9) }));
    h.cut([kitchen, laptop], [phone]);
    const read = await h.run(kitchen.app.items.get({ sortKey }));
    await h.run(kitchen.app.items.put({ sortKey, value: rice(4), context: read.context }));
    await h.until(
      () => notices(laptop),
      (found) => found.length === 1,
    );
    h.heal();
    await h.until(
      () => notices(phone),
      (found) => found.length === 1,
    );
    await h.pass(30_000);
    for (const machine of machines) {
      const [notice, ...others] = await h.run(notices(machine));
      expect(others).toEqual([]);
      expect(new Set(notice?.siblings.map((one) => JSON.stringify(one.value))).size).toBe(1);
      expect(notice?.siblings).toHaveLength(1);
      const { lowStock, notices: shown } = await h.run(machine.app.functions.views());
      expect(lowStock).toMatchObject([{ sortKey, title: 'Rice', stock: 4, reorderAt: 5 }]);
      expect(shown).toMatchObject([{ rule: 'low-stock', source: sortKey, title: 'Rice' }]);
    }
    const again = await h.run(kitchen.app.items.get({ sortKey }));
    await h.run(kitchen.app.items.put({ sortKey, value: rice(20), context: again.context }));
    expect(await h.run(kitchen.app.functions.views())).toMatchObject({ lowStock: [], notices: [] });
  });

  it('the view of totals adds up the carts', async () => {
    const h = (home = createHousehold('totals'));
    const { machines } = await oneFamily(h, ['kitchen']);
    const { app } = machines[0]!;
    const price = { amount: 250, currency: 'EUR' };
    const line = (title: string, quantity: number, category?: string) => ({
      ...{ quantity, note: '' },
      product: { title, price, ...(category === undefined ? {} : { category }) },
    });
    await h.run(app.carts.create({ name: 'Week' }));
    const lines = [line('Rice', 2, 'Food'), line('Soap', 1), line('Beans', 1, 'Food')];
    await h.run(app.carts.addLines({ name: 'Week', lines }));
    expect((await h.run(app.functions.views())).totals).toEqual([
      { category: 'Food', currency: 'EUR', amount: 750, lines: 2 },
      { category: '', currency: 'EUR', amount: 250, lines: 1 },
    ]);
  });

  it('tells a machine that has just come a replay', async () => {
    const h = (home = createHousehold('replay'));
    const { machines, phrase } = await oneFamily(h, ['kitchen']);
    const kitchen = machines[0]!;
    await h.run(kitchen.app.items.put({ sortKey: 'note#1', value: 1 }));
    const laptop = await h.machine('laptop');
    await joinRing(h, kitchen, laptop);
    await h.run(laptop.app.accounts.logIn({ phrase }));
    const stop = new AbortController();
    const events = laptop.app.stream.follow({ from: 'start' }, { signal: stop.signal });
    const told: unknown[] = [];
    for (let live = false; !live;) {
      const { value } = await h.run(events.next());
      live = value?.type === 'live';
      if (value?.type === 'change' && value.sortKey === 'note#1') told.push(value.replay);
    }
    expect(told).toEqual([true]);
    stop.abort();
  });
});
