import { editMoney, parseMoney } from '../i18n/money.ts';
import type { LineView, Product } from '../wall.ts';
import type { LineDraft } from './cart-editor.svelte.ts';
import type { Language } from './language.svelte.ts';
import type { Preferences } from './preferences.svelte.ts';
import { LARGEST_QUANTITY } from './resolution.ts';

/** What is typed, as it is typed. */
export interface LineFields {
  title: string;
  quantity: string;
  price: string;
  unit: string;
  category: string;
  note: string;
}

/** A line as it is being typed. */
export interface LineForm {
  readonly fields: LineFields;
  readonly currency: string;
  /** Shown after the first attempt to send. */
  readonly problems: { readonly price?: string; readonly quantity?: string };
  /** The line, or undefined if something is missing or wrong. */
  draft(): LineDraft | undefined;
  /** A product that was chosen: all that is known of it. */
  take(product: Product): void;
  /** Ready for the next one; the category stays, people add by aisle. */
  clear(): void;
}

export interface FormComponents {
  readonly language: Language;
  readonly preferences: Preferences;
}

/** `line`: the one to change; a new one without it. */
export function createLineForm(components: FormComponents, line?: LineView): LineForm {
  const { language, preferences } = components;
  const fields = $state<LineFields>(fieldsOf(line, language.formats.locale));
  let chosen = $state.raw<Product>();
  const currency = $derived(
    line?.product.price?.currency ?? chosen?.price?.currency ?? preferences.currency,
  );
  let tried = $state(false);
  const price = $derived(parseMoney(fields.price, currency));
  const quantity = $derived(parseQuantity(fields.quantity));
  const badPrice = $derived(fields.price.trim() !== '' && price === undefined);
  const problems = $derived({
    ...(tried && badPrice ? { price: language.t.cart.badPrice } : {}),
    ...(tried && quantity === undefined ? { quantity: language.t.cart.badQuantity } : {}),
  });
  return {
    fields,
    get currency() {
      return currency;
    },
    get problems() {
      return problems;
    },
    draft() {
      const title = fields.title.trim();
      if (title === '') return undefined;
      tried = true;
      if (badPrice || quantity === undefined) return undefined;
      const unit = fields.unit.trim();
      const category = fields.category.trim();
      // Of a chosen product that was made into another one by typing, nothing unseen stays.
      const sku = line?.product.sku ?? (chosen?.title === title ? chosen.sku : undefined);
      const product = {
        title,
        ...(sku === undefined ? {} : { sku }),
        ...(category === '' ? {} : { category }),
        ...(unit === '' ? {} : { unit }),
        ...(price === undefined ? {} : { price }),
      };
      return { product, quantity, note: fields.note.trim() };
    },
    take(product) {
      chosen = product;
      const { price } = product;
      Object.assign(fields, {
        title: product.title,
        price: price === undefined ? '' : editMoney(price, language.formats.locale),
        unit: product.unit ?? '',
        category: product.category ?? '',
      });
    },
    clear() {
      chosen = undefined;
      Object.assign(fields, { ...fieldsOf(undefined, ''), category: fields.category });
      tried = false;
    },
  };
}

function fieldsOf(line: LineView | undefined, locale: string): LineFields {
  const price = line?.product.price;
  return {
    title: line?.product.title ?? '',
    quantity: String(line?.quantity ?? 1),
    price: price === undefined ? '' : editMoney(price, locale),
    unit: line?.product.unit ?? '',
    category: line?.product.category ?? '',
    note: line?.note ?? '',
  };
}

function parseQuantity(text: string): number | undefined {
  const value = /^\d{1,7}$/u.test(text.trim()) ? Number(text) : 0;
  return value >= 1 && value <= LARGEST_QUANTITY ? value : undefined;
}
