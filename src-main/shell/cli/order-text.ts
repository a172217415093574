import type {
  BalanceView,
  OrderSummary,
  OrderView,
  OverlapView,
  SpendingView,
} from '../../app/views/orders.ts';
import { moneyText, type Amount } from './money-text.ts';
import { printable, textTable } from './text-table.ts';
import { timeText, type TimeStyle } from './words.ts';

/** Orders as a terminal shows them. */

const SHORT = 8;
export const shortId = (id: string): string => id.slice(0, SHORT);

/** `€ 3.00 + R$ 2.00`; a dash for nothing. */
export function moneyList(all: readonly Amount[], locale: string): string {
  return all.length === 0 ? '-' : all.map((one) => moneyText(one, locale)).join(' + ');
}

export function ordersText(
  orders: readonly OrderSummary[],
  open: number,
  style: TimeStyle,
): string {
  if (orders.length === 0) return 'Nothing was ordered yet: carrossel cart checkout';
  const table = textTable(
    [
      { title: 'Order' },
      { title: 'Made' },
      { title: 'On' },
      { title: 'Cart' },
      { title: 'Lines', align: 'right' },
      { title: 'Paid', align: 'right' },
      { title: 'State' },
    ],
    orders.map((order) => [
      shortId(order.id),
      timeText(order.wallMs, style),
      printable(order.device),
      printable(order.cart.name),
      String(order.lines),
      moneyList(order.paid, style.locale),
      stateText(order),
    ]),
  );
  return open === 0 ? table : `${table}\n\nOrdered twice: carrossel orders decide`;
}

function stateText({ state, open, due }: OrderSummary): string {
  const words = { standing: 'stands', partly: 'partly cancelled', cancelled: 'cancelled' };
  const apart = open ? ', ordered twice' : '';
  return `${words[state]}${apart}${due.length > 0 ? ', amount due' : ''}`;
}

export function orderText(order: OrderView, style: TimeStyle): string {
  const { locale } = style;
  const head =
    `Order ${order.id}\n${timeText(order.wallMs, style)} on ${printable(order.device)}, ` +
    `cart "${printable(order.cart.name)}": ${stateText({ ...order, lines: order.lines.length })}`;
  const lines = textTable(
    [
      { title: 'Line' },
      { title: 'Quantity', align: 'right' },
      { title: 'Amount', align: 'right' },
      { title: '' },
    ],
    order.lines.map(({ product, quantity, amount, kept, voucher }) => [
      printable(product.title),
      String(quantity),
      amount === undefined ? '' : moneyText(amount, locale),
      kept ? '' : voucher === undefined ? 'cancelled' : `cancelled, voucher ${shortId(voucher)}`,
    ]),
    '  ',
  );
  const sums = [
    `Lines     ${moneyList(order.totals, locale)}`,
    ...order.dues.map(
      ({ order: of, amount }) => `Due       ${moneyText(amount, locale)} of ${shortId(of)}`,
    ),
    ...order.vouchers.map(
      ({ voucher, amount }) => `Voucher   ${moneyText(amount, locale)} of ${shortId(voucher)}`,
    ),
    `Paid      ${moneyList(order.paid, locale)}`,
    ...(order.due.length > 0 ? [`Still due ${moneyList(order.due, locale)}`] : []),
  ];
  return [head, '', lines, '', ...sums].join('\n');
}

/** What was ordered twice, side by side; the first column is what `decide` is told. */
export function overlapText(overlap: OverlapView, style: TimeStyle): string {
  const orders = overlap.orders.map(
    (order) =>
      `  ${shortId(order.id)}  ${timeText(order.wallMs, style)} on ${printable(order.device)}`,
  );
  const lines = overlap.shared.map(({ product, holders }) => {
    const held = holders.map(
      ({ order, quantity, kept }) =>
        `${quantity} in ${shortId(order)} (${kept ? 'kept' : 'cancelled'})`,
    );
    return `  ${printable(product.title)}: ${held.join(', ')}`;
  });
  return [overlap.open ? 'Ordered twice:' : 'Settled:', ...orders, ...lines].join('\n');
}

export function balanceText(balance: BalanceView, locale: string): string {
  const { vouchers, dues, left, due } = balance;
  if (vouchers.length === 0 && dues.length === 0) return 'No vouchers, and nothing due.';
  const table = textTable(
    [
      { title: 'Voucher' },
      { title: 'For' },
      { title: 'Order' },
      { title: 'Amount', align: 'right' },
      { title: 'Left', align: 'right' },
    ],
    vouchers.map(({ id, line, order, amount, left: rest }) => [
      shortId(id),
      line === undefined ? 'paid twice' : printable(line.title),
      shortId(order),
      moneyText(amount, locale),
      moneyText({ ...amount, amount: rest }, locale),
    ]),
  );
  const owed = dues
    .filter(({ open }) => open > 0)
    .map(
      ({ order, amount, open }) =>
        `Order ${shortId(order)} used a voucher that was used elsewhere: ` +
        `${moneyText({ ...amount, amount: open }, locale)} due with the next order.`,
    );
  const sums = `Left: ${moneyList(left, locale)}. Due: ${moneyList(due, locale)}.`;
  return [...(vouchers.length > 0 ? [table] : []), ...owed, sums].join('\n');
}

export function spendingText(spending: SpendingView, locale: string): string {
  const table = (title: string, rows: readonly (readonly [string, readonly Amount[]])[]): string =>
    textTable(
      [{ title }, { title: 'Spent', align: 'right' }],
      rows.map(([name, totals]) => [name, moneyList(totals, locale)]),
    );
  return [
    table(
      'Month',
      spending.months.map(({ month, totals }) => [month, totals] as const),
    ),
    table(
      'Category',
      spending.categories.map(
        ({ category, totals }) => [printable(category) || '-', totals] as const,
      ),
    ),
  ].join('\n\n');
}
