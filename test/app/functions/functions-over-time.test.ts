import { afterEach, describe, expect, it } from 'vitest';
import type {
  FunctionSource,
  FunctionWall,
} from '../../../src-main/app/functions/function-wall.ts';
import type { StreamEvent } from '../../../src-main/app/views/functions.ts';
import { AppError } from '../../../src-main/base/app-error.ts';
import { createHousehold, type Household, type Machine } from '../household.ts';
import { COUNT, fn, machineWithFunctions } from './function-family.ts';
import { createInProcessWall } from './in-process-wall.ts';

let home: Household | undefined;
afterEach(async () => {
  await home?.stopAll();
  home = undefined;
});

const machineWith = (
  seed: string,
  more: Parameters<typeof machineWithFunctions>[2],
  ...sources: readonly FunctionSource[]
) => machineWithFunctions((home = createHousehold(seed)), sources, more);

const HOUR = 3600_000;
const accountOf = (machine: Machine) => machine.app.accounts.list()[0]!.id as never;
/** Milliseconds between a function's lines of one level. */
async function pauses(h: Household, machine: Machine, name: string, level: string) {
  const { lines } = await h.run(machine.app.functions.logs({ name }));
  const times = lines.filter((line) => line.level === level).map(({ wallMs }) => wallMs);
  return times.slice(1).map((at, i) => at - (times[i] ?? 0));
}

describe('what fails is tried again', () => {
  it('at once twice as late each time, where the function is to blame, and then given up', async () => {
    const failing = fn('fails', 'note#', `throw new Error('never');`);
    const { h, machine, put, view } = await machineWith('back-off', {}, failing);
    await put('note#1', 1);
    await h.until(
      () => view('fails'),
      (one) => one.deadLetters === 1,
    );
    // Five tries; then the line that it gave up, at the time of the last of them.
    expect(await pauses(h, machine, 'fails', 'error')).toEqual([500, 1000, 2000, 4000, 0]);
    await h.pass(10 * 60_000);
    expect((await h.run(view('fails'))).errors).toBe(5);
  });

  it('for ever, once a minute at last, where something else is', async () => {
    const inner = createInProcessWall();
    let broken = true;
    const wall: FunctionWall = {
      async open(source) {
        const opened = await inner.open(source);
        return {
          ...opened,
          run: (...call) =>
            broken
              ? Promise.reject(new AppError('OVERLOADED', 'no thread to be had'))
              : opened.run(...call),
        };
      },
    };
    const { h, machine, put, valueOf, view } = await machineWith('waits', { wall }, COUNT);
    await put('note#1', 1);
    await h.pass(6 * 60_000);
    const waited = await pauses(h, machine, 'count', 'warn');
    expect(waited.slice(0, 10)).toEqual([
      ...[500, 1000, 2000, 4000, 8000, 16_000, 32_000],
      ...[60_000, 60_000, 60_000],
    ]);
    expect(await h.run(view('count'))).toMatchObject({ deadLetters: 0, lag: 1, errors: 0 });
    broken = false;
    await h.pass(61_000);
    expect(await h.run(valueOf('sum#all'))).toBe(1);
  });

  it('in halves, over stops and crashes: each good event counts once, the bad one is a letter', async () => {
    const adding = fn(
      'adds',
      'note#',
      `if (events.some((e) => e.after[0].value === 'bad')) throw new Error('bad');
       const [held] = await context.get('sum#all');
       context.put('sum#all', (held?.value ?? 0) + events.filter((e) => !e.replay).length);`,
    );
    // Halving 9 with two tries each takes some seconds: it is cut off here and there in them.
    for (const cutMs of [300, 700, 1100, 1600, 2300, 3900, 6400]) {
      const set = await machineWith(`halves ${cutMs}`, { syncMs: [1, 1] }, adding);
      const { h, machine, put, valueOf, view } = set;
      await h.pass(1000);
      await h.run(machine.app.functions.pause({ name: 'adds' }));
      for (let n = 0; n < 9; n++) await put(`note#${n}`, n === 5 ? 'bad' : n);
      await h.run(machine.app.functions.resume({ name: 'adds' }));
      await h.pass(cutMs);
      machine.crash();
      await machine.start();
      await h.pass(cutMs / 2);
      await machine.restart();
      await h.until(
        () => view('adds'),
        (one) => one.deadLetters === 1 && one.lag === 0,
      );
      expect(await h.run(valueOf('sum#all')), `cut after ${cutMs} ms`).toBe(8);
      const { letters } = await h.run(machine.app.functions.letters({ name: 'adds' }));
      expect(letters).toMatchObject([{ key: 'note#5', tries: 5 }]);
      await h.stopAll();
    }
  });
});

