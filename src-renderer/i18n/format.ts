import type { Money } from '../wall.ts';

/** Numbers, money and time in the words of one language. `now` in every call: no hidden clock. */
export interface Formats {
  readonly locale: string;
  number(value: number): string;
  money(value: Money): string;
  percent(share: number): string;
  bytes(count: number): string;
  /** “a, b and c”. */
  list(names: readonly string[]): string;
  /** “3 minutes ago”; a time ahead of ours (another machine's clock) as date and time. */
  when(wallMs: number, now: number): string;
  date(wallMs: number): string;
  /** To the second: of lines of a log, many of which are of one minute. */
  moment(wallMs: number): string;
  /** How long something still lasts: “23 h 59 min”, “4 min 09 s”. */
  left(ms: number): string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Clocks of two machines may differ this much before we stop saying “just now”. */
const AHEAD_MS = 2 * MINUTE;
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['day', DAY, 7 * DAY],
  ['hour', HOUR, DAY],
  ['minute', MINUTE, HOUR],
];

/** The digits after the point of a currency: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

export function createFormats(locale: string, justNow: string): Formats {
  const numbers = new Intl.NumberFormat(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  /** Making one costs as much as a hundred uses of it, and a long cart has thousands of prices. */
  const currencies = new Map<string, { format: Intl.NumberFormat; scale: number }>();
  const currencyOf = (currency: string): { format: Intl.NumberFormat; scale: number } => {
    const known = currencies.get(currency);
    if (known !== undefined) return known;
    const made = {
      format: new Intl.NumberFormat(locale, { style: 'currency', currency }),
      scale: 10 ** minorDigits(currency),
    };
    currencies.set(currency, made);
    return made;
  };
  const unit = (value: number, name: string, digits = 1): string =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      minimumIntegerDigits: digits,
      maximumFractionDigits: 0,
    }).format(value);
  return {
    locale,
    number: (value) => numbers.format(value),
    money({ amount, currency }) {
      const { format, scale } = currencyOf(currency);
      return format.format(amount / scale);
    },
    percent: (share) => percents.format(share),
    bytes(count) {
      const [name, size] =
        count < 1e6 ? (['kilobyte', 1e3] as const) : (['megabyte', 1e6] as const);
      return unit(Math.ceil(count / size), name);
    },
    list: (names) => lists.format(names),
    when(wallMs, now) {
      const past = now - wallMs;
      if (past < -AHEAD_MS || past >= 7 * DAY) return dates.format(wallMs);
      const step = STEPS.find(([, size]) => past >= size);
      return step === undefined ? justNow : relative.format(-Math.floor(past / step[1]), step[0]);
    },
    date: (wallMs) => dates.format(wallMs),
    moment: (wallMs) => moments.format(wallMs),
    left(ms) {
      const seconds = Math.max(0, Math.floor(ms / SECOND));
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60);
      return hours > 0
        ? `${unit(hours, 'hour')} ${unit(minutes, 'minute')}`
        : `${unit(minutes, 'minute')} ${unit(seconds % 60, 'second', minutes > 0 ? 2 : 1)}`;
    },
  };
}
