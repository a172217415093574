import { AppError } from '../../base/app-error.ts';
import type { OrderSummary, OverlapView } from '../../app/views/orders.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type Client, type Command } from './command.ts';
import {
  balanceText,
  orderText,
  ordersText,
  overlapText,
  shortId,
  spendingText,
} from './order-text.ts';
import { UsageError } from './usage-error.ts';
import { safetyText } from './words.ts';

const PAGE = 1000;

const list = defineCommand({
  name: 'orders list',
  takes: '',
  count: [0, 0],
  summary: 'what was ordered, the newest first',
  options: {
    ...ACCOUNT_OPTION,
    csv: { type: 'boolean', about: 'every line of every order, comma-separated' },
  },
  examples: ['carrossel orders list', 'carrossel orders list --csv > orders.csv'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const account = await accountInput(peer, values.account);
    if (values.csv === true) {
      io.out((await peer.orders.csv(account)).csv);
      return;
    }
    const { orders, open } = await allOrders(peer, account);
    io.out(json ? JSON.stringify({ orders, open }) : ordersText(orders, open, io));
  },
});

/** The newest first, page after page. */
async function allOrders(
  peer: Client,
  account: { readonly account?: string | undefined },
): Promise<{ orders: OrderSummary[]; open: number }> {
  const orders: OrderSummary[] = [];
  for (let after: string | undefined; ;) {
    const page = await peer.orders.list({
      ...{ ...account, limit: PAGE },
      ...(after === undefined ? {} : { after }),
    });
    orders.push(...page.orders);
    after = page.next;
    if (after === undefined) return { orders, open: page.open };
  }
}

const show = defineCommand({
  name: 'orders show',
  takes: 'ORDER',
  count: [1, 1],
  summary: 'an order with its lines, and what became of each',
  options: {},
  examples: ['carrossel orders show 0c7e3b5b'],
  async run({ io, json, positionals: [wanted = ''], client }) {
    const peer = await client();
    const order = await peer.orders.show({ id: await orderId(peer, wanted) });
    io.out(json ? JSON.stringify(order) : orderText(order, io));
  },
});

/** The whole id, from its beginning. @throws ORDER_NOT_FOUND */
async function orderId(peer: Client, wanted: string): Promise<string> {
  if (wanted.length === 32) return wanted;
  const { orders } = await allOrders(peer, {});
  const found = orders.map(({ id }) => id).filter((id) => wanted !== '' && id.startsWith(wanted));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new AppError(
    found.length > 1 ? 'BAD_REQUEST' : 'ORDER_NOT_FOUND',
    found.length > 1
      ? `More than one order begins with "${wanted}".`
      : `There is no order "${wanted}".`,
    { details: { order: wanted } },
  );
}

const decide = defineCommand({
  name: 'orders decide',
  takes: '[ORDER]',
  count: [0, 1],
  summary: 'say which orders keep what was ordered twice',
  options: {
    keep: {
      type: 'string',
      value: 'both|none|ORDER',
      about: 'who keeps the lines (without it: only shown)',
    },
    line: { type: 'string', value: 'TITLE', about: 'only this line', multiple: true },
  },
  notes: 'What is not kept is given back as a voucher, the same on every machine.',
  examples: [
    'carrossel orders decide',
    'carrossel orders decide 0c7e3b5b --keep 0c7e3b5b',
    'carrossel orders decide 0c7e3b5b --keep both --line Milk',
  ],
  async run({ io, json, values, positionals: [wanted], client }) {
    const peer = await client();
    const overlaps = await peer.orders.overlaps({});
    if (values.keep === undefined) {
      const shown = overlaps.map((one) => overlapText(one, io)).join('\n\n');
      io.out(json ? JSON.stringify(overlaps) : shown || 'Nothing was ordered twice.');
      return;
    }
    const group = groupOf(overlaps, wanted);
    const lines = decisions(group, values.keep, values.line);
    const done = await peer.orders.decide({ id: group.id, lines });
    if (json) io.out(JSON.stringify(done));
    else io.out(`Decided, ${safetyText(done.safety)}. See: carrossel orders vouchers`);
  },
});

function groupOf(overlaps: readonly OverlapView[], wanted: string | undefined): OverlapView {
  const open = overlaps.filter((one) => one.open);
  const found =
    wanted === undefined
      ? open
      : overlaps.filter(({ orders }) => orders.some(({ id }) => id.startsWith(wanted)));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new AppError(
    first === undefined ? 'ORDER_NOT_FOUND' : 'BAD_REQUEST',
    first === undefined
      ? 'No order of that name was made apart from another.'
      : `Say which: ${found.map(({ id }) => shortId(id)).join(', ')}.`,
    { details: { order: wanted ?? '' } },
  );
}

/** Only lines whose title begins as `titles` say, where any are given. */
function decisions(group: OverlapView, keep: string, titles: readonly string[] | undefined) {
  const fold = (text: string): string => text.normalize('NFC').trim().toLowerCase();
  const lines = group.shared.filter(
    ({ product }) =>
      titles === undefined || titles.some((title) => fold(product.title).startsWith(fold(title))),
  );
  if (lines.length === 0) throw new UsageError('No line of that name was ordered twice.');
  return lines.map(({ line, context, holders }) => {
    const ids = holders.map(({ order }) => order);
    const kept = keep === 'both' ? ids : ids.filter((id) => keep !== 'none' && id.startsWith(keep));
    if (kept.length === 0 && keep !== 'none') {
      throw new UsageError(`--keep takes both, none, or one of ${ids.map(shortId).join(', ')}.`);
    }
    return { line, context, keep: kept, cancel: ids.filter((id) => !kept.includes(id)) };
  });
}

const vouchers = defineCommand({
  name: 'orders vouchers',
  takes: '',
  count: [0, 0],
  summary: 'vouchers with what is left of each, and amounts due',
  options: { ...ACCOUNT_OPTION },
  examples: ['carrossel orders vouchers'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const balance = await peer.orders.vouchers(await accountInput(peer, values.account));
    io.out(json ? JSON.stringify(balance) : balanceText(balance, io.locale));
  },
});

const spending = defineCommand({
  name: 'orders spending',
  takes: '',
  count: [0, 0],
  summary: 'what was spent, by month and by category',
  options: { ...ACCOUNT_OPTION },
  examples: ['carrossel orders spending', 'carrossel orders spending --json'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const spent = await peer.orders.spending({
      ...(await accountInput(peer, values.account)),
      ...(io.timeZone === undefined ? {} : { timeZone: io.timeZone }),
    });
    io.out(json ? JSON.stringify(spent) : spendingText(spent, io.locale));
  },
});

export const ORDER_COMMANDS: readonly Command[] = [list, show, decide, vouchers, spending];
