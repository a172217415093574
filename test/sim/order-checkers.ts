/**
 * Invariant 8 of whole peers at rest: money adds up, and each order, voucher and effect of a
 * function is there exactly once, whatever went down in the middle of it.
 */
import type { OrderView } from '../../src-main/app/views/orders.ts';
import { sumsOf } from '../app/order-sums.ts';
import type { Checker } from './activity.ts';
import type { AppMachine, PeopleKit, Person } from './app-machine.ts';
import type { CartTruth } from './cart-truth.ts';
import type { OrderTruth } from './order-truth.ts';
import { DIARIES, diaryKey, unionOf, type Diary, type Told } from './simulated-functions.ts';

type Check = Checker<PeopleKit>['check'];

export const ORDER_CHECKERS: readonly Checker<PeopleKit>[] = [
  { invariant: 8, name: 'the sums are even', check: sumsAreEven },
  { invariant: 8, name: 'each order once', check: eachOrderOnce },
  { invariant: 8, name: 'one order keeps a line', check: oneKeepsALine },
  { invariant: 8, name: 'a voucher for each line not kept', check: vouchersFitTheLines },
  { invariant: 8, name: 'all machines judge alike', check: allJudgeAlike },
];

/** Where the functions of simulated-functions.ts run. */
export const EFFECT_CHECKERS: readonly Checker<PeopleKit>[] = [
  { invariant: 8, name: 'an effect once', check: effectsOnce },
];

const MOST_ORDERS = 1000;

/** All orders of the account, whole, as this machine shows them. */
export async function ordersAt(
  { app }: AppMachine,
  { account }: Pick<Person, 'account'>,
): Promise<readonly OrderView[]> {
  const { orders } = await app.orders.list({ account, limit: MOST_ORDERS });
  return Promise.all(orders.map(({ id }) => app.orders.show({ id })));
}

async function forEachDesk(
  { world }: PeopleKit,
  look: (person: Person, peer: AppMachine) => Promise<void>,
): Promise<void> {
  for (const person of world.people) for (const peer of person.peers) await look(person, peer);
}

async function sumsAreEven(...[{ world }, fail]: Parameters<Check>): Promise<void> {
  for (const peer of world.joined()) {
    const { difference } = await sumsOf(peer.app);
    if (Object.keys(difference).length > 0) fail(`${peer.name}: ${JSON.stringify(difference)}`);
  }
}

const joined = (words: readonly string[]): string => words.toSorted().join();

/**
 * The lines that were ordered: by their ids; by what they are called where a machine was put back,
 * which issues them under other ids when it meets what it wrote before (DESIGN §2 Epochs).
 */
function isOf(lines: OrderView['lines'], pressed: OrderTruth, isGone: boolean): boolean {
  if (joined(lines.map(({ id }) => id)) === joined(pressed.lines)) return true;
  return isGone && joined(lines.map(({ product }) => product.title)) === joined(pressed.titles);
}

async function eachOrderOnce(...[kit, fail]: Parameters<Check>): Promise<void> {
  await forEachDesk(kit, async (person, peer) => {
    const held = await ordersAt(peer, person);
    const pressed = kit.orders.all(person.account);
    const { isGone } = kit.orders;
    for (const press of pressed) {
      const { told, by, lost } = press;
      if (told === undefined || lost) continue;
      const [order, other] = held.filter(({ id }) => id === told.id);
      const what = `${told.id}, ordered on ${by}, at ${peer.name}`;
      if (order === undefined || other !== undefined) {
        fail(`${what}: ${order === undefined ? 'not there' : 'twice'}`);
        continue;
      }
      if (!isOf(order.lines, press, isGone(by))) fail(`${what}: of other lines`);
      if (JSON.stringify(order.paid) !== JSON.stringify(told.paid)) fail(`${what}: other sums`);
    }
    // What nobody was told of may be there, once for each press of the button.
    const known = new Set(pressed.flatMap(({ told }) => told?.id ?? []));
    const open = pressed.filter(({ told }) => told === undefined);
    for (const order of held.filter(({ id }) => !known.has(id))) {
      const at = open.findIndex((press) => isOf(order.lines, press, isGone(press.by)));
      if (at < 0) fail(`${order.id} at ${peer.name}: nobody ordered that`);
      else open.splice(at, 1);
    }
  });
}

/** Where nobody decided, a line that stands in orders is kept by one of them. */
async function oneKeepsALine(...[kit, fail]: Parameters<Check>): Promise<void> {
  await forEachDesk(kit, async (person, peer) => {
    const lines = (await ordersAt(peer, person)).flatMap((order) => order.lines);
    for (const [id, all] of Map.groupBy(lines, (line) => line.id)) {
      const kept = all.filter((line) => line.kept).length;
      if (kept === 1 || kit.orders.decided.has(id)) continue;
      fail(`${all[0]?.product.title} at ${peer.name}: kept by ${kept} orders of ${all.length}`);
    }
  });
}

