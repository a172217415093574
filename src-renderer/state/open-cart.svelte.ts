import type { Api } from '../api.ts';
import type { ApiError } from '../api-error.ts';
import type { CartView, Client } from '../wall.ts';
import { keepSame, saysSame } from './line-lists.ts';

/** Which cart: carts of different accounts may have one id. */
export interface CartRef {
  readonly account: string;
  readonly id: string;
}

/** One cart, live: what the peer shows of it now, and the way to write it. */
export interface OpenCart {
  readonly ref: CartRef;
  readonly view: CartView | undefined;
  /** Why it is not shown; undefined while all is well. */
  readonly error: ApiError | undefined;
  /** Deleted, or never there. */
  readonly gone: boolean;
  /**
   * A write that answers with the new cart; shown at once unless something newer came meanwhile.
   */
  write(run: (client: Client, ref: Target) => Promise<{ cart: CartView }>): Promise<CartView>;
  again(): void;
  close(): void;
}

/** The part of each request that names the cart. */
export interface Target {
  readonly name: string;
  readonly account: string;
}

const GONE = new Set(['CART_NOT_FOUND', 'NOT_FOUND', 'ACCOUNT_NOT_FOUND']);

export function createOpenCart(ref: CartRef, { api }: { api: Api }): OpenCart {
  const target: Target = { name: ref.id, account: ref.account };
  let view = $state.raw<CartView>();
  let error = $state.raw<ApiError>();
  let gone = $state(false);
  /** Counts what the stream has shown: an answer from before it is not shown over it. */
  let shown = 0;

  /**
   * Lines that say what they said stay the same objects: of a long cart little is drawn anew; and
   * nothing at all is looked at when the cart that came says what is shown.
   */
  const show = (cart: CartView): void => {
    const next = { ...cart, lines: keepSame(view?.lines ?? [], cart.lines) };
    if (view?.lines !== next.lines || !saysSame(view, next)) view = next;
  };
  const follow = (): (() => void) =>
    api.follow<CartView>({
      open: (client, signal) => client.carts.watch(target, { signal }),
      each(cart) {
        shown += 1;
        show(cart);
        error = undefined;
        gone = false;
      },
      ended(failure) {
        if (failure === undefined || GONE.has(failure.code)) gone = true;
        else error = failure;
      },
    });
  let cancel = follow();
  return {
    ref,
    get view() {
      return view;
    },
    get error() {
      return error;
    },
    get gone() {
      return gone;
    },
    async write(run) {
      const before = shown;
      const { cart } = await api.call((client) => run(client, target));
      if (shown === before) show(cart);
      return cart;
    },
    again() {
      cancel();
      error = undefined;
      gone = false;
      cancel = follow();
    },
    close() {
      cancel();
    },
  };
}
