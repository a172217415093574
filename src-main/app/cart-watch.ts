/** A cart now and again at every change, for windows and `carrossel watch`. */
import { isAppError } from '../base/app-error.ts';
import { itemKeyString, type ItemKey } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { arrangementKey } from './cart-arrangement.ts';
import type { CartFinder } from './cart-finder.ts';
import type { CartService } from './cart-service.ts';
import { createWakes, endingWith } from './coalescing.ts';
import type { Deliveries } from './deliveries.ts';
import { isOrderKey } from './order-book.ts';
import type { CartView } from './views.ts';

export interface CartWatch {
  /**
   * Ends when the cart is deleted, with the signal, or when the app stops. A reader that is slow
   * gets the cart as it is when it asks, not each step on the way. @throws CART_NOT_FOUND
   */
  watch(
    input: { name: string; account?: string | undefined },
    signal?: AbortSignal,
  ): Promise<AsyncIterableIterator<CartView>>;
}

export function createCartWatch(components: {
  readonly store: ItemStore;
  readonly finder: CartFinder;
  readonly carts: CartService;
  readonly deliveries: Deliveries;
  /** Aborts when the app stops. */
  readonly stopping: AbortSignal;
}): CartWatch {
  const { store, finder, carts, deliveries, stopping } = components;
  return {
    async watch({ name, account }, signal) {
      const place = await finder.find(name, account);
      const ends = signal === undefined ? stopping : AbortSignal.any([signal, stopping]);
      const wakes = createWakes(ends);
      const mine = new Set([place.key, arrangementKey(place)].map(itemKeyString));
      const onKey = ({ key }: { readonly key: ItemKey }): void => {
        if (mine.has(itemKeyString(key))) wakes.wake();
        // Lines may stand in an order now, or no more.
        else if (isOrderKey(key.sortKey) && key.partitionKey === place.account.id) wakes.wake();
      };
      const offs = [store.on('changed', onKey), deliveries.on('moved', onKey)];
      const release = (): void => {
        for (const off of offs) off();
      };
      ends.addEventListener('abort', release, { once: true });
      wakes.wake();
      async function* views(): AsyncGenerator<CartView, void, undefined> {
        try {
          let before = '';
          while (await wakes.next()) {
            const view = await carts.view(place);
            const now = JSON.stringify(view);
            if (now !== before) yield view;
            before = now;
          }
        } catch (error) {
          if (!isAppError(error, 'CART_NOT_FOUND')) throw error;
        } finally {
          ends.removeEventListener('abort', release);
          release();
          wakes.end();
        }
      }
      return endingWith(wakes, views(), release);
    },
  };
}
