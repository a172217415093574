import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { ApiError } from '../api-error.ts';
import type { CartView, LineInput, LineView } from '../wall.ts';
import type { Attempt } from './attempt.ts';
import { contentOf, held, idsGiven, patched, patchOf, type HeldLine } from './cart-patch.ts';
import type { Language } from './language.svelte.ts';
import type { OpenCart } from './open-cart.svelte.ts';
import { LARGEST_QUANTITY } from './resolution.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';
import { createUndo, type Applied, type Step, type Undo } from './undo.svelte.ts';

export type LineDraft = Omit<LineInput, 'id'>;

/** What a person does to the lines of one cart; every change can be taken back. */
export interface CartEditor {
  readonly undo: Undo;
  /** These lines are about to be shown. */
  know(lines: readonly LineView[]): void;
  /** The quantity to show: the one being written, else the cart's. */
  quantityOf(line: LineView): number;
  /** Quantities being written, by line: for who needs those of all lines at once. */
  readonly quantities: Readonly<Record<string, number>>;
  /** True if it was added. */
  add(draft: LineDraft): Promise<boolean>;
  /** Shown at once; the last of several quick ones is written. */
  setQuantity(line: LineView, quantity: number): void;
  change(line: LineView, draft: LineDraft): Promise<boolean>;
  /** With a way back: the line can be added again as it was. */
  remove(line: LineView): Promise<void>;
  /** Ids of all lines, first to last. */
  arrange(order: readonly string[]): Promise<void>;
  /** The whole cart as it was in a version of the past. True if it is so now. */
  bringBack(lines: readonly HeldLine[], label: string): Promise<boolean>;
  /** What was written besides: it can be taken back here, too. */
  wrote(label: string, before: readonly HeldLine[], after: readonly HeldLine[]): void;
  /** For a message about the last change: takes back that one, for as long as it is the last. */
  wayBack(label: string): ToastAction;
}

export interface EditorComponents {
  readonly attempt: Attempt;
  readonly toasts: Toasts;
  readonly language: Language;
}

/** More lines than this are written as one cart, not line by line. */
const FEW = 3;
const LOST: readonly string[] = ['LINE_NOT_FOUND', 'CART_NOT_FOUND'];

