import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, product, type Household, type Machine } from './household.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const sortKey = 'note#1';

describe('raw items', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('items');
  });
  afterEach(() => home.stopAll());

  it('keeps JSON values, with a context in and out, and forgets deleted ones', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { items } = machines[0]!.app;
    expect(await home.run(items.get({ sortKey }))).toMatchObject({ siblings: [], context: '' });
    const written = await home.run(items.put({ sortKey, value: { a: [1, 'x', null] } }));
    const read = await home.run(items.get({ sortKey }));
    expect(read).toMatchObject({
      context: written.context,
      siblings: [{ version: written.version, device: 'kitchen', value: { a: [1, 'x', null] } }],
    });
    await home.run(items.put({ sortKey, value: 2, context: read.context }));
    await home.run(items.put({ sortKey, value: 3 }));
    const now = await home.run(items.get({ sortKey }));
    expect(now.siblings.map(({ value }) => value)).toEqual([3]);
    await home.run(items.delete({ sortKey, context: now.context }));
    const after = await home.run(items.get({ sortKey }));
    expect(after.siblings).toMatchObject([{ deleted: true }]);
    expect(after.siblings[0]).not.toHaveProperty('value');
  });

  it('refuses what Carrossel keeps for itself, and shows no secret of it', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { items, carts } = machines[0]!.app;
    await home.run(carts.create({ name: 'Party' }));
    await home.run(carts.share({ name: 'Party', expiresInMs: 60_000 }));
    for (const own of ['cart#1', 'account#devices', 'share#1']) {
      await expect(home.run(items.put({ sortKey: own, value: 1 }))).rejects.toThrow(
        code('BAD_REQUEST'),
      );
    }
    await expect(home.run(items.get({ sortKey: 'share#1' }))).rejects.toThrow(code('BAD_REQUEST'));
    const all = await home.run(items.query({ limit: 100, reverse: false }));
    expect(all.items.every((item) => item.sortKey.startsWith('cart#'))).toBe(true);
  });

  it('gives ranges in pages, forwards and backwards', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { items } = machines[0]!.app;
    for (const n of [1, 2, 3, 4, 5]) await home.run(items.put({ sortKey: `n#${n}`, value: n }));
    const keys = (page: { items: { sortKey: string }[] }) => page.items.map((one) => one.sortKey);
    const first = await home.run(items.query({ prefix: 'n#', limit: 2, reverse: false }));
    expect([keys(first), first.next]).toEqual([['n#1', 'n#2'], 'n#2']);
    const next = { prefix: 'n#', limit: 10, reverse: false, after: first.next };
    const second = await home.run(items.query(next));
    expect([keys(second), second.next]).toEqual([['n#3', 'n#4', 'n#5'], undefined]);
    const back = await home.run(items.query({ from: 'n#2', to: 'n#5', limit: 10, reverse: true }));
    expect(keys(back)).toEqual(['n#4', 'n#3', 'n#2']);
  });

  it('does what an idempotency key stands for once, also across a restart', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const [kitchen] = machines as [Machine];
    const call = { idempotencyKey: 'k1' };
    await home.run(kitchen.app.carts.create({ name: 'Party' }));
    const input = {
      name: 'Party',
      lines: [{ product: product('Cake'), quantity: 1, note: '' }],
    };
    const first = await home.run(kitchen.app.carts.addLines(input, call));
    await kitchen.restart();
    const again = await home.run(kitchen.app.carts.addLines(input, call));
    expect(again).toEqual(first);
    const cart = await home.run(kitchen.app.carts.show({ name: 'Party' }));
    expect(cart.lines).toHaveLength(1);
    await expect(
      home.run(kitchen.app.carts.addLines({ ...input, name: 'Other' }, call)),
    ).rejects.toThrow(code('IDEMPOTENCY_KEY_REUSED'));
    // A refusal is no result: with the same key it may go well later.
    const create = { name: 'Later', lines: input.lines };
    const key = { idempotencyKey: 'k2' };
    await expect(home.run(kitchen.app.carts.addLines(create, key))).rejects.toThrow(
      code('CART_NOT_FOUND'),
    );
    await home.run(kitchen.app.carts.create({ name: 'Later' }));
    await home.run(kitchen.app.carts.addLines(create, key));
  });

  it('refuses a strict write that cannot be placed, with nothing written', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const strict = { sortKey, value: 1, consistency: 'strict' as const };
    await expect(home.run(kitchen.app.items.put(strict))).rejects.toThrow(
      code('QUORUM_NOT_REACHED'),
    );
    expect((await home.run(kitchen.app.items.get({ sortKey }))).siblings).toEqual([]);
    const written = await home.run(kitchen.app.items.put({ sortKey, value: 2 }));
    expect(written.safety).toMatchObject({ state: 'pending', waitingFor: ['office'] });
    const again = kitchen.app.items.retry({ version: written.version });
    home.heal();
    const { safety } = await home.run(again);
    expect(safety.state).toBe('complete');
    const { siblings } = await home.run(office.app.items.get({ sortKey }));
    expect(siblings).toMatchObject([{ value: 2, version: written.version }]);
  });

  it('does not take back a write that others have', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const { items } = machines[0]!.app;
    const { version } = await home.run(items.put({ sortKey, value: 1 }));
    expect(await home.run(items.withdraw({ version }))).toEqual({ withdrawn: false });
    expect((await home.run(items.get({ sortKey }))).siblings).toHaveLength(1);
    await expect(home.run(items.retry({ version: 'nonsense' }))).rejects.toThrow(
      code('BAD_REQUEST'),
    );
  });
});
