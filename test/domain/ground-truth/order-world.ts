/**
 * Devices that fill one cart, check out, use vouchers and decide apart, with the real domain code.
 * Items travel one by one, so an order may come before its cart or long after it. Who knew of which
 * order, who decided after whom and who paid what is told to the oracle, which knows no ids, no
 * dots and no vouchers; the code's words on every device are compared with it.
 */
import { balanceOf, type Balance } from '../../../src-main/domain/balance.ts';
import {
  addLines,
  draftOf,
  removeLine,
  setLine,
  stampLines,
} from '../../../src-main/domain/cart-edit.ts';
import type { Draft } from '../../../src-main/domain/cart-edit.ts';
import { autoResolved, mergeCart, siblingToEdit } from '../../../src-main/domain/cart-merge.ts';
import { lineKey, type CartSibling, type LineContent } from '../../../src-main/domain/cart.ts';
import { checkoutSums } from '../../../src-main/domain/checkout.ts';
import type { ActorId, Hash } from '../../../src-main/domain/ids.ts';
import { judgeOrders, type JudgedOrders } from '../../../src-main/domain/order-groups.ts';
import type { Decision, Order, OrderId } from '../../../src-main/domain/order.ts';
import { mergeSiblings, type Version } from '../../../src-main/domain/versioned-item.ts';
import { contextForWrite } from '../../../src-main/domain/write-context.ts';
import { createOrderOracle, sumsDiffer, type OrderOracle } from './order-oracle.ts';
import { createSeeded, type Seeded } from './seeded.ts';

export interface OrderTally {
  orders: number;
  overlaps: number;
  vouchers: number;
  used: number;
  dues: number;
  duesPaid: number;
  surplus: number;
  decisions: number;
  /** What must never be, each told in a sentence. */
  wrong: string[];
}

export interface OrderWorldOptions {
  readonly seed: number;
  readonly steps: number;
  /** Replaces the code's balance, to show that the checkers bite. */
  readonly balance?: (orders: readonly Order[], judged: JudgedOrders, device: number) => Balance;
  /** Replaces an order before it is written, likewise. */
  readonly spoil?: (order: Order) => Order;
}

interface DecisionVersion extends Version {
  readonly decision: Decision;
  /** The oracle's number of it. */
  readonly number: number;
}

interface Device {
  readonly index: number;
  readonly actor: ActorId;
  counter: number;
  lastOwn: Map<string, number>;
  cart: readonly CartSibling[];
  orders: Map<OrderId, Order>;
  /** By line, with the siblings of its decision item. */
  decisions: Map<string, readonly DecisionVersion[]>;
}

const ITEM = { cart: 'cart', decision: (line: string) => `decision ${line}` };

export function runOrderWorld(options: OrderWorldOptions): OrderTally {
  const random = createSeeded(options.seed);
  const oracle = createOrderOracle();
  const devices = Array.from({ length: 2 + random.below(4) }, (_, index): Device => {
    const actor = String(index).padStart(32, 'a') as ActorId;
    const empty = { cart: [], orders: new Map(), decisions: new Map() };
    return { index, actor, counter: 0, lastOwn: new Map(), ...empty };
  });
  const tally: OrderTally = {
    ...{ orders: 0, overlaps: 0, vouchers: 0, used: 0, dues: 0, duesPaid: 0, surplus: 0 },
    ...{ decisions: 0, wrong: [] },
  };
  const balance = options.balance ?? ((orders, judged) => balanceOf(orders, judged));

  for (let i = 0; i < options.steps; i++) {
    const device = random.pick(devices);
    step(device, devices, { random, oracle, tally, balance, spoil: options.spoil ?? same });
    check(device, { oracle, tally, balance, seed: options.seed });
  }
  heal(devices, random);
  const told = devices.map((device) => {
    check(device, { oracle, tally, balance, seed: options.seed });
    const { judged, sums } = view(device, balance);
    const groups = judged.groups.map((group) => [group.orders, group.shared]);
    return JSON.stringify([groups, sums]);
  });
  if (new Set(told).size > 1) tally.wrong.push(`seed ${options.seed}: devices differ`);
  const [first] = devices;
  if (first !== undefined) countUp(tally, view(first, balance));
  return tally;
}

interface World {
  readonly random: Seeded;
  readonly oracle: OrderOracle;
  readonly tally: OrderTally;
  readonly balance: NonNullable<OrderWorldOptions['balance']>;
  readonly spoil: (order: Order) => Order;
}

function same(order: Order): Order {
  return order;
}

