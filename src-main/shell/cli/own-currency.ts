import { UsageError } from './usage-error.ts';

/** ISO 4217 codes by the regions (ISO 3166) that pay in them. */
const REGIONS: Readonly<Record<string, string>> = {
  AED: 'AE',
  ARS: 'AR',
  AUD: 'AU',
  BOB: 'BO',
  BRL: 'BR',
  CAD: 'CA',
  CHF: 'CH LI',
  CLP: 'CL',
  CNY: 'CN',
  COP: 'CO',
  CRC: 'CR',
  CZK: 'CZ',
  DKK: 'DK FO GL',
  DOP: 'DO',
  EGP: 'EG',
  EUR: 'AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM XK',
  GBP: 'GB GG IM JE',
  GTQ: 'GT',
  HKD: 'HK',
  HNL: 'HN',
  HUF: 'HU',
  IDR: 'ID',
  ILS: 'IL',
  INR: 'IN',
  ISK: 'IS',
  JPY: 'JP',
  KES: 'KE',
  KRW: 'KR',
  MAD: 'MA',
  MXN: 'MX',
  MYR: 'MY',
  NGN: 'NG',
  NOK: 'NO',
  NZD: 'NZ',
  PEN: 'PE',
  PHP: 'PH',
  PLN: 'PL',
  PYG: 'PY',
  RON: 'RO',
  RSD: 'RS',
  SEK: 'SE',
  SGD: 'SG',
  THB: 'TH',
  TRY: 'TR',
  TWD: 'TW',
  UAH: 'UA',
  USD: 'US EC PA PR SV',
  UYU: 'UY',
  VES: 'VE',
  VND: 'VN',
  ZAR: 'ZA',
};

/**
 * The currency of who types: $CARROSSEL_CURRENCY, else that of the system's region (`pt_BR.UTF-8`);
 * undefined where neither says.
 */
export function ownCurrency(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const chosen = env['CARROSSEL_CURRENCY'];
  if (chosen !== undefined && chosen !== '') {
    if (/^[A-Z]{3}$/.test(chosen)) return chosen;
    throw new UsageError(`CARROSSEL_CURRENCY is three letters like BRL or EUR, not "${chosen}".`);
  }
  // As the C library goes about it: LC_ALL overrides LC_MONETARY overrides LANG.
  const locale = [env['LC_ALL'], env['LC_MONETARY'], env['LANG']].find((one) => one);
  const region = /^[a-z]{2,3}[_-]([A-Z]{2})\b/.exec(locale ?? '')?.[1];
  if (region === undefined) return undefined;
  return Object.keys(REGIONS).find((code) => REGIONS[code]?.split(' ').includes(region));
}
