import { AppError } from '../../base/app-error.ts';
import type { CartSummary, CartView, CartWritten, Product } from '../../app/views.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { chooseLine } from './choose-line.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { moneyText, parsePrice } from './money-text.ts';
import { ownCurrency } from './own-currency.ts';
import { wholeNumber } from './parse-arguments.ts';
import { printable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { count, safetyText } from './words.ts';

/** The cart that `cart add` makes when there is none yet. */
const FIRST_CART = 'Groceries';

const LINE_OPTIONS = {
  quantity: { type: 'string', value: 'COUNT', about: 'how many' },
  price: { type: 'string', value: 'AMOUNT', about: 'price of one, like 21.90' },
  currency: {
    type: 'string',
    value: 'CODE',
    about: "BRL, EUR… (default: the cart's, else your region's)",
  },
  note: { type: 'string', value: 'TEXT', about: 'a remark for whoever goes shopping' },
  unit: { type: 'string', value: 'TEXT', about: 'kg, bottle…' },
  category: { type: 'string', value: 'TEXT', about: 'dairy, bakery…' },
  sku: { type: 'string', value: 'CODE', about: "the shop's article number" },
  ...CART_OPTION,
  ...ACCOUNT_OPTION,
  strict: { type: 'boolean', about: 'refuse rather than write while too few machines answer' },
} as const;

interface LineValues {
  readonly quantity?: string;
  readonly price?: string;
  readonly currency?: string;
  readonly unit?: string;
  readonly category?: string;
  readonly sku?: string;
  readonly strict?: boolean;
}

const MAX_QUANTITY = 1_000_000;

const add = defineCommand({
  name: 'cart add',
  takes: 'TITLE',
  count: [1, 1],
  summary: 'put a line into a cart',
  options: LINE_OPTIONS,
  notes:
    `Without --cart it goes into the only cart; without any cart "${FIRST_CART}" is made.\n` +
    'Works with no other machine in sight: it is written here and sent when they are back.',
  examples: [
    'carrossel cart add "Rice 5 kg" --quantity 2 --price 21.90 --currency BRL',
    'carrossel cart add Coffee --note "the dark one" --cart Office',
  ],
  async run({ io, json, values, positionals: [title = ''], client }) {
    const peer = await client();
    const cart = await cartToFill(peer, values.cart, values.account);
    const fields = await productFields(peer, cart, values, io);
    const line = {
      product: { title, ...fields },
      quantity: quantityOf(values.quantity ?? '1'),
      note: values.note ?? '',
    };
    const written = await peer.carts.addLines({
      name: cart.id,
      account: cart.account,
      lines: [line],
      ...strictness(values),
    });
    tell(io, json, written, `Added ${line.quantity} × ${printable(title)}`);
  },
});

async function cartToFill(
  peer: Client,
  cart: string | undefined,
  account: string | undefined,
): Promise<Pick<CartSummary, 'id' | 'account'>> {
  const chosen = await accountInput(peer, account);
  const carts = (await peer.carts.list()).filter(
    (one) => chosen.account === undefined || one.account === chosen.account,
  );
  if (carts.length > 0) return chooseCart(peer, { cart, account });
  return (await peer.carts.create({ name: cart ?? FIRST_CART, ...chosen })).cart;
}

async function productFields(
  peer: Client,
  cart: Pick<CartSummary, 'id' | 'account'>,
  values: LineValues,
  io: CommandIo,
): Promise<Partial<Product>> {
  const price =
    values.price === undefined
      ? undefined
      : parsePrice(values.price, values.currency ?? (await currencyOf(peer, cart, io)));
  const { sku, category, unit } = values;
  return {
    ...(price === undefined ? {} : { price }),
    ...(sku === undefined ? {} : { sku }),
    ...(category === undefined ? {} : { category }),
    ...(unit === undefined ? {} : { unit }),
  };
}

async function currencyOf(
  peer: Client,
  cart: Pick<CartSummary, 'id' | 'account'>,
  { env }: CommandIo,
): Promise<string> {
  const { totals } = await peer.carts.show({ name: cart.id, account: cart.account });
  const [only, second] = totals;
  if (only !== undefined && second === undefined) return only.currency;
  const own = ownCurrency(env);
  if (own !== undefined) return own;
  throw new UsageError(
    'Say the currency of the price: --currency BRL (or set CARROSSEL_CURRENCY once).',
  );
}

function quantityOf(text: string): number {
  return wholeNumber('--quantity', text, { min: 1, max: MAX_QUANTITY });
}

function strictness(values: LineValues): { consistency?: 'strict' } {
  return values.strict === true ? { consistency: 'strict' } : {};
}

function tell(io: CommandIo, json: boolean, { cart, safety }: CartWritten, what: string): void {
  if (json) {
    io.out(JSON.stringify({ cart, safety }));
    return;
  }
  const totals = cart.totals.map((total) => moneyText(total, io.locale)).join(' + ');
  const size = `${count(cart.lines.length, 'line')}${totals === '' ? '' : `, ${totals}`}`;
  io.out(`${what}. "${printable(cart.name)}" now has ${size}; ${safetyText(safety)}.`);
  if (cart.conflict)
    io.err('This cart was written apart and waits for a choice: carrossel cart show');
}

const set = defineCommand({
  name: 'cart set',
  takes: 'LINE',
  count: [1, 1],
  summary: 'change a line (LINE is its number, its title or its id)',
  options: { ...LINE_OPTIONS, title: { type: 'string', value: 'TEXT', about: 'another title' } },
  examples: ['carrossel cart set 2 --quantity 3', 'carrossel cart set Rice --note "brown"'],
  async run({ io, json, values, positionals: [wanted = ''], client }) {
    const peer = await client();
    const { id, account } = await chooseCart(peer, { cart: values.cart, account: values.account });
    const cart = await peer.carts.show({ name: id, account });
    const line = chooseLine(cart, wanted);
    const fields = await productFields(peer, cart, values, io);
    const renamed = values.title === undefined ? {} : { title: values.title };
    const product = { ...line.product, ...fields, ...renamed };
    const change = {
      ...(values.quantity === undefined ? {} : { quantity: quantityOf(values.quantity) }),
      ...(values.note === undefined ? {} : { note: values.note }),
      ...(Object.keys({ ...fields, ...renamed }).length === 0 ? {} : { product }),
    };
    if (Object.keys(change).length === 0) {
      throw new UsageError('Say what to change, like --quantity 3 or --note "brown".');
    }
    const written = await peer.carts.setLine({
      name: id,
      account,
      id: line.id,
      ...change,
      ...strictness(values),
    });
    tell(io, json, written, `Changed ${titleNow(written.cart, line.id, product.title)}`);
  },
});

function titleNow(cart: CartView, id: string, otherwise: string): string {
  return printable(cart.lines.find((line) => line.id === id)?.product.title ?? otherwise);
}

const remove = defineCommand({
  name: 'cart remove',
  takes: 'LINE…',
  count: [1, 100],
  summary: 'take lines out of a cart (by number, title or id)',
  options: { ...CART_OPTION, ...ACCOUNT_OPTION, strict: LINE_OPTIONS.strict },
  examples: ['carrossel cart remove 3', 'carrossel cart remove Coffee Sugar --cart Groceries'],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const { id, account } = await chooseCart(peer, { cart: values.cart, account: values.account });
    const cart = await peer.carts.show({ name: id, account });
    // All are found before the first is taken out: numbers mean what was shown.
    const lines = [...new Set(positionals.map((wanted) => chooseLine(cart, wanted)))];
    let written: CartWritten | undefined;
    for (const line of lines) {
      written = await peer.carts.removeLine({
        name: id,
        account,
        id: line.id,
        ...strictness(values),
      });
    }
    if (!written) throw new AppError('LINE_NOT_FOUND', 'There was no line to remove.');
    const titles = lines.map((line) => printable(line.product.title)).join(', ');
    tell(io, json, written, `Removed ${titles}`);
  },
});

export const CART_LINE_COMMANDS: readonly Command[] = [add, set, remove];
