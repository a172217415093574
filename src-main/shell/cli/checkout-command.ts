import type { CheckoutReview } from '../../app/views/orders.ts';
import { ACCOUNT_OPTION } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { chooseLine } from './choose-line.ts';
import { defineCommand, type Client, type CommandIo } from './command.ts';
import { moneyList } from './order-text.ts';
import { printable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { safetyText } from './words.ts';

export const checkoutCommand = defineCommand({
  name: 'cart checkout',
  takes: '[LINE…]',
  count: [0, 1000],
  summary: 'order a cart: all that is not ordered yet, or the lines named',
  options: {
    ...CART_OPTION,
    ...ACCOUNT_OPTION,
    vouchers: { type: 'string', value: 'all|none|ID,…', about: 'vouchers to use (default: all)' },
    'dry-run': { type: 'boolean', about: 'only say what it would come to' },
  },
  notes:
    'LINE is the number of a line as `cart show` gives it, its id, or its title. Works with nobody ' +
    'else awake; what was ordered apart is found when the machines meet (carrossel orders list).',
  examples: [
    'carrossel cart checkout',
    'carrossel cart checkout 1 3 --cart Groceries',
    'carrossel cart checkout --dry-run',
  ],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const wanted = { cart: values.cart, account: values.account };
    const { id, account } = await chooseCart(peer, wanted);
    const lines = await lineIds(peer, { name: id, account }, positionals);
    const which = { name: id, account, ...(lines === undefined ? {} : { lines }) };
    const vouchers = await chosenVouchers(peer, which, values.vouchers ?? 'all');
    const review = await peer.orders.review({ ...which, vouchers });
    if (values['dry-run'] === true) {
      io.out(json ? JSON.stringify(review) : reviewText(review, io));
      return;
    }
    const { context, pay } = review;
    const done = await peer.orders.checkout({ ...which, vouchers, context, pay });
    if (json) io.out(JSON.stringify(done));
    else {
      const { order, safety } = done;
      io.out(
        `${reviewText(review, io)}\n` +
          `Ordered as ${order.id.slice(0, 8)}, ${safetyText(safety)}.`,
      );
    }
  },
});

async function lineIds(
  peer: Client,
  which: { readonly name: string; readonly account: string },
  named: readonly string[],
): Promise<string[] | undefined> {
  if (named.length === 0) return undefined;
  const cart = await peer.carts.show(which);
  return [...new Set(named.map((one) => chooseLine(cart, one).id))];
}

/** Ids, from `all`, `none`, or the beginnings of ids. */
async function chosenVouchers(
  peer: Client,
  which: Parameters<Client['orders']['review']>[0],
  wanted: string,
): Promise<string[]> {
  if (wanted === 'none') return [];
  const { vouchers } = await peer.orders.review(which);
  if (wanted === 'all') return vouchers.map(({ id }) => id);
  return wanted.split(',').map((start) => {
    const found = vouchers.filter(({ id }) => start !== '' && id.startsWith(start));
    const [first] = found;
    if (first !== undefined && found.length === 1) return first.id;
    throw new UsageError(`There is no voucher "${start}" (carrossel orders vouchers).`);
  });
}

function reviewText(review: CheckoutReview, io: CommandIo): string {
  const chosen = review.lines.filter((line) => line.chosen);
  const used = review.vouchers.filter((voucher) => voucher.used > 0);
  const rows = [
    ...chosen.map(({ product, quantity, amount }) => {
      const price = amount === undefined ? '' : `, ${moneyList([amount], io.locale)}`;
      return `  ${quantity} × ${printable(product.title)}${price}`;
    }),
    ...review.dues.map(({ amount }) => `  still due: ${moneyList([amount], io.locale)}`),
    ...used.map(({ id, used: amount, amount: { currency } }) => {
      const money = moneyList([{ amount: -amount, currency }], io.locale);
      return `  voucher ${id.slice(0, 8)}: ${money}`;
    }),
    `To pay: ${moneyList(review.pay, io.locale)}`,
  ];
  return rows.join('\n');
}
