import { UsageError } from './usage-error.ts';

export interface Amount {
  readonly amount: number;
  readonly currency: string;
}

/** Digits after the point of a currency: 2 for BRL, 0 for JPY. UsageError when there is no such. */
function fractionDigits(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new UsageError(`--currency takes three letters like BRL or EUR, not "${currency}".`);
  }
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** `R$ 21.90`, in the words of the locale. */
export function moneyText(money: Amount, locale: string): string {
  const digits = fractionDigits(money.currency);
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency })
    .format(money.amount / 10 ** digits)
    .replace(/\u00a0/g, ' ');
}

/** `21.90` or `21,90` in minor units. */
export function parsePrice(text: string, currency: string): Amount {
  const digits = fractionDigits(currency);
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) {
    throw new UsageError(`--price takes an amount like 21.90, not "${text}".`);
  }
  return { amount: Number(whole + fraction.padEnd(digits, '0')), currency };
}
