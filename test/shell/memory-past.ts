import { AppError } from '../../src-main/base/app-error.ts';
import type { CartView } from '../../src-main/app/views.ts';
import type { PastVersion } from '../../src-main/app/views/cart-history.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import { NOON } from './sample-carts.ts';

/** A past of one version, the one of today, and a ring of nobody else. */
export function createMemoryPast(
  cartOf: (name: string) => CartView,
): Pick<AppApi, 'history' | 'picture'> {
  return {
    picture: {
      inStep: () => ({ allEqual: true, outbox: 0, members: [] }),
      ring: () => ({ partitions: 8, members: [], arcs: [], copies: 1 }),
      kept: () => [],
    },
    history: {
      list: ({ name }) => [pastOf(cartOf(name))],
      show: ({ name, version }) => {
        const cart = cartOf(name);
        const past = pastOf(cart);
        if (version !== past.version) throw new AppError('NOT_FOUND', 'It is not kept any more.');
        return { ...past, lines: cart.lines };
      },
      suggestions: () => [],
    },
  };
}

function pastOf(cart: CartView): PastVersion {
  return {
    ...{ version: 'v1', device: 'kitchen', own: true, wallMs: NOON },
    ...{ deleted: false, current: true, totals: cart.totals, lines: cart.lines.length },
  };
}