async function vouchersFitTheLines(...[kit, fail]: Parameters<Check>): Promise<void> {
  await forEachDesk(kit, async (person, peer) => {
    const { vouchers } = await peer.app.orders.vouchers({ account: person.account });
    const byId = Map.groupBy(vouchers, ({ id }) => id);
    for (const [id, all] of byId) if (all.length > 1) fail(`${id} at ${peer.name}: given twice`);
    for (const { id, amount, left, uses } of vouchers) {
      const used = uses.reduce((sum, use) => sum + use.amount, 0);
      if (left < 0 || used + left !== amount.amount) fail(`${id} at ${peer.name}: used too much`);
    }
    const lines = (await ordersAt(peer, person)).flatMap((order) => order.lines);
    const owed = lines.filter(({ kept, amount }) => !kept && (amount?.amount ?? 0) > 0);
    for (const { voucher = '', amount, product } of owed) {
      const given = byId.get(voucher)?.[0]?.amount;
      if (given?.amount === amount?.amount && given?.currency === amount?.currency) continue;
      fail(`${product.title}, not kept, at ${peer.name}: its voucher is ${JSON.stringify(given)}`);
    }
    const ofLines = vouchers.filter(({ due }) => due === undefined).length;
    if (ofLines !== owed.length) fail(`${peer.name}: ${ofLines} vouchers, ${owed.length} lines`);
  });
}

async function allJudgeAlike(...[{ world }, fail]: Parameters<Check>): Promise<void> {
  for (const person of world.people) {
    const said = new Map<string, string[]>();
    for (const peer of person.peers) {
      const orders = (await ordersAt(peer, person)).map(
        ({ id, lines, paid, due, group, open }) => ({
          ...{ id, lines, paid, due, group, open },
        }),
      );
      const balance = await peer.app.orders.vouchers({ account: person.account });
      const sorted = orders.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const text = JSON.stringify([sorted, balance]);
      said.set(text, [...(said.get(text) ?? []), peer.name]);
    }
    if (said.size > 1) fail(`${person.name}: ${[...said.values()].join(' and ')} differ`);
  }
}

/**
 * What the function on this machine wrote down of its account. A machine that was put back to an
 * older state has written apart from what it had written before; so has one that had to begin a new
 * epoch, since its disk had refused to note what left it: then each side has another epoch's name.
 */
async function toldTo(
  diary: Diary,
  peer: AppMachine,
  account: string,
  { truth, fail }: { readonly truth: CartTruth; readonly fail: Parameters<Check>[1] },
): Promise<readonly Told[]> {
  const which = { sortKey: diaryKey(diary, peer.name), account, consistency: 'local' } as const;
  const { siblings } = await peer.app.items.get(which).catch(() => ({ siblings: [] }));
  const actors = new Set(siblings.map(({ version }) => version.split('.')[0]));
  const renamed = truth.hasRefused(peer.name) && actors.size === siblings.length;
  if (siblings.length > 1 && !renamed && !truth.isGone(peer.name)) {
    fail(`the diary of ${diary} of ${peer.name} stands twice`);
  }
  return unionOf(siblings.map(({ value }) => (value ?? []) as unknown as readonly Told[]));
}

/**
 * Functions were told of each order and product, and what they did of an event is there once. A
 * disk that was damaged or put back may have lost how far they were: then an event comes again.
 */
async function effectsOnce(...[kit, fail]: Parameters<Check>): Promise<void> {
  await forEachDesk(kit, async ({ account }, peer) => {
    const isLost = kit.world.truth.isGone(peer.name);
    for (const [diary, prefix] of Object.entries(DIARIES) as [Diary, string][]) {
      const told = await toldTo(diary, peer, account, { truth: kit.world.truth, fail });
      for (const [id, all] of Map.groupBy(told, (one) => one.id)) {
        if (all.length === 1 || isLost) continue;
        fail(`${peer.name}: event ${id} of ${all[0]?.key} had ${all.length} effects`);
      }
      const keys = new Set(told.map(({ key }) => key));
      const range = { account, prefix, limit: MOST_ORDERS, reverse: false } as const;
      const { items } = await peer.app.items.query(range);
      for (const { sortKey } of items) {
        if (!keys.has(sortKey)) fail(`${peer.name}: ${sortKey} had no effect`);
      }
    }
  });
}
