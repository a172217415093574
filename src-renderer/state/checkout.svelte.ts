import { toApiError, type ApiError } from '../api-error.ts';
import type { CartView, CheckoutReview } from '../wall.ts';
import type { AppState } from './app.svelte.ts';

/** A checkout being put together: what is chosen, and what the peer says it comes to. */
export interface Checkout {
  readonly review: CheckoutReview | undefined;
  readonly error: ApiError | undefined;
  readonly busy: boolean;
  isChosen(line: string): boolean;
  isUsed(voucher: string): boolean;
  toggleLine(line: string): void;
  toggleVoucher(voucher: string): void;
  /** The id of the order; undefined when it was refused, which the person has been told. */
  order(): Promise<string | undefined>;
}

export function createCheckout(
  { account, id }: Pick<CartView, 'account' | 'id'>,
  { api, attempt, orders }: Pick<AppState, 'api' | 'attempt' | 'orders'>,
): Checkout {
  let review = $state.raw<CheckoutReview>();
  let error = $state.raw<ApiError>();
  let busy = $state(false);
  /** Left out by the person; what comes meanwhile is in. */
  let without = $state.raw<readonly string[]>([]);
  let asked = 0;

  const input = () => ({
    ...{ name: id, account },
    ...(review === undefined
      ? {}
      : {
          lines: review.lines
            .filter((line) => line.ordered === undefined && !without.includes(line.id))
            .map((line) => line.id),
          vouchers: review.vouchers
            .map((voucher) => voucher.id)
            .filter((voucher) => !without.includes(voucher)),
        }),
  });
  async function ask(): Promise<void> {
    const mine = ++asked;
    try {
      const answer = await api.call((client) => client.orders.review(input()));
      if (mine !== asked) return;
      const first = review === undefined;
      review = answer;
      error = undefined;
      // Only now are the vouchers known, and all of them are used unless the person says otherwise.
      if (first && answer.vouchers.length > 0) await ask();
    } catch (failure) {
      if (mine === asked) error = toApiError(failure, false);
    }
  }
  const toggle = (what: string): void => {
    without = without.includes(what) ? without.filter((one) => one !== what) : [...without, what];
    void ask();
  };
  void ask();

  return {
    get review() {
      return review;
    },
    get error() {
      return error;
    },
    get busy() {
      return busy;
    },
    isChosen: (line) => !without.includes(line),
    isUsed: (voucher) => !without.includes(voucher),
    toggleLine: toggle,
    toggleVoucher: toggle,
    async order() {
      if (busy || review === undefined) return undefined;
      busy = true;
      const { context, pay } = review;
      const done = await attempt(() =>
        api.call((client) => client.orders.checkout({ ...input(), context, pay })),
      );
      busy = false;
      if (done === undefined) await ask();
      else orders.refresh();
      return done?.order.id;
    },
  };
}
