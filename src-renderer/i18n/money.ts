import type { Money } from '../wall.ts';
import { minorDigits } from './format.ts';

/** The largest amount the contract takes, in minor units. */
const LARGEST = 1e12;

/**
 * Money as people write it: “12”, “12.50”, “12,5”, “1.234,50”, “R$ 3,99”. The last point or comma
 * with no more digits behind it than the currency has is the decimal mark; all others group.
 * Undefined if it is no amount of money.
 */
export function parseMoney(text: string, currency: string): Money | undefined {
  const digits = minorDigits(currency);
  const bare = text.replace(/[\s\u00a0\u202f]/gu, '').replace(/^\p{Sc}|^[A-Z]{1,3}\p{Sc}?/u, '');
  if (!/^\d[\d.,]*$/u.test(bare)) return undefined;
  const mark = /[.,](?=\d*$)/u.exec(bare);
  const behind = mark === null ? 0 : bare.length - mark.index - 1;
  const decimal = mark !== null && behind <= digits;
  const whole = decimal ? bare.slice(0, mark.index) : bare;
  // One mark cannot be both: 12,345,6 is no number.
  if (decimal && whole.includes(bare.charAt(mark.index))) return undefined;
  if (/[.,]/u.test(whole) && !/^\d{1,3}([.,]\d{3})+$/u.test(whole)) return undefined;
  const fraction = decimal ? bare.slice(mark.index + 1) : '';
  const amount = Number(whole.replace(/[.,]/gu, '') + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(amount) && amount <= LARGEST ? { amount, currency } : undefined;
}

/** Money the way `parseMoney` reads it, for an input: “12.50” or “12,50”. */
export function editMoney({ amount, currency }: Money, locale: string): string {
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(amount / 10 ** digits);
}
