import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBase64url, utf8 } from '../../src-main/base/bytes.ts';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';
import { code, eur, line, name, shopping } from './order-family.ts';

let home: Household;
let elsewhere: Household;
beforeEach(() => {
  home = createHousehold('archive');
  elsewhere = createHousehold('archive elsewhere');
});
afterEach(async () => {
  await home.stopAll();
  await elsewhere.stopAll();
});

async function exported(on: Machine, passphrase?: string): Promise<string> {
  let text = '';
  for await (const part of on.app.archive.export({ passphrase })) text += part.text;
  return text;
}

/** Parts that cut lines anywhere. */
function partsOf(text: string, size = Math.max(700, Math.ceil(text.length / 50))): string[] {
  const bytes = utf8(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => {
    return toBase64url(bytes.subarray(i * size, (i + 1) * size));
  });
}

/** Checks the file, then writes as many of its parts as are asked for. */
async function imported(
  house: Household,
  { app }: Machine,
  text: string,
  how: { passphrase?: string; parts?: number; change?: (part: string, i: number) => string } = {},
) {
  const { id } = await house.run(app.archive.open({ passphrase: how.passphrase }));
  const parts = partsOf(text);
  // In real time: a key is made of the passphrase.
  for (const chunk of parts) await app.archive.check({ id, chunk, last: false });
  const { summary } = await app.archive.check({ id, chunk: '', last: true });
  for (const [i, chunk] of parts.slice(0, how.parts).entries()) {
    const sent = how.change?.(chunk, i) ?? chunk;
    await house.run(app.archive.write({ id, chunk: sent, last: false }));
  }
  if (how.parts !== undefined) return { summary, progress: undefined };
  return { summary, progress: await house.run(app.archive.write({ id, chunk: '', last: true })) };
}

/** A household that has shopped, ordered twice apart and decided; an open choice; notes. */
async function aLife() {
  const { checkout, family } = shopping(home);
  const [kitchen, office] = await family(['kitchen', 'office']);
  const put = (on: Machine, sortKey: string, value: string) =>
    home.run(on.app.items.put({ sortKey, value }));
  await put(kitchen, 'note#both', 'first');
  home.cut([kitchen], [office]);
  await home.pass(5000);
  await checkout(kitchen);
  await checkout(office);
  await put(kitchen, 'note#apart', 'kitchen');
  await put(office, 'note#apart', 'office');
  home.heal();
  await home.until(
    () => kitchen.app.orders.overlaps({}),
    ([overlap]) => overlap?.open === true,
  );
  await home.pass(40_000);
  const [overlap] = await home.run(kitchen.app.orders.overlaps({}));
  const lines = overlap!.shared.map(({ line: id, context, holders }) => ({
    ...{ line: id, context, keep: [holders[1]!.order], cancel: [holders[0]!.order] },
  }));
  await home.run(kitchen.app.orders.decide({ id: overlap!.id, lines }));
  await home.run(kitchen.app.carts.addLines({ name, lines: [line('Tea', 300), line('Rice')] }));
  const { lines: held } = await home.run(kitchen.app.carts.show({ name }));
  const order = held.map(({ id }) => id).reverse();
  await home.run(kitchen.app.carts.arrange({ name, lines: order }));
  const gone = await put(kitchen, 'note#gone', 'x');
  await home.run(kitchen.app.items.delete({ sortKey: 'note#gone', context: gone.context }));
  for (let i = 0; i < 60; i++) await put(kitchen, `many#${i}`, `value ${i}`);
  return kitchen;
}

async function fresh(): Promise<Machine> {
  const { machines } = await oneFamily(elsewhere, ['attic']);
  // Later than all that was written: what is imported keeps its own times.
  await elsewhere.pass(300_000);
  return machines[0]!;
}

