/** People and their carts, through the app's own services. */
import type { CartView, LineInput, LineView } from '../../src-main/app/views.ts';
import type { Activity } from './activity.ts';
import type { AppMachine, PeopleKit } from './app-machine.ts';
import { addedAndRemoved } from './app-checkers.ts';
import { atDesk, cartAt, type Desk } from './cart-desk.ts';
import type { LineTruth } from './cart-truth.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a person sets is larger than what lines begin with, and no two set the same. */
const STEP = 30;

export function createCartActivities(kit: PeopleKit): readonly Activity<AppMachine>[] {
  const { world } = kit;
  const { truth } = world;
  /** A page that somebody left open: its context is old by now. */
  const leftOpen = new Map<string, CartView>();

  const on = (act: (desk: Desk) => Promise<unknown>) => atDesk(world, act);

  /** The cart as this machine holds it; what is beyond doubt is judged as it is seen. */
  async function look(desk: Desk): Promise<CartView> {
    const view = await cartAt(desk);
    for (const title of addedAndRemoved(kit, view)) {
      world.fail(
        `invariant 6 (nothing added is undone): ${title} is shown as taken out on ` +
          `${desk.peer.name}, and nobody did`,
      );
    }
    return view;
  }
  async function add({ peer, which, person, random }: Desk): Promise<void> {
    const told = truth.toldBy(peer.name);
    const lines = Array.from({ length: 1 + random.below(2) }, () =>
      truth.begin({ account: person.account, by: peer.name, marker: person.marker }),
    );
    await peer.app.carts.addLines({
      ...which,
      lines: lines.map((line) => {
        const { title } = line;
        const price = { amount: 1 + random.below(500), currency: 'EUR' };
        const quantity = 1 + random.below(5);
        truth.decide(line, { by: peer.name, quantity }).told = true;
        return { product: { title, price }, quantity, note: person.marker };
      }),
    });
    told(() => {
      for (const line of lines) line.acknowledged = true;
    });
  }
  async function set(desk: Desk): Promise<void> {
    const { peer, which, random } = desk;
    const { lines } = await look(desk);
    if (lines.length === 0) return;
    const line = random.pick(lines);
    const known = truth.line(line.product.title);
    const quantity = STEP * (known?.decisions.length ?? 1) + random.below(STEP);
    if (known !== undefined) known.touched = true;
    // What it came to without a question is replaced; if not, that is a question from now on.
    const settled = line.variants.filter(({ superseded }) => !superseded);
    const seen = settled.length === 1 ? settled[0]?.quantity : 0;
    const decision = known && truth.decide(known, { by: peer.name, quantity, seen: seen ?? 0 });
    await peer.app.carts.setLine({ ...which, id: line.id, quantity });
    if (decision !== undefined) decision.told = true;
  }
  async function remove(desk: Desk): Promise<void> {
    const { peer, which, random } = desk;
    const { lines } = await look(desk);
    if (lines.length === 0) return;
    const { id, product } = random.pick(lines);
    const known = truth.line(product.title);
    const ended = known && truth.takeOut(known);
    const told = truth.toldBy(peer.name);
    await peer.app.carts.removeLine({ ...which, id }).finally(ended);
    told(() => {
      if (known !== undefined) isRemoved(known, peer);
    });
  }
  /** Saves the whole cart as a page shows it, without one of its lines now and then. */
  async function save(desk: Desk, view: CartView, resolve: boolean): Promise<void> {
    const { peer, which, random } = desk;
    const gone = view.lines.filter((line) => isLeftOut(line, random));
    const ended: (() => void)[] = [];
    const told: (() => void)[] = [];
    const tells = truth.toldBy(peer.name);
    for (const line of view.lines) {
      const known = truth.line(line.product.title);
      if (known === undefined) continue;
      if (gone.includes(line)) ended.push(truth.takeOut(known));
      else {
        known.touched = true;
        const decision = truth.decide(known, { by: peer.name, quantity: line.quantity });
        told.push(() => (decision.told = true));
        if (resolve && line.group === 'choose') told.push(keeping(known, peer));
      }
    }
    const lines = view.lines.filter((line) => !gone.includes(line)).map(asInput);
    const { context } = view;
    const saved = resolve
      ? peer.app.carts.resolve({ ...which, context, lines })
      : peer.app.carts.put({ ...which, context, lines, resolve: false });
    await saved.finally(() => {
      for (const one of ended) one();
    });
    for (const { product } of gone) {
      const known = truth.line(product.title);
      if (known !== undefined)
        told.push(() => {
          isRemoved(known, peer);
        });
    }
    tells(() => {
      for (const one of told) one();
    });
  }
  return [
    {
      name: 'make a cart',
      weight: 4,
      run: on(({ peer, which }) => peer.app.carts.create(which)),
    },
    { name: 'add to a cart', weight: 30, run: on(add) },
    { name: 'set a line', weight: 15, run: on(set) },
    { name: 'take a line out', weight: 10, run: on(remove) },
    {
      name: 'save a cart',
      weight: 6,
      run: on(async (desk) => save(desk, await look(desk), false)),
    },
    {
      name: 'leave a page open',
      weight: 4,
      run: on(async (desk) => {
        leftOpen.set(desk.which.name, await look(desk));
      }),
    },
    {
      name: 'save a cart from an old page',
      weight: 4,
      run: on(async (desk) => {
        const view = leftOpen.get(desk.which.name);
        if (view !== undefined) await save(desk, view, desk.random.chance(0.5));
      }),
    },
    {
      name: 'resolve a conflict',
      weight: 8,
      run: on(async (desk) => {
        const view = await look(desk);
        if (view.conflict) await save(desk, view, true);
      }),
    },
    {
      name: 'read a cart',
      weight: 8,
      run: on(({ peer, which, random }) =>
        peer.app.carts.show({ ...which, consistency: random.pick(['eventual', 'strict']) }),
      ),
    },
  ];
}

function isRemoved(line: LineTruth, { name }: AppMachine): void {
  line.removed = true;
  line.removedBy = name;
}

/** @returns to be called when it is decided: it is kept if nobody tried to take it out meanwhile */
function keeping(line: LineTruth, { name }: AppMachine): () => void {
  const { removals, leaving } = line;
  return () => {
    if (leaving === 0 && line.removals === removals) line.keptBy = name;
  };
}

function isLeftOut(line: LineView, random: SeededRandom): boolean {
  if (line.group === 'removed') return true;
  return random.chance(line.group === 'choose' ? 0.5 : 0.05);
}

function asInput({ id, product, quantity, note }: LineView): LineInput {
  return { id, product, quantity, note };
}
