import type { Freshness, Safety } from '../../app/views.ts';

/** States and times, said in words. */

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function all(owners: number): string {
  return owners === 2 ? 'both machines' : `all ${owners} machines`;
}

/** What the state of a write means for the person: true at each moment, no more than is known. */
export function safetyText(safety: Safety): string {
  const { state, copies, owners, waitingFor } = safety;
  const missing = waitingFor.length === 0 ? '' : `; still to reach: ${waitingFor.join(', ')}`;
  switch (state) {
    case 'pending':
      return `only on this machine so far${missing}`;
    case 'safe':
      return `safe on ${count(copies, 'machine')}${missing}`;
    case 'placed':
      return `safe, on ${copies} of the ${count(owners, 'machine')} that keep it${missing}`;
    case 'complete':
      return owners === 1 ? 'on the one machine that keeps it' : `on ${all(owners)} that keep it`;
  }
}

export function freshnessText(freshness: Freshness): string {
  switch (freshness) {
    case 'local':
      return "from this machine's own disk";
    case 'quorum':
      return 'asked of the other machines';
    case 'strict':
      return 'the last acknowledged state';
  }
}

/**
 * How many answered a read, where that says something: the person asked for a number of answers, or
 * the other machines were asked. Undefined for a plain look at this machine's own disk.
 */
export function answersText(
  read: {
    readonly freshness: Freshness;
    readonly answered: number;
    readonly answeredOwners: number;
  },
  asked: number | undefined,
): string | undefined {
  const { freshness, answered, answeredOwners } = read;
  if (freshness === 'local' && asked === undefined) return undefined;
  const own = answeredOwners === 1 ? 'an owner' : 'all owners';
  const kind = answeredOwners === answered ? own : `${answeredOwners} of them owners`;
  const who = `${count(answered, 'machine')} answered, ${kind}`;
  if (asked === undefined || answered >= asked) return `${who}.`;
  return `Only ${who}; ${asked} were asked for.`;
}

export interface TimeStyle {
  readonly locale: string;
  readonly timeZone: string | undefined;
}

/**
 * `12 Nov 2026, 14:02`.
 * @param seconds To the second: of lines of a log.
 */
export function timeText(wallMs: number, { locale, timeZone }: TimeStyle, seconds = false): string {
  if (wallMs <= 0) return 'at an unknown time';
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: seconds ? 'medium' : 'short',
    timeZone,
  })
    .format(wallMs)
    .replace(/\u202f/g, ' ');
}

/** `a, b and c`. */
export function listText(items: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(items);
}
