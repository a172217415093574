/** People who order what is in their carts, apart and twice, and who settle it afterwards. */
import { toAppError } from '../../src-main/base/app-error.ts';
import type { ErrorCode } from '../../src-main/base/error-code.ts';
import type { Activity } from './activity.ts';
import type { AppMachine, PeopleKit } from './app-machine.ts';
import { atDesk, type Desk } from './cart-desk.ts';
import type { OrderTruth } from './order-truth.ts';

/** What only an attempt to order once more can say. */
const ORDERS_ANEW: ReadonlySet<ErrorCode> = new Set([
  ...(['NOTHING_TO_ORDER', 'LINE_ORDERED', 'LINE_NOT_FOUND'] as const),
  ...(['CONFLICT_OPEN', 'STALE_CONTEXT', 'CART_NOT_FOUND'] as const),
]);

type Checkout = Parameters<AppMachine['app']['orders']['checkout']>[0];

export function createOrderActivities({
  world,
  orders,
}: PeopleKit): readonly Activity<AppMachine>[] {
  /** Pressed, and the machine went down or refused: the page still shows the button. */
  const unanswered = new Map<string, { readonly order: OrderTruth; readonly input: Checkout }>();

  /** Pressed again right after the answer it is the same order, and nothing else. */
  async function checkout({ peer }: Desk, { key, told }: OrderTruth, input: Checkout) {
    try {
      return await peer.app.orders.checkout(input, { idempotencyKey: key });
    } catch (error) {
      const { code } = toAppError(error);
      if (told !== undefined && ORDERS_ANEW.has(code)) {
        world.fail(`invariant 8: pressed again, ${peer.name} forgot ${told.id} (${code})`);
      }
      throw error;
    }
  }
  async function press(desk: Desk, order: OrderTruth, input: Checkout): Promise<void> {
    const { peer } = desk;
    const place = `${peer.name} ${order.account}`;
    unanswered.set(place, { order, input });
    const { order: made } = await checkout(desk, order, input);
    unanswered.delete(place);
    if (order.told !== undefined && order.told.id !== made.id) {
      world.fail(`invariant 8: one press on ${peer.name} made ${order.told.id} and ${made.id}`);
    }
    order.told = { id: made.id, paid: made.paid };
  }
  async function checkOut(desk: Desk): Promise<void> {
    const { peer, which, random } = desk;
    const { account } = which;
    const { vouchers } = await peer.app.orders.vouchers({ account });
    const used = vouchers.filter(({ left }) => left > 0 && random.chance(0.7));
    const review = await peer.app.orders.review(which);
    const lines = review.lines.filter(({ ordered }) => !ordered && random.chance(0.8));
    if (lines.length === 0) return;
    for (const { product } of lines) {
      const known = world.truth.line(product.title);
      if (known !== undefined) known.touched = true;
    }
    const ids = lines.map(({ id }) => id).toSorted();
    const titles = lines.map(({ product }) => product.title);
    const order = orders.begin({ account, by: peer.name, lines: ids, titles });
    const input = { ...which, lines: ids, vouchers: used.map(({ id }) => id) };
    await press(desk, order, input);
    if (random.chance(0.3)) await press(desk, order, input);
  }
  async function pressAgain(desk: Desk): Promise<void> {
    const again = unanswered.get(`${desk.peer.name} ${desk.which.account}`);
    if (again !== undefined) await press(desk, again.order, again.input);
  }
  async function decide({ peer, which, random }: Desk): Promise<void> {
    const groups = await peer.app.orders.overlaps({ account: which.account });
    if (groups.length === 0) return;
    const { id, shared } = random.pick(groups);
    const lines = shared.map(({ line, context, holders }) => {
      orders.decided.add(line);
      const ids = holders.map(({ order }) => order);
      const keep = ids.filter(() => random.chance(0.5));
      return { line, context, keep, cancel: ids.filter((one) => !keep.includes(one)) };
    });
    await peer.app.orders.decide({ id, lines });
  }
  return [
    { name: 'order', weight: 8, run: atDesk(world, checkOut) },
    { name: 'press the button again', weight: 4, run: atDesk(world, pressAgain) },
    { name: 'decide about orders', weight: 4, run: atDesk(world, decide) },
  ];
}
