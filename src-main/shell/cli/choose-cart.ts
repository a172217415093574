import { AppError } from '../../base/app-error.ts';
import type { CartSummary } from '../../app/views.ts';
import { accountInput, sameName, startsId } from './choose-account.ts';
import type { Client } from './command.ts';
import { listText } from './words.ts';

/** From what a person types (a name, an id, the start of an id, nothing) to the one cart meant. */

export const CART_OPTION = {
  cart: { type: 'string', value: 'NAME', about: 'cart to use (default: the only one)' },
} as const;

/** The cart meant: the named one, else the only one there is. */
export async function chooseCart(
  client: Client,
  wanted: { readonly cart: string | undefined; readonly account: string | undefined },
): Promise<CartSummary> {
  const { account } = await accountInput(client, wanted.account);
  const all = await client.carts.list();
  if (all.length === 0 && (await client.accounts.list()).length === 0) throw noAccount();
  const carts = all.filter((cart) => account === undefined || cart.account === account);
  if (wanted.cart !== undefined) return matchCart(carts, wanted.cart);
  const [only] = carts;
  if (only !== undefined && carts.length === 1) return only;
  const [open] = carts.filter((cart) => cart.conflict);
  const names = carts.map(({ name }) => `"${name}"`);
  throw new AppError(
    carts.length === 0 ? 'CART_NOT_FOUND' : 'BAD_REQUEST',
    carts.length === 0
      ? 'There is no cart yet. Make one: carrossel cart create Groceries'
      : `Say which cart with --cart NAME: ${listText(names)}` +
          `${open === undefined ? '' : ` ("${open.name}" waits for a choice)`}.`,
    { details: { carts: carts.map(({ id, name }) => ({ id, name })) } },
  );
}

function noAccount(): AppError {
  return new AppError(
    'NO_ACCOUNT',
    'Nobody is logged in on this machine. Log in: carrossel account log-in' +
      ' (or begin: carrossel account create NAME)',
  );
}

export function matchCart(carts: readonly CartSummary[], wanted: string): CartSummary {
  const named = carts.filter((cart) => cart.id === wanted || sameName(cart.name, wanted));
  const found = named.length > 0 ? named : carts.filter((cart) => startsId(cart.id, wanted));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = carts.map(({ name }) => `"${name}"`);
  throw new AppError(
    found.length > 1 ? 'BAD_REQUEST' : 'CART_NOT_FOUND',
    found.length > 1
      ? `More than one cart is called "${wanted}"; add --account NAME or use its id.`
      : `There is no cart "${wanted}"${names.length === 0 ? ' and no other' : `, only ${listText(names)}`}.`,
    { details: { cart: wanted } },
  );
}