describe('how often it ran and failed', () => {
  it('is counted on over a restart; what went well again is no problem any more', async () => {
    const shaky = fn(
      'shaky',
      'note#',
      `if (events[0].after[0].value === 'bad' && !globalThis.mended) throw new Error('not yet');`,
    );
    const { h, machine, put, view, settled } = await machineWith('tally', {}, shaky);
    await put('note#1', 1);
    await settled('shaky');
    await put('note#1', 'bad');
    await h.pass(1000);
    expect(await h.run(view('shaky'))).toMatchObject({ runs: 1, errors: 2, problem: 'not yet' });
    Object.assign(globalThis, { mended: true });
    await settled('shaky');
    expect(await h.run(view('shaky'))).toMatchObject({ runs: 2, errors: 2 });
    expect(await h.run(view('shaky'))).not.toHaveProperty('problem');
    await machine.restart();
    await put('note#1', 2);
    await settled('shaky');
    await h.until(
      () => view('shaky'),
      (one) => one.runs === 3,
    );
    expect(await h.run(view('shaky'))).toMatchObject({ events: 3, errors: 2 });
    Reflect.deleteProperty(globalThis, 'mended');
  });
});

describe('a file that is gone for a while', () => {
  it('loses its function nothing: it goes on where it was, and what it said is there', async () => {
    const { h, machine, install, put, valueOf, settled } = await machineWith('gone', {}, COUNT);
    await put('note#1', 1);
    await h.until(
      () => valueOf('sum#all'),
      (sum) => sum === 1,
    );
    // Gone, written in part, gone over a restart: then there again.
    install();
    await h.pass(HOUR);
    await put('note#1', 2);
    install({ ...COUNT, text: COUNT.text.slice(0, 40) });
    await h.pass(HOUR / 2);
    install();
    await machine.restart();
    await h.pass(HOUR / 2);
    install(COUNT);
    await h.pass(1000);
    await settled('count');
    expect(await h.run(valueOf('sum#all'))).toBe(2);
    const { lines } = await h.run(machine.app.functions.logs({ name: 'count' }));
    expect(lines.filter(({ note }) => note?.what === 'ran')).toHaveLength(2);
    expect(lines.some(({ note }) => note?.what === 'missed')).toBe(false);
  });
});

describe('what it deletes', () => {
  it('is written only where something is there to be deleted', async () => {
    const tidy = fn('tidy', 'note#', `for (const { key } of events) context.delete('x#' + key);`);
    const { h, machine, put, view, settled } = await machineWith('tidy', {}, tidy);
    const at = { sortKey: 'x#note#1', consistency: 'local' as const };
    await put('note#1', 1);
    await settled('tidy');
    expect((await h.run(machine.app.items.get(at))).siblings).toEqual([]);
    await put('x#note#1', 'there');
    await put('note#1', 2);
    // It had not read it, so what somebody else wrote stays beside its own (here: of this device).
    await settled('tidy');
    expect(await h.run(machine.app.items.get(at))).toMatchObject({ siblings: [{ deleted: true }] });
    const { writes } = await h.run(view('tidy'));
    await put('note#1', 3);
    await settled('tidy');
    expect((await h.run(view('tidy'))).writes).toBe(writes);
  });
});