export function createCartEditor(cart: OpenCart, components: EditorComponents): CartEditor {
  const { attempt, toasts, language } = components;
  /**
   * Quantities asked for and not yet answered, by line; 0 is none. Every line has its entry: who
   * looks for one that is not there would be told of all that come.
   */
  const wanted = new SvelteMap<string, number>();
  /** Those of them that are asked for, in one piece: sums do not hang on a thousand entries. */
  let quantities = $state.raw<Readonly<Record<string, number>>>({});
  const want = (id: string, quantity: number): void => {
    wanted.set(id, quantity);
    const { [id]: _, ...others } = quantities;
    quantities = quantity === 0 ? others : { ...others, [id]: quantity };
  };
  const writing = new SvelteSet<string>();
  /** What a line is called since it was added again: lines that enter get a new id. */
  const renamed = new SvelteMap<string, string>();
  const t = () => language.t.cart;
  const now = (): readonly LineView[] => cart.view?.lines ?? [];
  const idNow = (id: string): string => {
    let name = id;
    for (let next = renamed.get(name); next !== undefined; next = renamed.get(name)) name = next;
    return name;
  };
  const today = (line: HeldLine): HeldLine => ({ ...line, id: idNow(line.id) });
  const rename = (given: ReadonlyMap<string, string>): void => {
    for (const [old, id] of given) if (old !== id) renamed.set(old, id);
  };

  const writeLines = (lines: readonly LineDraft[]): Promise<CartView> =>
    cart.write((client, target) => client.carts.addLines({ ...target, lines: [...lines] }));
  const writeLine = ({ id, product, quantity, note }: HeldLine): Promise<CartView> =>
    cart.write((client, target) =>
      client.carts.setLine({ ...target, id, product, quantity, note }),
    );
  const writeOut = (id: string): Promise<CartView> =>
    cart.write((client, target) => client.carts.removeLine({ ...target, id }));
  const writeOrder = (lines: readonly string[]): Promise<CartView> =>
    cart.write((client, target) => client.carts.arrange({ ...target, lines: [...lines] }));
  const writeWhole = (lines: readonly LineInput[], resolve: boolean): Promise<CartView> => {
    const context = cart.view?.context ?? '';
    return cart.write((client, target) =>
      client.carts.put({ ...target, context, lines: [...lines], resolve }),
    );
  };

  /** Takes today's cart from one side of a step to the other. */
  async function apply(step: Step, back: boolean): Promise<Applied> {
    let lost = false;
    const own = ({ code }: ApiError): boolean => {
      lost = LOST.includes(code);
      return false;
    };
    const done = await attempt(async () => {
      await applyLines(
        (back ? step.after : step.before).map(today),
        (back ? step.before : step.after).map(today),
      );
      const order = back ? step.order?.before : step.order?.after;
      if (order !== undefined) await writeOrder(order.map(idNow));
      return true;
    }, own);
    if (done === true) toasts.info((back ? t().undone : t().redone)(step.label));
    return done === true ? 'done' : lost ? 'lost' : 'kept';
  }
  async function applyLines(from: readonly HeldLine[], to: readonly HeldLine[]): Promise<void> {
    const before = now();
    const patch = patchOf(before, from, to);
    const size = patch.remove.length + patch.set.length;
    if (size > FEW && cart.view?.conflict !== true) {
      const { lines } = await writeWhole(patched(before, patch), false);
      rename(idsGiven(before, lines, patch.add));
      return;
    }
    for (const { id } of patch.remove) await writeOut(id);
    for (const line of patch.set) await writeLine(line);
    if (patch.add.length === 0) return;
    const { lines } = await writeLines(patch.add.map(contentOf));
    rename(idsGiven(before, lines, patch.add));
  }
  const undo = createUndo(apply);

  async function writeQuantity(line: LineView): Promise<void> {
    const { id } = line;
    if (writing.has(id)) return;
    writing.add(id);
    let written: number | undefined;
    let quantity = wanted.get(id) ?? 0;
    while (quantity !== 0 && quantity !== written) {
      const asked = quantity;
      const done = await attempt(() =>
        cart.write((client, target) => client.carts.setLine({ ...target, id, quantity: asked })),
      );
      if (done !== undefined) written = asked;
      const shown = done?.lines.find((one) => one.id === id);
      if (done?.conflict === true && shown !== undefined && shown.quantity !== asked) {
        toasts.info(language.t.conflict.largerShown);
      }
      quantity = done === undefined ? 0 : (wanted.get(id) ?? 0);
    }
    want(id, 0);
    writing.delete(id);
    if (written === undefined || written === line.quantity) return;
    wrote(t().changed(line.product.title), [held(line)], [{ ...held(line), quantity: written }]);
  }
  const wrote = (label: string, before: readonly HeldLine[], after: readonly HeldLine[]): void => {
    undo.done({ label, before, after });
  };

  return {
    undo,
    wrote,
    wayBack: (label) => ({
      label: t().undo,
      offered: () => undo.undoable === label,
      run: () => void undo.undo(),
    }),
    know(lines) {
      for (const { id } of lines) if (!wanted.has(id)) wanted.set(id, 0);
    },
    quantityOf: (line) => wanted.get(line.id) || line.quantity,
    get quantities() {
      return quantities;
    },
    async add(draft) {
      const before = now();
      const done = await attempt(() => writeLines([draft]));
      if (done === undefined) return false;
      const added = { id: '', ...draft };
      const id = idsGiven(before, done.lines, [added]).get('');
      if (id !== undefined) wrote(t().added(draft.product.title), [], [{ ...added, id }]);
      return true;
    },
    setQuantity(line, quantity) {
      want(line.id, Math.min(Math.max(1, quantity), LARGEST_QUANTITY));
      void writeQuantity(line);
    },
    async change(line, draft) {
      const after = { id: line.id, ...draft };
      const done = await attempt(() => writeLine(after));
      if (done === undefined) return false;
      wrote(t().changed(draft.product.title), [held(line)], [after]);
      return true;
    },
    async remove(line) {
      const ids = now().map(({ id }) => id);
      const done = await attempt(() => writeOut(line.id));
      if (done === undefined) return;
      const label = t().removed(line.product.title);
      // Back in its place, unless that is the end, where lines come back by themselves.
      const order =
        ids.at(-1) === line.id
          ? {}
          : { order: { before: ids, after: ids.filter((id) => id !== line.id) } };
      undo.done({ label, before: [held(line)], after: [], ...order });
      toasts.info(label, {
        label: t().undo,
        run: () => {
          if (undo.undoable === label) void undo.undo();
          else void attempt(() => writeLines([contentOf(line)]));
        },
      });
    },
    async arrange(order) {
      const before = now().map(({ id }) => id);
      const done = await attempt(() => writeOrder(order));
      if (done === undefined) return;
      undo.done({ label: t().sorted, before: [], after: [], order: { before, after: order } });
    },
    async bringBack(lines, label) {
      const before = now().map(held);
      const done = await attempt(() => writeWhole(lines.map(held), true));
      if (done === undefined) return false;
      wrote(label, before, done.lines.map(held));
      return true;
    },
  };
}
