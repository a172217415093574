/** What a write of a raw item puts into its version (DESIGN §4 /items). */
import { AppError } from '../base/app-error.ts';
import { utf8 } from '../base/bytes.ts';
import { versionsCoveredBy } from '../domain/write-context.ts';
import type { IssueGiven, IssueRequest } from '../storage/item-store.ts';
import type { Account, Draft } from './account.ts';
import { readContextToken, type ReadContext } from './context-token.ts';
import { OWN_PREFIXES } from './item-view.ts';
import { refuseUnseenTwins, withoutTwins } from './twins.ts';
import type { JsonValue } from './views.ts';

export interface Content {
  readonly kind: 'value' | 'tombstone';
  readonly bytes: Uint8Array;
}

export const DELETION: Content = { kind: 'tombstone', bytes: new Uint8Array(0) };

export function jsonContent(value: JsonValue): Content {
  return { kind: 'value', bytes: utf8(JSON.stringify(value)) };
}

/**
 * With a context: replaces what that covers. Without one: a blind write, which covers nothing of
 * others, only what this machine itself wrote last.
 * @throws BAD_REQUEST for an item of Carrossel's own, UNKNOWN_CONTEXT
 */
export function itemRequest(
  account: Account,
  write: { readonly sortKey: string; readonly context?: string | undefined },
  content: Content,
): IssueRequest {
  const { sortKey, context = '' } = write;
  refuseKey(sortKey, OWN_PREFIXES);
  const key = { partitionKey: account.id, sortKey };
  const read = context === '' ? undefined : readContextToken(account.contextKey(), key, context);
  return account.request(sortKey, (given) => draftOf(content, read, given));
}

/** @throws BAD_REQUEST when the key is one of Carrossel's own. */
export function refuseKey(sortKey: string, prefixes: readonly string[]): void {
  const found = prefixes.find((prefix) => sortKey.startsWith(prefix));
  if (found === undefined) return;
  throw new AppError('BAD_REQUEST', `Items under "${found}" are Carrossel's own.`, {
    details: { prefix: found },
  });
}

function draftOf(
  { kind, bytes }: Content,
  read: ReadContext | undefined,
  { actor, siblings }: IssueGiven,
): Draft {
  if (read !== undefined) refuseUnseenTwins(read, siblings);
  const context = read?.context;
  const own = siblings.filter(({ dot }) => dot.actor === actor);
  return {
    kind,
    type: kind === 'value' ? 'json' : 'none',
    // Of two versions under one name of this machine, one is of a life it does not remember.
    replaced:
      context === undefined ? withoutTwins(own, siblings) : versionsCoveredBy(siblings, context),
    ...(context === undefined ? {} : { given: context }),
    encode: () => bytes,
  };
}
