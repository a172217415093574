/**
 * What the person likes, on this machine and in this browser only: language, appearance, currency,
 * how carts written apart are shown, and the cart they were at last.
 * Private state, getters, verbs; made once by the app and handed down by context.
 */
export type Locale = 'en' | 'pt-BR';
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
export const LOCALES: readonly Locale[] = ['en', 'pt-BR'];

export interface Preferences {
  /** Undefined: as in the system. */
  readonly chosenLocale: Locale | undefined;
  readonly locale: Locale;
  readonly theme: Theme;
  /** ISO 4217, for new prices. */
  readonly currency: string;
  /** Of a cart written apart, what only one side changed is shown as it is (DESIGN §2 Carts). */
  readonly suggested: boolean;
  /** Name of the cart last shown, as `place.ts` writes it. */
  readonly lastCart: string;
  setLocale(locale: Locale | undefined): void;
  setTheme(theme: Theme): void;
  setCurrency(currency: string): void;
  setSuggested(suggested: boolean): void;
  setLastCart(cart: string): void;
}

const KEY = 'carrossel.preferences';
interface Kept {
  locale?: unknown;
  theme?: unknown;
  currency?: unknown;
  suggested?: unknown;
  lastCart?: unknown;
}

export interface PreferencesInit {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  /** The languages the system asks for, best first. */
  readonly languages: readonly string[];
}

export function createPreferences({ storage, languages }: PreferencesInit): Preferences {
  const kept = read(storage);
  const system = localeOf(languages);
  let locale = $state(LOCALES.find((known) => known === kept.locale));
  let theme = $state<Theme>(THEMES.find((known) => known === kept.theme) ?? 'system');
  let currency = $state(
    typeof kept.currency === 'string' && /^[A-Z]{3}$/u.test(kept.currency)
      ? kept.currency
      : currencyOf(languages, system),
  );
  let suggested = $state(kept.suggested === true);
  let lastCart = typeof kept.lastCart === 'string' ? kept.lastCart : '';
  const keep = (): void => {
    try {
      storage.setItem(KEY, JSON.stringify({ locale, theme, currency, suggested, lastCart }));
    } catch {
      // A browser that keeps nothing: the choice holds for this page.
    }
  };
  return {
    get chosenLocale() {
      return locale;
    },
    get locale() {
      return locale ?? system;
    },
    get theme() {
      return theme;
    },
    get currency() {
      return currency;
    },
    get suggested() {
      return suggested;
    },
    get lastCart() {
      return lastCart;
    },
    setLocale(value) {
      locale = value;
      keep();
    },
    setTheme(value) {
      theme = value;
      keep();
    },
    setCurrency(value) {
      currency = value;
      keep();
    },
    setSuggested(value) {
      suggested = value;
      keep();
    },
    setLastCart(value) {
      lastCart = value;
      keep();
    },
  };
}

function read(storage: PreferencesInit['storage']): Kept {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function localeOf(languages: readonly string[]): Locale {
  const first = languages.find((language) => /^(en|pt)\b/iu.test(language)) ?? 'en';
  return first.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en';
}

const EURO = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ');

/** A first guess by region; the settings change it. */
function currencyOf(languages: readonly string[], locale: Locale): string {
  const region = languages.map((tag) => /-([A-Z]{2})\b/u.exec(tag)?.[1]).find(Boolean);
  if (region === 'GB') return 'GBP';
  if (region !== undefined && EURO.includes(region)) return 'EUR';
  return region === 'BR' || (region === undefined && locale === 'pt-BR') ? 'BRL' : 'USD';
}
