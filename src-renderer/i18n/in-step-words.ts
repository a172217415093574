import type { InStep, MemberInStep } from '../wall.ts';
import type { Messages } from './en.ts';
import type { Formats } from './format.ts';

export interface Verdict {
  /** `away`: all who are there are equal, some are not there. */
  readonly tone: 'good' | 'away' | 'work';
  readonly title: string;
  readonly text: string;
}

/** The one sentence that answers the question. Says “all equal” only when it was checked. */
export function inStepWords(
  { allEqual, members }: InStep,
  t: Messages['inStep'],
  formats: Pick<Formats, 'list'>,
): Verdict {
  if (members.length === 0) return { tone: 'good', title: t.alone, text: '' };
  if (allEqual)
    return { tone: 'good', title: t.allEqual, text: t.allEqualText(members.length + 1) };
  const holders = members.filter(({ accounts }) => accounts.length > 0);
  const away = holders.filter(({ connected }) => !connected);
  const apart = holders.filter((member) => member.connected && !isEqual(member));
  const named = (some: readonly MemberInStep[]): string => formats.list(some.map((m) => m.name));
  if (apart.length > 0) {
    return { tone: 'work', title: t.working, text: t.workingText(named(apart)) };
  }
  return away.length > 0
    ? { tone: 'away', title: t.someAway, text: t.someAwayText(named(away), away.length) }
    : { tone: 'work', title: t.working, text: '' };
}

function isEqual({ accounts }: MemberInStep): boolean {
  return accounts.every(({ state }) => state === 'equal');
}

/** What an item is, in a person's words. */
export function itemWords(
  { kind, name, sortKey }: MemberInStep['accounts'][number]['items'][number],
  t: Messages['inStep'],
): string {
  if (kind === 'cart' && name !== '') return t.cart(name);
  return kind === 'other' || kind === 'cart' ? t.other(sortKey) : t.kinds[kind];
}
