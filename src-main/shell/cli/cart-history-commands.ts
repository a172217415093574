import type { PastVersion } from '../../app/views/cart-history.ts';
import { ACCOUNT_OPTION } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { defineCommand, type Command } from './command.ts';
import { moneyText } from './money-text.ts';
import { printable, textTable } from './text-table.ts';
import { safetyText, timeText, type TimeStyle } from './words.ts';

const history = defineCommand({
  name: 'cart history',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'the versions of a cart that this machine has seen, the newest first',
  options: { ...CART_OPTION, ...ACCOUNT_OPTION },
  examples: ['carrossel cart history Groceries'],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const wanted = { cart: positionals[0] ?? values.cart, account: values.account };
    const { id, account } = await chooseCart(peer, wanted);
    const versions = await peer.history.list({ name: id, account });
    io.out(json ? JSON.stringify(versions) : tableOf(versions, io));
  },
});

function tableOf(versions: readonly PastVersion[], style: TimeStyle): string {
  return textTable(
    [
      { title: 'Version' },
      { title: 'Written' },
      { title: 'On' },
      { title: 'Lines', align: 'right' },
      { title: 'Total', align: 'right' },
    ],
    versions.map((one) => [
      one.version + (one.current ? ' (now)' : ''),
      timeText(one.wallMs, style),
      printable(one.device),
      one.deleted ? 'deleted' : String(one.lines),
      one.totals.map((total) => moneyText(total, style.locale)).join(' + '),
    ]),
  );
}

const restore = defineCommand({
  name: 'cart restore',
  takes: 'VERSION',
  count: [1, 1],
  summary: 'bring a past version of a cart back',
  options: { ...CART_OPTION, ...ACCOUNT_OPTION },
  notes: 'What was added since is left out; it stays in the history, and can be brought back, too.',
  examples: ['carrossel cart restore VERSION --cart Groceries'],
  async run({ io, json, values, positionals: [version = ''], client }) {
    const peer = await client();
    const { id, account } = await chooseCart(peer, { cart: values.cart, account: values.account });
    const { lines } = await peer.history.show({ name: id, account, version });
    const { context } = await peer.carts.show({ name: id, account, consistency: 'local' });
    const written = await peer.carts.put({ name: id, account, context, lines, resolve: true });
    if (json) io.out(JSON.stringify(written));
    else {
      const name = printable(written.cart.name);
      io.out(`"${name}" is as it was then, ${safetyText(written.safety)}.`);
    }
  },
});

export const CART_HISTORY_COMMANDS: readonly Command[] = [history, restore];
