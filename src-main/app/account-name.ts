/**
 * What the person calls the account, kept in it (sealed like everything), so that the next machine
 * that logs in by phrase calls it the same. Only a label: nothing depends on it.
 */
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import type { Account } from './account.ts';

export const NAME_SORT_KEY = 'account#name';
const MAX_NAME = 80;

export function nameRequest(account: Account): IssueRequest {
  return account.request(NAME_SORT_KEY, ({ siblings }) => ({
    kind: 'value',
    type: 'json',
    replaced: siblings,
    encode: () => utf8(JSON.stringify({ name: account.label })),
  }));
}

/** The name in the versions; undefined when there is none to read. */
export function readName(account: Account, siblings: readonly SignedVersion[]): string | undefined {
  if (!account.canOpen()) return undefined;
  for (const version of siblings) {
    const content = account.open(version);
    if (content.type !== 'json') continue;
    const value = JSON.parse(utf8ToString(content.value)) as { readonly name?: unknown } | null;
    const name = value?.name;
    if (typeof name === 'string' && name !== '') return name.slice(0, MAX_NAME);
  }
  return undefined;
}