/** What of an account does not depend on who writes it. */
async function said(house: Household, { app }: Machine) {
  const cart = await house.run(app.carts.show({ name }));
  const { orders } = await house.run(app.orders.list({ limit: 10 }));
  const { vouchers } = await house.run(app.orders.vouchers({}));
  const { items } = await house.run(app.items.query({ limit: 1000, reverse: false }));
  return {
    titles: cart.lines.map(({ product }) => product.title),
    totals: cart.totals,
    orders: orders.map(({ id, wallMs, state, paid, kept }) => ({ id, wallMs, state, paid, kept })),
    vouchers: vouchers.map(({ id, left }) => ({ id, left })),
    spending: await house.run(app.orders.spending({})),
    values: items
      .filter(({ sortKey }) => /^(note|many)#/.test(sortKey))
      .filter(({ siblings }) => siblings.some(({ deleted }) => !deleted))
      .map(({ sortKey, siblings }) => [sortKey, siblings.map(({ value }) => value).sort()]),
  };
}

describe('an export', () => {
  it('brings all of an account into a fresh ring: carts, orders, decisions, choices', async () => {
    const kitchen = await aLife();
    const before = await said(home, kitchen);
    expect(before).toMatchObject({ titles: ['Rice', 'Tea'], orders: [{}, {}] });
    expect(before.spending.totals).toEqual([eur(750)]);
    const text = await exported(kitchen);
    expect(text).not.toContain('note#gone');
    expect(text).not.toContain('account#devices');
    const attic = await fresh();
    const { summary, progress } = await imported(elsewhere, attic, text);
    const lines = text.trim().split('\n').length - 2;
    expect(summary).toMatchObject({ name: 'Anna', items: lines });
    expect(summary?.kinds).toContainEqual({ kind: 'order', items: 2 });
    expect(progress).toMatchObject({ written: lines, there: 0, kept: 0, finished: true });
    expect(await said(elsewhere, attic)).toEqual(before);
    const [first] = (await elsewhere.run(attic.app.orders.list({ limit: 1 }))).orders;
    expect(first).toMatchObject({
      device: expect.stringMatching(/→ attic$/) as string,
      own: false,
    });
    // What comes out again says the same.
    const items = (file: string) =>
      file
        .trim()
        .split('\n')
        .slice(1, -1)
        .map((one) => JSON.parse(one) as { sortKey: string; versions: { value: unknown }[] })
        .filter(({ sortKey }) => /^(note|many|decision)#/.test(sortKey))
        .map(({ sortKey, versions }) => [sortKey, versions.map(({ value }) => value)]);
    expect(items(await exported(attic)).length).toBe(items(text).length);
  });

  it('imported twice, or after a part of it, changes nothing that is here', async () => {
    const kitchen = await aLife();
    const text = await exported(kitchen);
    const attic = await fresh();
    await imported(elsewhere, attic, text, { parts: 9 });
    const some = (await said(elsewhere, attic)).values.length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(62);
    await attic.restart();
    const { progress } = await imported(elsewhere, attic, text);
    expect(progress).toMatchObject({ kept: 0, finished: true });
    expect(progress!.there).toBeGreaterThan(0);
    const whole = await said(elsewhere, attic);
    expect(whole).toEqual(await said(home, kitchen));
    const { app } = attic;
    // The person goes on: what they settle, change and delete is not undone by another import.
    const apart = await elsewhere.run(app.items.get({ sortKey: 'note#apart' }));
    await elsewhere.run(
      app.items.put({ sortKey: 'note#apart', value: 'kitchen', context: apart.context }),
    );
    await elsewhere.run(app.carts.addLines({ name, lines: [line('Soap')] }));
    const many = await elsewhere.run(app.items.get({ sortKey: 'many#1' }));
    await elsewhere.run(app.items.delete({ sortKey: 'many#1', context: many.context }));
    const again = await imported(elsewhere, attic, text);
    expect(again.progress).toMatchObject({ written: 0, kept: 3 });
    expect(again.progress?.keptItems).toEqual(
      expect.arrayContaining([
        { sortKey: 'many#1', why: 'deleted' },
        { sortKey: 'note#apart', why: 'different' },
        expect.objectContaining({ name, why: 'different' }),
      ]),
    );
    const end = await said(elsewhere, attic);
    expect(end.titles).toContain('Soap');
    expect(end.values).toContainEqual(['note#apart', ['kitchen']]);
  });

  it('is sealed with a passphrase, and opens with no other', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    for (let i = 0; i < 5; i++) {
      const value = `secret ${i} ${'x'.repeat(100_000)}`;
      await home.run(kitchen.app.items.put({ sortKey: `note#${i}`, value }));
    }
    const text = await exported(kitchen, 'correct horse');
    expect(text.split('\n').length).toBeGreaterThan(3);
    for (const plain of ['secret', 'note#', 'Anna']) expect(text).not.toContain(plain);
    const attic = await fresh();
    const wrong = (passphrase?: string) =>
      imported(elsewhere, attic, text, passphrase === undefined ? {} : { passphrase });
    await expect(wrong()).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await expect(wrong('correct house')).rejects.toThrow(code('WRONG_PASSPHRASE'));
    const [head, first, second, ...rest] = text.trimEnd().split('\n');
    expect(rest).toEqual([]);
    for (const changed of [
      [head, second, first],
      [head, first],
      [head, second],
      [head, first, second, second],
      [head, first, second?.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ]) {
      const file = `${changed.join('\n')}\n`;
      const how = { passphrase: 'correct horse' };
      await expect(imported(elsewhere, attic, file, how)).rejects.toThrow(
        expect.objectContaining({
          code: expect.stringMatching('FILE_NOT_WHOLE|WRONG_PASSPHRASE') as string,
        }),
      );
    }
    const { progress } = await imported(elsewhere, attic, text, { passphrase: 'correct horse' });
    expect(progress).toMatchObject({ written: 5 });
    await expect(exported(kitchen, 'short')).rejects.toThrow(code('BAD_REQUEST'));
  });

  it('is refused, with nothing written, when it is not whole or not ours', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    for (const n of [1, 2, 3]) {
      await home.run(kitchen.app.items.put({ sortKey: `n#${n}`, value: n }));
    }
    await home.run(kitchen.app.carts.create({ name }));
    const lines = (await exported(kitchen)).trim().split('\n');
    const attic = await fresh();
    const file = (all: readonly (string | undefined)[]) => `${all.join('\n')}\n`;
    const [head = '', ...items] = lines;
    const broken = [
      '',
      'no export at all\n',
      file(lines).slice(0, -1),
      file(lines.slice(0, -1)),
      file([head, ...items.slice(1)]),
      file(lines.map((one) => one.replace('"value":2', '"value":5'))),
      file([...lines, items[0]]),
      file(lines.map((one) => one.replace('cart#', 'share#'))),
    ];
    for (const text of broken) {
      await expect(imported(elsewhere, attic, text)).rejects.toThrow(code('FILE_NOT_WHOLE'));
    }
    const newer = file([head.replace('"format":1', '"format":2'), ...items]);
    await expect(imported(elsewhere, attic, newer)).rejects.toThrow(code('UNSUPPORTED_FORMAT'));
    // Another file than the one that was checked.
    const change = (chunk: string, i: number) => (i === 0 ? toBase64url(utf8('{}\n')) : chunk);
    await expect(imported(elsewhere, attic, file(lines), { change })).rejects.toThrow(
      code('FILE_NOT_WHOLE'),
    );
    const { items: none } = await elsewhere.run(
      attic.app.items.query({ limit: 10, reverse: false }),
    );
    expect(none).toEqual([]);
    const { id } = await elsewhere.run(attic.app.archive.open({}));
    const early = attic.app.archive.write({ id, chunk: '', last: true });
    await expect(elsewhere.run(early)).rejects.toThrow(code('BAD_REQUEST'));
    const closed = attic.app.archive.check({ id, chunk: '', last: true });
    await expect(elsewhere.run(closed)).rejects.toThrow(code('NOT_FOUND'));
  });
});
