/**
 * What has to hold of whole peers at rest (DESIGN §6), each invariant by name, judged by what
 * people did and saw. The lower floor's are in ring-checkers.ts.
 */
import type { CartView, Product } from '../../src-main/app/views.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { Checker } from './activity.ts';
import type { AppMachine, PeopleKit, Person } from './app-machine.ts';
import type { AppKit } from './app-workloads.ts';
import { standing } from './cart-truth.ts';
import { idsOf } from './item-app-activities.ts';
import { ordersAt } from './order-checkers.ts';

type Check = Checker<AppKit>['check'];
type PeopleCheck = Checker<PeopleKit>['check'];

/** By what the machines show, whatever they are. */
export const PEOPLE_CHECKERS: readonly Checker<PeopleKit>[] = [
  { invariant: 1, name: 'no line is lost', check: noLineIsLost },
  { invariant: 1, name: 'no item is lost', check: noItemIsLost },
  { invariant: 3, name: 'all machines show the same', check: allShowTheSame },
  { invariant: 6, name: 'nothing added is undone', check: nothingAddedIsUndone },
  { invariant: 6, name: 'no decision is undone', check: noDecisionIsUndone },
  { invariant: 6, name: 'what was kept stays', check: whatWasKeptStays },
];

export const APP_CHECKERS: readonly Checker<AppKit>[] = [
  ...PEOPLE_CHECKERS,
  { invariant: 3, name: 'everything has arrived', check: nothingIsUnderWay },
  { invariant: 9, name: 'sealed where the key is not', check: nothingIsReadable },
  { invariant: 9, name: 'the removed are out', check: theRemovedAreOut },
];

/** The person's carts as this machine shows them. */
export async function cartsAt(peer: AppMachine, { account }: Person): Promise<readonly CartView[]> {
  const listed = (await peer.app.carts.list()).filter((cart) => cart.account === account);
  return Promise.all(
    listed.map(({ id }) => peer.app.carts.show({ name: id, account, consistency: 'local' })),
  );
}

async function forEachDesk(
  { world }: PeopleKit,
  look: (person: Person, peer: AppMachine, carts: readonly CartView[]) => Promise<void> | void,
): Promise<void> {
  for (const person of world.people) {
    for (const peer of person.peers) await look(person, peer, await cartsAt(peer, person));
  }
}

/**
 * In a cart, or in an order that was made from one. An order of a machine that was taken off may be
 * set aside for its person (decision 0507) while somebody in force has gone on with the cart that
 * it left: its lines are then in what was found, whole, and in no cart.
 */
async function noLineIsLost(...[kit, fail]: Parameters<PeopleCheck>): Promise<void> {
  await forEachDesk(kit, async ({ account }, peer, carts) => {
    const orders = await ordersAt(peer, { account });
    const lines = [...carts, ...orders].flatMap((one): { product: Product }[] => one.lines);
    const gone = kit.orders.all(account).filter(({ lost }) => lost);
    const setAside = new Set(gone.flatMap(({ titles }) => titles));
    const shown = new Set(lines.map(({ product }) => product.title));
    for (const line of kit.world.truth.lines()) {
      if (line.account !== account || !line.acknowledged || line.removing) continue;
      if (setAside.has(line.title)) continue;
      if (!shown.has(line.title))
        fail(`${line.title}, added on ${line.by}, is not at ${peer.name}`);
    }
  });
}

const titlesInOrders = ({ orders }: PeopleKit, account: string): ReadonlySet<string> =>
  new Set(orders.all(account).flatMap(({ titles }) => titles));

/** Lines of the view that are shown as taken out though nobody ever tried to, nor ordered them. */
export function addedAndRemoved(kit: PeopleKit, { account, lines }: CartView): readonly string[] {
  const ordered = titlesInOrders(kit, account);
  return lines
    .filter(({ group }) => group === 'removed')
    .map(({ product }) => product.title)
    .filter((title) => kit.world.truth.line(title)?.removing === false && !ordered.has(title));
}

async function nothingAddedIsUndone(...[kit, fail]: Parameters<PeopleCheck>): Promise<void> {
  await forEachDesk(kit, (_person, { name }, carts) => {
    for (const title of carts.flatMap((cart) => addedAndRemoved(kit, cart))) {
      fail(`${title} is shown as taken out at ${name}, and nobody did`);
    }
  });
}