describe('the stream of changes', () => {
  it('is kept for a day, and then until every function has passed it, paused ones too', async () => {
    const set = await machineWith('kept', {}, COUNT, fn('slow', 'note#', ''));
    const { h, machine, put, settled } = set;
    /** The day goes by on its wall clock; the upkeep comes within a quarter of an hour. */
    const pass = async (hours: number): Promise<void> => {
      machine.jumpClock(hours * HOUR);
      await h.pass(HOUR / 4);
    };
    const extent = () => h.run(machine.store.stream.extent(accountOf(machine)));
    await put('note#1', 1);
    await settled('count');
    await settled('slow');
    await h.run(machine.app.functions.pause({ name: 'slow' }));
    const { newest } = await extent();
    const first = newest + 1;
    for (let n = 0; n < 5; n++) await put('note#1', n);
    await settled('count');
    // A place that is moved on over others' changes only is written down at every 200th.
    for (let n = 0; n < 420; n++) await put(`other#${n % 7}`, n);
    await settled('count');
    await pass(23);
    expect((await extent()).oldest).toBe(1);
    await pass(2);
    // A day is over: what both have passed is gone, what one of them has not is there.
    const { oldest: held } = await extent();
    expect(held).toBeGreaterThan(1);
    expect(held).toBeLessThanOrEqual(first);
    await put('note#1', 'young');
    await h.run(machine.app.functions.resume({ name: 'slow' }));
    await settled('slow');
    await pass(0);
    const { oldest, newest: last } = await extent();
    // The young one and what the functions made of it; not what is a day old.
    expect(oldest).toBeGreaterThan(first + 4);
    expect(oldest).toBeLessThanOrEqual(last);
    expect((await h.run(machine.app.functions.logs({ name: 'slow' }))).lines).not.toContainEqual(
      expect.objectContaining({ note: { what: 'missed' } }),
    );
  });

  it('is bounded: a function that was too slow is told what the items hold, and of the gap', async () => {
    const telling = fn(
      'tells',
      'note#',
      `for (const { key, replay, after } of events) context.log(key, replay, String(after[0].value).slice(0, 4));`,
    );
    const set = await machineWith('bound', { store: { maxStreamBytes: 40_000 } }, telling);
    const { h, machine, put, settled, view } = set;
    await put('note#1', 'a');
    await settled('tells');
    await h.run(machine.app.functions.pause({ name: 'tells' }));
    // Writing does not wait for it, however much it is.
    for (let n = 0; n < 30; n++) await put(`note#${n % 3}`, `n${n} `.padEnd(3000, '.'));
    const { oldest, bytes } = await h.run(machine.store.stream.extent(accountOf(machine)));
    expect(bytes).toBeLessThanOrEqual(40_000);
    expect(oldest).toBeGreaterThan(1);
    expect((await h.run(view('tells'))).lag).toBeGreaterThanOrEqual(30);
    await h.run(machine.app.functions.resume({ name: 'tells' }));
    await settled('tells');
    const { lines } = await h.run(machine.app.functions.logs({ name: 'tells' }));
    const missed = lines.findIndex(({ note }) => note?.what === 'missed');
    expect(lines[missed]?.text).toMatch(/changes were missed/u);
    const told = lines.slice(missed).filter(({ level }) => level === 'log');
    expect(told.map(({ text }) => text)).toEqual([
      'note#0 true n27 ',
      'note#1 true n28 ',
      'note#2 true n29 ',
    ]);
  });

  it('is followed from any place, the later ones just so, over a restart too', async () => {
    const { h, machine, put } = await machineWith('from', {});
    const read = async (from: string, upTo: string) => {
      const stop = new AbortController();
      const events = machine.app.stream.follow({ from, prefix: 'note#' }, { signal: stop.signal });
      const found: Extract<StreamEvent, { type: 'change' }>[] = [];
      const others: string[] = [];
      while (found.at(-1)?.after[0]?.value !== upTo) {
        const { value } = await h.run(events.next());
        if (value?.type === 'change') found.push(value);
        else others.push(value?.type ?? 'end');
      }
      stop.abort();
      return { found, others };
    };
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    const before = await h.run(machine.store.stream.end(accountOf(machine)));
    for (const [n, value] of values.entries()) await put(`note#${n % 2}`, value);
    const { found } = await read(before, 'f');
    expect(found.map(({ after }) => after[0]?.value)).toEqual(values);
    for (const restarts of [false, true]) {
      if (restarts) await machine.restart();
      for (const [n, { position }] of found.slice(0, -1).entries()) {
        const later = await read(position, 'f');
        expect(later.found).toEqual(found.slice(n + 1));
        expect(later.others).toEqual([]);
      }
    }
    // Behind the last one there is nothing until something comes.
    const waiting = read(found.at(-1)!.position, 'g');
    await h.pass(1000);
    await put('note#0', 'g');
    const { found: fresh, others } = await waiting;
    expect(fresh.map(({ after, replay }) => [after[0]?.value, replay])).toEqual([['g', false]]);
    expect(others).toEqual(['live']);
  });
});
