import {
  everyoneConnected,
  everyoneSeesConflict,
  everyoneShows,
  type Household,
} from './household.ts';
import type { PeerProcess } from './peer-process.ts';

/** What a family has after some weeks: so much that every screen has something to show. */

export const CART = 'Groceries';
/** Written apart by two machines: every group of the dialog is in it. */
export const APART = 'Birthday party';

const brl = (amount: number) => ({ amount, currency: 'BRL' });
const line = (title: string, category: string, cents: number, quantity = 1, note = '') => ({
  product: { title, ...(category === '' ? {} : { category }), price: brl(cents) },
  quantity,
  note,
});

async function add(peer: PeerProcess, cart: string, lines: readonly object[]): Promise<void> {
  await peer.call('POST', `/carts/${encodeURIComponent(cart)}/lines`, { lines });
}

async function change(peer: PeerProcess, cart: string, title: string, quantity: number) {
  const path = await linePath(peer, cart, title);
  await peer.call('PATCH', path, { quantity });
}

async function linePath(peer: PeerProcess, cart: string, title: string): Promise<string> {
  const found = (await peer.cart(cart)).lines.find(({ product }) => product.title === title);
  if (found === undefined) throw new Error(`no ${title}`);
  return `/carts/${encodeURIComponent(cart)}/lines/${encodeURIComponent(found.id)}`;
}

/** Orders of several kinds, and a cart that goes on. */
export async function fillOrders(home: Household): Promise<void> {
  const [first, second] = home.peers;
  if (first === undefined || second === undefined) throw new Error('two machines');
  await first.call('POST', '/carts', { name: CART });
  for (const lines of [
    [line('Rice 5 kg', 'Pantry', 2990, 2), line('Olive oil, cold pressed', 'Pantry', 4590)],
    [line('Soap', 'Cleaning', 349, 6), line('Washing powder', 'Cleaning', 2190)],
    [line('Tomatoes', 'Vegetables', 899, 3, 'ripe ones'), line('Bread', '', 1250)],
  ]) {
    await add(first, CART, lines);
    const titles = lines.map(({ product }) => product.title);
    await everyoneShows(home.peers, CART, titles);
    await second.call('POST', `/carts/${CART}/checkout`, {});
    await everyoneShows(home.peers, CART, []);
  }
  await add(first, CART, [
    line('Coffee', 'Pantry', 1890, 2),
    line('Black beans', 'Pantry', 849, 3, 'The ones from the market, not the canned kind'),
    line('A cake with strawberries and a great deal of cream on top', 'Bakery', 12990),
    line('French bread', 'Bakery', 75, 12),
  ]);
  await first.add(CART, 'Batteries AA', 8);
}

/** Two machines, never on at once, write one cart; then both are on. */
export async function writeApart(home: Household, names: readonly [string, string]): Promise<void> {
  const [one, other] = names;
  const both = home.peers;
  await home.peer(one).call('POST', '/carts', { name: APART });
  const titles = ['Balloons', 'Candles', 'Juice', 'Plates'];
  const start = titles.map((title, i) => line(title, '', 500 + 125 * i, 2));
  await add(home.peer(one), APART, start);
  await everyoneShows(both, APART, titles);
  await home.peer(other).stop();
  await change(home.peer(one), APART, 'Juice', 6);
  await home.peer(one).call('DELETE', await linePath(home.peer(one), APART, 'Plates'));
  await add(home.peer(one), APART, [line('Ice cream', '', 2490), line('Napkins', '', 399)]);
  await home.peer(one).stop();
  const second = await home.restart(other);
  await change(second, APART, 'Juice', 4);
  await change(second, APART, 'Candles', 10);
  await add(second, APART, [line('Ice cream', '', 2490, 3)]);
  const now = [await home.restart(one), second];
  await everyoneConnected(now);
  await everyoneSeesConflict(now, APART, true);
}
