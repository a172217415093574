import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APART } from '../memory-orders.ts';
import { openCommandLine, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

async function filled(): Promise<void> {
  await line.run('cart', 'create', 'Groceries');
  const priced = ['--price', '21.90', '--currency', 'BRL'];
  await line.run('cart', 'add', 'Rice 5 kg', '--quantity', '2', ...priced);
  await line.run('cart', 'add', 'Beans', '--price', '8', '--currency', 'BRL');
}

describe('carrossel cart checkout', () => {
  it('says what it comes to, and orders all that is in the cart', async () => {
    await filled();
    const dry = await line.run('cart', 'checkout', '--dry-run');
    expect(dry).toMatchObject({ status: 0 });
    expect(dry.out).toContain('2 × Rice 5 kg');
    expect(dry.out).toMatch(/To pay: R\$\s?51\.80/);
    const done = await line.run('cart', 'checkout');
    expect(done.out).toMatch(/Ordered as [0-9a-f]{8}, on 3 machines|Ordered as/);
    const again = await line.run('cart', 'checkout');
    expect(again).toMatchObject({ status: 1 });
    expect(again.err).toContain('NOTHING_TO_ORDER');
  });

  it('orders only the lines named', async () => {
    await filled();
    const done = await line.run('cart', 'checkout', 'beans', '--json');
    const { order, cart } = JSON.parse(done.out) as {
      order: { lines: { product: { title: string } }[] };
      cart: { lines: unknown[] };
    };
    expect(order.lines.map(({ product }) => product.title)).toEqual(['Beans']);
    expect(cart.lines).toHaveLength(1);
  });

  it('knows no voucher that is not there', async () => {
    await filled();
    const run = await line.run('cart', 'checkout', '--vouchers', 'abc');
    expect(run).toMatchObject({ status: 2 });
  });
});

describe('carrossel orders', () => {
  it('lists them, and says when something was ordered twice', async () => {
    const { out } = await line.run('orders', 'list');
    expect(out).toContain('0a0a0a0a');
    expect(out).toContain('cancelled, ordered twice');
    expect(out).toContain('Ordered twice: carrossel orders decide');
  });

  it('shows one by the beginning of its id', async () => {
    const { out } = await line.run('orders', 'show', '0b');
    expect(out).toContain(`Order ${APART[1]}`);
    expect(out).toContain('cancelled, voucher aaaaaaaa');
    expect((await line.run('orders', 'show', 'ff')).err).toContain('ORDER_NOT_FOUND');
  });

  it('decides: both, none, or one of them', async () => {
    expect((await line.run('orders', 'decide')).out).toContain('Ordered twice:');
    const wrong = await line.run('orders', 'decide', '--keep', 'ff');
    expect(wrong).toMatchObject({ status: 2 });
    expect(await line.run('orders', 'decide', '0a', '--keep', '0b')).toMatchObject({ status: 0 });
    const { out } = await line.run('orders', 'list', '--json');
    const { orders, open } = JSON.parse(out) as { orders: { state: string }[]; open: number };
    expect(open).toBe(0);
    expect(orders.map(({ state }) => state)).toEqual(['cancelled', 'standing']);
  });

  it('decides about the lines that are named, and leaves the others open', async () => {
    expect(await line.run('orders', 'decide', '--keep', '0b', '--line', 'Tea')).toMatchObject({
      status: 2,
    });
    expect(await line.run('orders', 'decide', '--keep', '0b', '--line', 'mil')).toMatchObject({
      status: 0,
    });
    const listed = async () => {
      const { out } = await line.run('orders', 'list', '--json');
      const { orders, open } = JSON.parse(out) as { orders: { state: string }[]; open: number };
      return [open, ...orders.map(({ state }) => state)];
    };
    expect(await listed()).toEqual([1, 'partly', 'partly']);
    const { out } = await line.run('orders', 'show', '0a', '--json');
    const { lines } = JSON.parse(out) as { lines: { id: string; kept: boolean }[] };
    expect(lines.map(({ id, kept }) => [id, kept])).toEqual([
      ['l1', false],
      ['l2', true],
    ]);
    await line.run('orders', 'decide', '--keep', 'none', '--line', 'Bread');
    expect(await listed()).toEqual([0, 'cancelled', 'partly']);
  });

  it('tells vouchers and spending', async () => {
    const vouchers = await line.run('orders', 'vouchers');
    expect(vouchers.out).toMatch(/aaaaaaaa\s+Milk\s+0b0b0b0b\s+€5\.00\s+€3\.00/);
    const spent = await line.run('orders', 'spending');
    expect(spent.out).toMatch(/2026-11\s+€5\.00/);
    expect(spent.out).toMatch(/Dairy\s+€5\.00/);
  });

  it('exports every line as comma-separated values', async () => {
    const { out } = await line.run('orders', 'list', '--csv');
    expect(out.trimEnd()).toBe('order,title\r\n1,Milk');
  });
});
