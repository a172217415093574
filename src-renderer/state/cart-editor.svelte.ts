import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { LineInput, LineView } from '../wall.ts';
import type { Attempt } from './attempt.ts';
import type { Language } from './language.svelte.ts';
import type { OpenCart } from './open-cart.svelte.ts';
import { LARGEST_QUANTITY } from './resolution.ts';
import type { Toasts } from './toasts.svelte.ts';

export type LineDraft = Omit<LineInput, 'id'>;

/** What a person does to the lines of one cart. */
export interface CartEditor {
  /** The quantity to show: the one being written, else the cart's. */
  quantityOf(line: LineView): number;
  /** True if it was added. */
  add(draft: LineDraft): Promise<boolean>;
  /** Shown at once; the last of several quick ones is written. */
  setQuantity(line: LineView, quantity: number): void;
  change(line: LineView, draft: LineDraft): Promise<boolean>;
  /** With a way back: the line can be added again as it was. */
  remove(line: LineView): Promise<void>;
}

export interface EditorComponents {
  readonly attempt: Attempt;
  readonly toasts: Toasts;
  readonly language: Language;
}

export function createCartEditor(cart: OpenCart, components: EditorComponents): CartEditor {
  const { attempt, toasts, language } = components;
  /** Quantities asked for and not yet answered, by line. */
  const wanted = new SvelteMap<string, number>();
  const writing = new SvelteSet<string>();

  async function writeQuantity(id: string): Promise<void> {
    if (writing.has(id)) return;
    writing.add(id);
    let written: number | undefined;
    let quantity = wanted.get(id);
    while (quantity !== undefined && quantity !== written) {
      const asked = quantity;
      const done = await attempt(() =>
        cart.write((client, target) => client.carts.setLine({ ...target, id, quantity: asked })),
      );
      written = asked;
      const line = done?.lines.find((one) => one.id === id);
      if (done?.conflict === true && line !== undefined && line.quantity !== asked) {
        toasts.info(language.t.conflict.largerShown);
      }
      quantity = done === undefined ? undefined : wanted.get(id);
    }
    wanted.delete(id);
    writing.delete(id);
  }

  const add = async (draft: LineDraft): Promise<boolean> => {
    const done = await attempt(() =>
      cart.write((client, target) => client.carts.addLines({ ...target, lines: [draft] })),
    );
    return done !== undefined;
  };

  return {
    quantityOf: (line) => wanted.get(line.id) ?? line.quantity,
    add,
    setQuantity({ id }, quantity) {
      wanted.set(id, Math.min(Math.max(1, quantity), LARGEST_QUANTITY));
      void writeQuantity(id);
    },
    async change({ id }, { product, quantity, note }) {
      const done = await attempt(() =>
        cart.write((client, target) =>
          client.carts.setLine({ ...target, id, product, quantity, note }),
        ),
      );
      return done !== undefined;
    },
    async remove({ id, product, quantity, note }) {
      const done = await attempt(() =>
        cart.write((client, target) => client.carts.removeLine({ ...target, id })),
      );
      if (done === undefined) return;
      toasts.info(language.t.cart.removed(product.title), {
        label: language.t.cart.undo,
        run: () => {
          void add({ product, quantity, note });
        },
      });
    },
  };
}
