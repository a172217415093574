/**
 * The cart that is most likely seen first, asked for at the start: not only after the peer has said
 * how it is, which carts there are, and the frame around it is drawn.
 */
import type { CartRef, OpenCart } from './open-cart.svelte.ts';
import { placeOf, type Place } from './place.ts';

export interface FirstCart {
  /** Opens the cart of this place, or the one that was shown last, if it is a cart's. */
  begin(place: Place, last: string): void;
  /** The cart; the one from the start if it is that. Whoever takes it closes it. */
  take(ref: CartRef): OpenCart;
  stop(): void;
}

export function createFirstCart(open: (ref: CartRef) => OpenCart): FirstCart {
  let first: OpenCart | undefined;
  return {
    begin(place, last) {
      const at = place.screen === 'cart' && place.account === undefined ? placeOf(last) : place;
      if (at.screen !== 'cart' || at.account === undefined || at.id === undefined) return;
      first = open({ account: at.account, id: at.id });
    },
    take(ref) {
      const given = first;
      first = undefined;
      if (given?.ref.account === ref.account && given.ref.id === ref.id) return given;
      given?.close();
      return open(ref);
    },
    stop() {
      first?.close();
    },
  };
}