function view(device: Device, balance: World['balance']) {
  const decisions = new Map(
    [...device.decisions].map(([line, all]) => [line, all.map(({ decision }) => decision)]),
  );
  const orders = [...device.orders.values()];
  const judged = judgeOrders(orders, decisions);
  return { judged, sums: balance(orders, judged, device.index) };
}

function step(device: Device, devices: readonly Device[], world: World): void {
  const { random } = world;
  const dice = random.below(100);
  if (dice < 25) exchange(device, random.pick(devices), random, 0.8);
  else if (dice < 55) edit(device, random);
  else if (dice < 65) resolve(device, random);
  else if (dice < 88) checkOut(device, world);
  else decide(device, world);
}

/** Some of the items the other holds: an order without its cart, a cart without its order. */
function exchange(device: Device, other: Device, random: Seeded, each: number): void {
  if (random.chance(each)) device.cart = mergeSiblings(device.cart, other.cart);
  for (const [id, order] of random.chance(0.5) ? other.orders : [...other.orders].reverse()) {
    if (random.chance(each)) device.orders.set(id, order);
  }
  for (const [line, siblings] of other.decisions) {
    if (!random.chance(each)) continue;
    device.decisions.set(line, mergeSiblings(device.decisions.get(line) ?? [], siblings));
  }
}

function heal(devices: readonly Device[], random: Seeded): void {
  for (let round = 0; round < 2; round++) {
    for (const device of devices) for (const other of devices) exchange(device, other, random, 1);
  }
}

function content(random: Seeded): LineContent {
  const amount = random.chance(0.1) ? -50 : 100 * (1 + random.below(9));
  const price = { amount, currency: random.chance(0.2) ? 'BRL' : 'EUR' };
  const product = { title: `product ${random.below(4)}` };
  const priced = random.chance(0.9) ? { ...product, price } : product;
  return { product: priced, quantity: 1 + random.below(3), note: '' };
}

/** The dot and context of a write of one item over what is held of it. */
function stamp(device: Device, item: string, replaced: readonly Version[]) {
  device.counter += 1;
  const { actor, counter } = device;
  const lastOwn = device.lastOwn.get(item) ?? counter - 1;
  device.lastOwn.set(item, counter);
  const context = contextForWrite({ actor, counter, lastOwn, replaced });
  return { dot: { actor, counter }, hash: `${actor}${counter}` as Hash, context };
}

function writeCart(device: Device, replaced: readonly CartSibling[], draft: Draft): void {
  const version = stamp(device, ITEM.cart, replaced);
  const cart = stampLines({ draft, replaced, dot: version.dot, wallMs: 0 });
  device.cart = mergeSiblings(device.cart, [{ ...version, cart }]);
}

function edit(device: Device, random: Seeded): void {
  const union = mergeCart(device.cart);
  const target = union.lines.length > 0 && random.chance(0.4) ? random.pick(union.lines) : null;
  const one = siblingToEdit(device.cart, (actor) => actor === device.actor, target?.id);
  const draft = one?.cart === undefined ? { name: '', lines: [] } : draftOf(one.cart);
  const replaced = union.conflict ? (one === undefined ? [] : [one]) : device.cart;
  const held = target !== null && draft.lines.some(({ id }) => id && sameLine(id, target.id));
  if (target === null || !held) {
    const more = Array.from({ length: 1 + random.below(2) }, () => content(random));
    writeCart(device, replaced, addLines(draft, more));
  } else if (random.chance(0.5)) writeCart(device, replaced, removeLine(draft, target.id));
  else writeCart(device, replaced, setLine(draft, target.id, content(random)));
}

function sameLine(a: Parameters<typeof lineKey>[0], b: Parameters<typeof lineKey>[0]): boolean {
  return lineKey(a) === lineKey(b);
}

/** Settles the cart; sometimes keeping lines that another device has ordered meanwhile. */
function resolve(device: Device, random: Seeded): void {
  if (device.cart.length < 2) return;
  const merged = mergeCart(device.cart);
  const all = random.chance(0.3) ? merged.lines : autoResolved(merged).lines;
  const lines = all.filter(() => random.chance(0.9));
  const bare = lines.map(({ id, product, quantity, note }) => ({ id, product, quantity, note }));
  writeCart(device, device.cart, { name: '', lines: bare });
}

