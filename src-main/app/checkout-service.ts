/**
 * Checkout: the chosen lines leave the cart and become an order, in one durable batch (DESIGN §2
 * Checkout and compensation). It works with nobody else awake; what was ordered apart is found when
 * the machines meet.
 */
import { AppError, isAppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { mergeCart, type MergedLine } from '../domain/cart-merge.ts';
import { lineIdString, lineKey, parseLineId, totalsOf, type Money } from '../domain/cart.ts';
import { checkoutSums, type CheckoutSums } from '../domain/checkout.ts';
import { encodeOrder } from '../domain/order-codec.ts';
import type { Order, OrderId, VoucherId } from '../domain/order.ts';
import { seenOfAll } from '../domain/versioned-item.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import { cartNotFound, type CartDrafts } from './cart-drafts.ts';
import type { CartFinder, CartPlace } from './cart-finder.ts';
import type { CartService } from './cart-service.ts';
import { isGone, type CartVersion, type CartVersions } from './cart-versions.ts';
import { makeContextToken, readContextToken, versionName } from './context-token.ts';
import type { ItemReader } from './item-reader.ts';
import type { ItemWriter, Writing } from './item-writer.ts';
import { ORDER_PREFIX, type OrderBook, type OrderLedger } from './order-book.ts';
import type { OrderService } from './order-service.ts';
import { contentView, voucherView } from './order-view.ts';
import { staleContext } from './twins.ts';
import type { CheckedOut, CheckoutReview } from './views/orders.ts';

export interface CheckoutInput {
  readonly name: string;
  readonly account?: string | undefined;
  /** Ids; all that are not ordered yet where it is left out. */
  readonly lines?: readonly string[] | undefined;
  /** Ids of vouchers to use, in this order; none where it is left out. */
  readonly vouchers?: readonly string[] | undefined;
  /** What was shown of the cart. */
  readonly context?: string | undefined;
  /** What the person agreed to pay; refused when it comes to something else. */
  readonly pay?: readonly Money[] | undefined;
}

export interface CheckoutService {
  /** What it would come to. @throws CART_NOT_FOUND, CONFLICT_OPEN, LINE_NOT_FOUND, LINE_ORDERED */
  review(input: CheckoutInput): Promise<CheckoutReview>;
  /** @throws as `review`; NOTHING_TO_ORDER, STALE_CONTEXT (cart or sums are not as shown) */
  checkout(input: CheckoutInput & Writing): Promise<CheckedOut>;
}

export interface CheckoutComponents {
  readonly random: Random;
  readonly finder: CartFinder;
  readonly versions: CartVersions;
  readonly drafts: CartDrafts;
  readonly reader: ItemReader;
  readonly writer: ItemWriter;
  readonly orders: OrderBook;
  readonly carts: CartService;
  readonly orderService: OrderService;
}

const SETTLE_MS = 300;
/** How often the cart may change under the hand that orders it. */
const MAX_TRIES = 10;
const ID_BYTES = 16;

/** The cart at the till: one opinion of it, and what stands in the account's orders. */
interface Till {
  readonly place: CartPlace;
  readonly siblings: readonly CartVersion[];
  readonly name: string;
  readonly all: readonly MergedLine<CartVersion>[];
  readonly lines: readonly MergedLine<CartVersion>[];
  readonly ledger: OrderLedger;
  readonly sums: CheckoutSums;
}

export function createCheckoutService(components: CheckoutComponents): CheckoutService {
  const { finder, versions, reader, writer, orders, carts, orderService } = components;

  async function open(input: CheckoutInput): Promise<Till> {
    const place = await finder.find(input.name, input.account);
    const ledger = await orders.ledger(place.account);
    const siblings = versions.open(place.account, (await reader.local(place.key)).siblings);
    if (isGone(siblings)) throw cartNotFound(input.name);
    const merged = mergeCart(siblings);
    if (merged.conflict) throw conflictOpen();
    if (input.context !== undefined) refuseOther(place, siblings, input.context);
    const lines = chosenLines(merged.lines, ledger, input.lines);
    const sums = checkoutSums(
      lines,
      ledger.balance,
      (input.vouchers ?? []) as readonly VoucherId[],
    );
    return { place, siblings, name: merged.name, all: merged.lines, lines, ledger, sums };
  }

  async function attempt(input: CheckoutInput & Writing): Promise<CheckedOut> {
    const till = await open(input);
    if (till.lines.length === 0) throw nothingToOrder();
    if (input.pay !== undefined && !samePay(input.pay, till.sums.pay)) throw staleContext();
    const order = orderOf(till, components.random);
    const { w, consistency } = input;
    const { safety } = await writer.write(
      [orderRequest(till, order), cartRequest(till, components.drafts)],
      { w, consistency, settleMs: SETTLE_MS, inOrder: true },
    );
    const cart = await carts.view(till.place);
    return { order: await orderService.show({ id: order.id }), cart, safety };
  }

  return {
    async review(input) {
      return reviewView(await open(input));
    },
    async checkout(input) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(input);
        } catch (error) {
          // The cart was written between look and batch: look again, unless the person has agreed
          // to just what was shown.
          const agreed = input.context !== undefined || input.pay !== undefined;
          if (!isAppError(error, 'STALE_CONTEXT') || agreed || tries === MAX_TRIES) throw error;
        }
      }
    },
  };
}

