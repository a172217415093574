import { AppError } from '../../base/app-error.ts';
import type { AccountView } from '../../app/views.ts';
import type { Client } from './command.ts';
import { listText } from './words.ts';

/** From what a person types (a name, an id, the start of an id) to the one account meant. */

export const ACCOUNT_OPTION = {
  account: {
    type: 'string',
    value: 'NAME',
    about: 'account to use (default: the current one)',
  },
} as const;
export const sameName = (a: string, b: string): boolean => fold(a) === fold(b);

function fold(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

export function matchAccount(accounts: readonly AccountView[], wanted: string): AccountView {
  const named = accounts.filter((one) => one.id === wanted || sameName(one.name, wanted));
  const found = named.length > 0 ? named : accounts.filter((one) => startsId(one.id, wanted));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const known = accounts.map(({ name }) => name);
  const message =
    found.length > 1
      ? `More than one account is called "${wanted}"; use its id (carrossel account list).`
      : `There is no account "${wanted}" here${known.length === 0 ? '' : `, only ${listText(known)}`}.`;
  throw new AppError('ACCOUNT_NOT_FOUND', message, { details: { account: wanted } });
}

/** The first six digits of an id, or more, name the thing too. */
export function startsId(id: string, wanted: string): boolean {
  return wanted.length >= 6 && id.startsWith(wanted.toLowerCase());
}

/** `{ account }` for a request, or nothing for the current account. */
export async function accountInput(
  client: Client,
  wanted: string | undefined,
): Promise<{ account?: string }> {
  if (wanted === undefined) return {};
  return { account: matchAccount(await client.accounts.list(), wanted).id };
}