/** Kept when it was a question, and nobody tried to take it out since. */
async function whatWasKeptStays(...[kit, fail]: Parameters<PeopleCheck>): Promise<void> {
  await forEachDesk(kit, ({ account }, { name }, carts) => {
    const ordered = titlesInOrders(kit, account);
    const there = carts.flatMap(({ lines }) => lines).filter(({ group }) => group !== 'removed');
    const shown = new Set(there.map(({ product }) => product.title));
    for (const { title, keptBy, ...line } of kit.world.truth.lines()) {
      if (line.account !== account || keptBy === undefined || ordered.has(title)) continue;
      if (!shown.has(title)) fail(`${title}, kept on ${keptBy}, is not at ${name}`);
    }
  });
}

/**
 * Taken out and touched by nobody else: it may be shown as removed, or asked about. How many there
 * are without a question is what nobody replaced knowingly; of a line that was taken out or ordered
 * and came back there may be two under one title, which the truth does not tell apart.
 */
async function noDecisionIsUndone(...[kit, fail]: Parameters<PeopleCheck>): Promise<void> {
  await forEachDesk(kit, ({ account }, { name }, carts) => {
    const ordered = titlesInOrders(kit, account);
    for (const line of carts.flatMap((cart) => cart.lines)) {
      const known = kit.world.truth.line(line.product.title);
      if (known === undefined) continue;
      const isOpen = line.group === 'removed' || line.group === 'choose';
      const settled = line.variants.find(({ superseded }) => !superseded)?.quantity;
      const right = standing(known);
      if (!isOpen && !known.removing && !ordered.has(known.title) && !right.has(settled ?? 0)) {
        fail(`${known.title}: ${settled} at ${name}, and decided was ${[...right].join(' or ')}`);
      }
      if (known.touched) continue;
      const back = known.removed && line.group !== 'removed' && line.group !== 'choose';
      if (back) fail(`${known.title}, taken out on ${known.removedBy}, is back at ${name}`);
    }
  });
}

async function noItemIsLost(...[{ world, items }, fail]: Parameters<PeopleCheck>): Promise<void> {
  for (const { account, peers } of world.people) {
    for (const peer of peers) {
      for (const entry of items.entries()) {
        if (entry.account !== (account as PartitionKey)) continue;
        if (entry.acknowledged === undefined || entry.lost) continue;
        const { sortKey } = entry;
        const shown = await peer.app.items.get({ sortKey, account, consistency: 'local' });
        if (items.past(idsOf(shown)).has(entry.id)) continue;
        fail(`${entry.id} of ${sortKey}, written on ${entry.writer}, is not at ${peer.name}`);
      }
    }
  }
}

async function allShowTheSame(...[{ world }, fail]: Parameters<PeopleCheck>): Promise<void> {
  for (const person of world.people) {
    const shown = new Map<string, string[]>();
    for (const peer of person.peers) {
      const carts = (await cartsAt(peer, person)).map(
        ({ id, name, conflict, lines, siblings }) => ({
          ...{ id, name, conflict, lines },
          siblings: siblings.map(({ version }) => version),
        }),
      );
      const text = JSON.stringify(carts.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
      shown.set(text, [...(shown.get(text) ?? []), peer.name]);
    }
    if (shown.size > 1) fail(`${person.name}: ${[...shown.values()].join(' and ')} differ`);
  }
}

async function nothingIsUnderWay(...[{ world }, fail]: Parameters<Check>): Promise<void> {
  for (const { name, store } of world.joined()) {
    const outbox = await store.items.outboxSize();
    const hints = await store.items.hintBytes();
    if (outbox > 0 || hints > 0) fail(`${name} keeps ${outbox} writes and ${hints} B of hints`);
  }
}

async function nothingIsReadable(...[{ world }, fail]: Parameters<Check>): Promise<void> {
  for (const person of world.people) {
    const planted = Buffer.from(person.marker);
    for (const peer of [...world.joined(), ...world.dropped()]) {
      if (person.everAt.has(peer)) continue;
      for await (const chunk of peer.disk.walk()) {
        const open = chunk.find(
          ({ key, value }) => key.includes(person.marker) || Buffer.from(value).includes(planted),
        );
        if (open !== undefined) fail(`${peer.name} can read ${person.name} in ${open.key}`);
      }
    }
  }
}

function theRemovedAreOut(...[{ world }, fail]: Parameters<Check>): void {
  for (const gone of world.dropped()) {
    for (const peer of world.joined()) {
      const meets = world.network.node(peer.peer)?.isConnected(gone.peer) === true;
      if (meets) fail(`${peer.name} still speaks with ${gone.name}`);
    }
  }
}