function checkOut(device: Device, { random, oracle, tally, balance, spoil }: World): void {
  const merged = mergeCart(device.cart);
  if (merged.conflict) return;
  const { judged, sums } = view(device, balance);
  const open = merged.lines.filter(({ id }) => judged.standing(lineKey(id)) === undefined);
  const lines = open.filter(() => random.chance(0.8));
  if (lines.length === 0) return;
  const chosen = sums.vouchers.filter(() => random.chance(0.8)).map(({ id }) => id);
  const { dues, vouchers, pay } = checkoutSums(lines, sums, chosen);
  const digits = Array.from({ length: 8 }, () => random.below(65536).toString(16).padStart(4, '0'));
  const order = spoil({
    id: digits.join('') as OrderId,
    cart: { id: 'c', name: '' },
    lines: lines.map(({ id, product, quantity, note }) => ({ id, product, quantity, note })),
    again: [...new Set(lines.flatMap(({ id }) => judged.holders(lineKey(id))))],
    vouchers,
    dues,
  });
  tally.orders++;
  oracle.ordered(order.id, order.lines, { knew: [...device.orders.keys()], pay });
  device.orders.set(order.id, order);
  const ordered = new Set(lines.map(({ id }) => lineKey(id)));
  const rest = merged.lines.filter(({ id }) => !ordered.has(lineKey(id)));
  const bare = rest.map(({ id, product, quantity, note }) => ({ id, product, quantity, note }));
  writeCart(device, device.cart, { name: '', lines: bare });
}

/** A person answers for one line what all orders this device knows of come to. */
function decide(device: Device, { random, oracle, tally, balance }: World): void {
  const { judged } = view(device, balance);
  const shared = judged.groups.flatMap((group) => group.shared);
  const lines = [...device.orders.values()].flatMap((order) => order.lines.map(({ id }) => id));
  if (lines.length === 0) return;
  const line =
    shared.length > 0 && random.chance(0.8) ? random.pick(shared).line : random.pick(lines);
  const key = lineKey(line);
  const holders = judged.holders(key);
  const keep = holders.filter(() => random.chance(0.4));
  const cancel = holders.filter((id) => !keep.includes(id));
  const replaced = device.decisions.get(key) ?? [];
  const number = oracle.decided(
    key,
    replaced.map((one) => one.number),
    { keep, cancel },
  );
  const version = { ...stamp(device, ITEM.decision(key), replaced), number };
  const decision = { keep, cancel };
  device.decisions.set(key, mergeSiblings(replaced, [{ ...version, decision }]));
  tally.decisions++;
}

function check(
  device: Device,
  { oracle, tally, balance, seed }: Pick<World, 'oracle' | 'tally' | 'balance'> & { seed: number },
): void {
  const { judged, sums } = view(device, balance);
  const held = [...device.orders.values()];
  const numbers = [...device.decisions.values()].flatMap((all) => all.map(({ number }) => number));
  const truth = oracle.truth([...device.orders.keys()], numbers);
  const asked = new Set(
    judged.groups.flatMap(({ shared }) =>
      shared
        .filter(({ open }) => open)
        .flatMap(({ line, holders }) => holders.map((id) => `${id} ${lineKey(line)}`)),
    ),
  );
  for (const order of held) {
    for (const { id } of order.lines) {
      const line = lineKey(id);
      const where = `seed ${seed}, order ${order.id.slice(0, 6)} line ${line}`;
      const said = judged.isKept(order.id, line);
      if (said !== truth.isKept(order.id, line)) {
        tally.wrong.push(`${where}: ${said ? 'kept' : 'cancelled'}, and is not`);
      }
      const asks = asked.has(`${order.id} ${line}`);
      if (asks !== truth.isOpen(order.id, line)) {
        tally.wrong.push(`${where}: ${asks ? 'asked in vain' : 'not asked'}`);
      }
    }
  }
  const difference = sumsDiffer(truth, sums);
  if (difference !== undefined) tally.wrong.push(`seed ${seed}, ${difference}`);
  const ids = sums.vouchers.map(({ id }) => id);
  if (new Set(ids).size < ids.length) tally.wrong.push(`seed ${seed}: a voucher given twice`);
  if (sums.vouchers.some(({ left, amount }) => left < 0 || left > amount.amount)) {
    tally.wrong.push(`seed ${seed}: a voucher used beyond its amount`);
  }
}

function countUp(tally: OrderTally, { judged, sums }: ReturnType<typeof view>): void {
  tally.overlaps += judged.groups.length;
  tally.vouchers += sums.vouchers.length;
  tally.used += sums.vouchers.filter(({ uses }) => uses.length > 0).length;
  tally.dues += sums.dues.length;
  tally.duesPaid += sums.dues.filter(({ paid }) => paid > 0).length;
  tally.surplus += sums.vouchers.filter(({ source }) => source.kind === 'surplus').length;
}
