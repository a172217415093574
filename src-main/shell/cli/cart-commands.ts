import type { CartSummary } from '../../app/views.ts';
import { cartText, suggestedText } from './cart-text.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { defineCommand, type Command } from './command.ts';
import { moneyText } from './money-text.ts';
import { duration } from './parse-arguments.ts';
import { printable, textTable } from './text-table.ts';
import { safetyText, timeText, type TimeStyle } from './words.ts';

const list = defineCommand({
  name: 'cart list',
  takes: '',
  count: [0, 0],
  summary: 'all carts of the accounts on this machine',
  options: {},
  examples: ['carrossel cart list'],
  async run({ io, json, client }) {
    const carts = await (await client()).carts.list();
    if (json) io.out(JSON.stringify(carts));
    else
      io.out(
        carts.length === 0 ? 'No cart yet: carrossel cart add "Rice 5 kg"' : listOf(carts, io),
      );
  },
});

function listOf(carts: readonly CartSummary[], style: TimeStyle): string {
  return textTable(
    [
      { title: 'Cart' },
      { title: 'Lines', align: 'right' },
      { title: 'Total', align: 'right' },
      { title: 'Saved' },
      { title: 'State' },
    ],
    carts.map((cart) => [
      printable(cart.name) + (cart.shared ? ' (shared)' : ''),
      String(cart.lines),
      cart.totals.map((total) => moneyText(total, style.locale)).join(' + '),
      timeText(cart.wallMs, style),
      cart.conflict ? 'waits for a choice' : safetyText(cart.safety),
    ]),
  );
}

const show = defineCommand({
  name: 'cart show',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'a cart, and what stands side by side if it was written apart',
  options: {
    ...CART_OPTION,
    ...ACCOUNT_OPTION,
    strict: { type: 'boolean', about: 'the last acknowledged state, or an error' },
    suggested: { type: 'boolean', about: 'written apart: with what only one side changed' },
  },
  examples: [
    'carrossel cart show',
    'carrossel cart show Groceries --json',
    'carrossel cart show Groceries --suggested',
  ],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const wanted = { cart: positionals[0] ?? values.cart, account: values.account };
    const { id, account } = await chooseCart(peer, wanted);
    const consistency = values.strict === true ? ({ consistency: 'strict' } as const) : {};
    const cart = await peer.carts.show({ name: id, account, ...consistency });
    const text = values.suggested === true ? suggestedText : cartText;
    io.out(json ? JSON.stringify(cart) : text(cart, io));
  },
});

const create = defineCommand({
  name: 'cart create',
  takes: 'NAME',
  count: [1, 1],
  summary: 'a new cart',
  options: { ...ACCOUNT_OPTION },
  examples: ['carrossel cart create Groceries'],
  async run({ io, json, values, positionals: [name = ''], client }) {
    const peer = await client();
    const written = await peer.carts.create({
      name,
      ...(await accountInput(peer, values.account)),
    });
    io.out(
      json
        ? JSON.stringify(written)
        : `Cart "${printable(written.cart.name)}" is there, ${safetyText(written.safety)}.`,
    );
  },
});

const remove = defineCommand({
  name: 'cart delete',
  takes: 'NAME',
  count: [1, 1],
  summary: 'delete a cart as it is now',
  options: { ...ACCOUNT_OPTION },
  examples: ['carrossel cart delete Groceries'],
  async run({ io, json, values, positionals: [name = ''], client }) {
    const peer = await client();
    const { id, account } = await chooseCart(peer, { cart: name, account: values.account });
    const { context } = await peer.carts.show({ name: id, account });
    const deleted = await peer.carts.remove({ name: id, account, context });
    if (json) io.out(JSON.stringify(deleted));
    else io.out(`Deleted "${printable(name)}", ${safetyText(deleted.safety)}.`);
  },
});

const share = defineCommand({
  name: 'cart share',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'a link by which one other person gets into a cart',
  options: {
    ...CART_OPTION,
    ...ACCOUNT_OPTION,
    expires: { type: 'string', value: 'TIME', about: 'how long the link works (default: 24h)' },
  },
  notes: 'The link works once, while this machine is reachable. It carries no key of yours.',
  examples: ['carrossel cart share Groceries', 'carrossel cart share Groceries --expires 7d'],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const wanted = { cart: positionals[0] ?? values.cart, account: values.account };
    const { id, account } = await chooseCart(peer, wanted);
    const expiresInMs = duration('--expires', values.expires ?? '24h');
    const shared = await peer.carts.share({ name: id, account, expiresInMs });
    if (json) {
      io.out(JSON.stringify(shared));
      return;
    }
    io.out(shared.link);
    io.err(
      `For one person, until ${timeText(shared.expiresMs, io)}. They type:\n` +
        '  carrossel cart accept LINK',
    );
  },
});

const accept = defineCommand({
  name: 'cart accept',
  takes: 'LINK',
  count: [1, 1],
  summary: 'enter a cart somebody shared with you',
  options: {},
  examples: ["carrossel cart accept 'carrossel://share/…'"],
  async run({ io, json, positionals: [link = ''], client }) {
    const accepted = await (await client()).carts.accept({ link });
    if (json) io.out(JSON.stringify(accepted));
    else {
      const names = accepted.carts.map((cart) => `"${printable(cart.name)}"`).join(', ');
      io.out(`You are in: ${names === '' ? `"${printable(accepted.account.name)}"` : names}.`);
    }
  },
});

export const CART_COMMANDS: readonly Command[] = [list, show, create, remove, share, accept];