function chosenLines(
  all: Till['all'],
  { judged }: OrderLedger,
  ids: readonly string[] | undefined,
): Till['lines'] {
  const isOrdered = (line: MergedLine<CartVersion>): boolean =>
    judged.standing(lineKey(line.id)) !== undefined;
  if (ids === undefined) return all.filter((line) => !isOrdered(line));
  const keys = new Set(ids.map((id) => lineKey(parseLineId(id))));
  const lines = all.filter((line) => keys.has(lineKey(line.id)));
  if (lines.length < keys.size) {
    throw new AppError('LINE_NOT_FOUND', 'That line is not in the cart (any more).');
  }
  const ordered = lines.find(isOrdered);
  if (ordered === undefined) return lines;
  throw new AppError('LINE_ORDERED', `"${ordered.product.title}" is ordered already.`, {
    details: { line: lineIdString(ordered.id), order: judged.standing(lineKey(ordered.id)) },
  });
}

function orderOf({ place, name, lines, ledger, sums }: Till, random: Random): Order {
  const again = lines.flatMap(({ id }) => ledger.judged.holders(lineKey(id)));
  return {
    id: toHex(random.bytes(ID_BYTES)) as OrderId,
    cart: { id: place.id, name },
    lines: lines.map(({ id, product, quantity, note }) => ({ id, product, quantity, note })),
    again: [...new Set(again)].sort(),
    vouchers: sums.vouchers,
    dues: sums.dues,
  };
}

/** Its context is the cart's `seen` it was made from: all of it is in the past of this version. */
function orderRequest({ place, siblings }: Till, order: Order): IssueRequest {
  return place.account.request(`${ORDER_PREFIX}${order.id}`, () => ({
    kind: 'value',
    type: 'order',
    replaced: [],
    given: seenOfAll(siblings),
    encode: () => encodeOrder(order),
  }));
}

function cartRequest({ place, siblings, lines }: Till, drafts: CartDrafts): IssueRequest {
  const ordered = new Set(lines.map(({ id }) => lineKey(id)));
  return place.account.request(place.key.sortKey, (given) =>
    drafts.without(place.account, { ordered, shown: siblings }, given),
  );
}

function reviewView({ place, siblings, name, all, lines, ledger, sums }: Till): CheckoutReview {
  const { account, id, key } = place;
  const used = new Map(sums.vouchers.map(({ voucher, amount }) => [voucher, amount.amount]));
  return {
    cart: { id, name },
    account: account.id,
    context: makeContextToken(account.contextKey(), key, siblings),
    lines: all.map((line) => {
      const ordered = ledger.judged.standing(lineKey(line.id));
      return {
        ...contentView(line),
        id: lineIdString(line.id),
        chosen: lines.includes(line),
        ...(ordered === undefined ? {} : { ordered }),
      };
    }),
    vouchers: ledger.balance.vouchers
      .filter(({ left }) => left > 0)
      .map((voucher) => ({
        ...voucherView(account, ledger, voucher),
        used: used.get(voucher.id) ?? 0,
      })),
    dues: sums.dues.map((due) => ({ order: due.order, amount: { ...due.amount } })),
    totals: [...totalsOf(lines)],
    pay: [...sums.pay],
  };
}

/** Refuses a cart that is not just what the person was shown. */
function refuseOther(place: CartPlace, siblings: readonly CartVersion[], context: string): void {
  const read = readContextToken(place.account.contextKey(), place.key, context);
  const held = siblings.map(versionName).sort().join();
  if ([...read.versions].sort().join() !== held) throw staleContext();
}

function samePay(a: readonly Money[], b: readonly Money[]): boolean {
  const text = (all: readonly Money[]): string =>
    all
      .filter(({ amount }) => amount !== 0)
      .map(({ amount, currency }) => `${currency} ${amount}`)
      .sort()
      .join();
  return text(a) === text(b);
}

function conflictOpen(): AppError {
  return new AppError(
    'CONFLICT_OPEN',
    'This cart was changed apart. Choose first what it should hold, then order it.',
  );
}

function nothingToOrder(): AppError {
  return new AppError('NOTHING_TO_ORDER', 'There is nothing in this cart that is not ordered yet.');
}
