import type { Item, QueryInput } from '../../src-renderer/state/look-up-query.ts';
import { ApiError } from '../../src-renderer/api-error.ts';
import type { Bridge } from '../../src-renderer/bridge.ts';
import type {
  CartSummary,
  CartView,
  Change,
  Client,
  DeviceView,
  Finding,
  InviteView,
  LineInput,
  MemberView,
  NearbyDoor,
  NearbyRing,
  OrderView,
  PastCart,
  Status,
  Suggestion,
} from '../../src-renderer/wall.ts';
import { createFixtureActivity, noActivity, type FixtureActivity } from './fixture-activity.ts';
import { createFixtureArchive } from './fixture-archive.ts';
import { createFixturePicture, quietRing, type FixtureRing } from './fixture-ring.ts';
import { createStreams } from './fixture-streams.ts';
import { createFixtureOrders } from './fixture-till.ts';
import { answerQuery } from './fixture-look-up.ts';
import { spentGroups } from './fixture-orders.ts';
import { ACCOUNT, cart as cartView, line, members, status, summary } from './fixture-views.ts';

/** What the page asked for: procedure and input. */
export interface Asked {
  readonly what: string;
  readonly input: unknown;
}

/**
 * A peer at the wall of the contract, in memory: state that a test sets, requests it can look at.
 */
export interface FixturePeer {
  readonly bridge: Bridge;
  readonly asked: Asked[];
  state: FixtureActivity &
    FixtureRing & {
      status: Status;
      carts: CartView[];
      members: MemberView[];
      invites: InviteView[];
      devices: DeviceView[];
      findings: Finding[];
      rings: NearbyRing[];
      door: NearbyDoor;
      orders: OrderView[];
      items: Item[];
      past: PastCart[];
      suggestions: Suggestion[];
    };
  /** The next request of this name fails with this error. */
  failNext(what: string, error: Error): void;
  /** Shows the admin's screen other newcomers. */
  showDoor(door: NearbyDoor): void;
  /** Shows a cart's new state to those who watch it. */
  showCart(view: CartView): void;
  tell(change: Change): void;
  /** The line breaks; new ones fail until `mend`. */
  cut(): void;
  mend(): void;
}

export const RING_PHRASE =
  'abandon ability able about above absent absorb abstract absurd abuse access accident';
export const ACCOUNT_PHRASE = 'zoo zone zero youth young yellow year yard wrong wrist write world';

interface Options {
  readonly signal?: AbortSignal;
}

export function createFixturePeer(init: Partial<FixturePeer['state']> = {}): FixturePeer {
  const state: FixturePeer['state'] = {
    status: status(),
    carts: [],
    members: members(),
    invites: [],
    devices: [],
    findings: [],
    rings: [],
    door: { newcomers: [], full: false },
    orders: [],
    ...quietRing(),
    ...{ items: [], past: [] },
    suggestions: [],
    ...noActivity(),
    ...init,
  };
  const asked: Asked[] = [];
  const failures = new Map<string, Error>();
  const events = createStreams<Change>();
  const watches = createStreams<CartView>();
  const doors = createStreams<NearbyDoor>();
  const nearby = createStreams<NearbyRing[]>();
  let open = true;
  let closing = Promise.withResolvers<void>();

  const answer = <T>(what: string, make: (input: never) => T) =>
    ((input: unknown): Promise<T> => {
      asked.push({ what, input });
      const failure = failures.get(what);
      failures.delete(what);
      if (failure !== undefined) return Promise.reject(failure);
      // What the fixture itself refuses is the peer's refusal.
      return Promise.try(() => make(input as never));
    }) as never;
  const find = (name: string): CartView => {
    const found = state.carts.find(({ id }) => id === name);
    if (found === undefined) throw new ApiError('CART_NOT_FOUND', 'There is no such cart.');
    return found;
  };
  const showCart = (view: CartView): void => {
    state.carts = [...state.carts.filter(({ id }) => id !== view.id), view];
    watches.push(view);
    tell({ type: 'cart', account: view.account, id: view.id, conflict: view.conflict });
  };
  const tell = (change: Change): void => {
    events.push(change);
  };
  const write = (view: CartView): { cart: CartView; safety: CartView['safety'] } => {
    queueMicrotask(() => {
      showCart(view);
    });
    return { cart: view, safety: view.safety };
  };
  const lineOf = ({ product, quantity, note }: LineInput, id: string) =>
    line(product.title, { id, product, quantity, note });
  let count = 0;

  const client = {
    system: {
      health: answer('system.health', () => ({ ok: true, peerId: 'x' })),
      status: answer('system.status', () => state.status),
      doctor: answer('system.doctor', () => ({ findings: state.findings })),
      events: (_: unknown, { signal }: Options = {}) =>
        Promise.resolve(events.open(signal, { type: 'hello' })),
    },
    ring: {
      create: answer('ring.create', () => {
        state.status = status({ accounts: [], notices: [] });
        return { ring: state.status.ring, phrase: RING_PHRASE };
      }),
      join: answer('ring.join', () => {
        state.status = status({ accounts: [] });
        return { ring: state.status.ring };
      }),
      members: answer('ring.members', () => state.members),
      invites: answer('ring.invites', () => state.invites),
      invite: answer('ring.invite', () => ({
        id: 'i1',
        link: `carrossel://join/${'oWRyaW5nWCBhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5'.repeat(5)}`,
        expiresMs: Date.now() + 86_400_000,
      })),
      closeInvite: answer('ring.closeInvite', () => ({ closed: true })),
      revoke: answer('ring.revoke', () => ({ revoked: true })),
    },
    nearby: {
      seek: (_: unknown, { signal }: Options = {}) =>
        Promise.resolve(nearby.open(signal, state.rings)),
      ask: answer('nearby.ask', () => ({ peerId: 'p1', name: 'Home', digits: '042137' })),
      join: answer('nearby.join', () => {
        state.status = status({ accounts: [] });
        return { ring: state.status.ring };
      }),
      door: (_: unknown, { signal }: Options = {}) =>
        Promise.resolve(doors.open(signal, state.door)),
      admit: answer('nearby.admit', () => ({ admitted: true })),
      refuse: answer('nearby.refuse', () => ({ refused: true })),
    },
    accounts: {
      list: answer('accounts.list', () => state.status.accounts),
      create: answer('accounts.create', ({ name }: { name: string }) => {
        const account = {
          id: ACCOUNT,
          name,
          shared: false,
          current: true,
          deviceName: 'x',
          revoked: false,
        };
        state.status = { ...state.status, accounts: [account] };
        return { account, phrase: ACCOUNT_PHRASE };
      }),
      logIn: answer('accounts.logIn', () => {
        state.status = status();
        return { account: state.status.accounts[0] };
      }),
      checkPhrase: answer('accounts.checkPhrase', ({ phrase }: { phrase: string }) => ({
        account: phrase === ACCOUNT_PHRASE ? state.status.accounts[0] : null,
      })),
      devices: answer('accounts.devices', () => state.devices),
    },
    carts: {
      list: answer('carts.list', (): CartSummary[] => state.carts.map((view) => summary(view))),
      create: answer('carts.create', ({ name }: { name: string }) =>
        write(cartView({ id: `c-${name}`, name, lines: [] })),
      ),
      show: answer('carts.show', ({ name }: { name: string }) => find(name)),
      watch: ({ name }: { name: string }, { signal }: Options = {}) =>
        Promise.resolve(watches.open(signal, find(name), ({ id }) => id === name)),
      addLines: answer(
        'carts.addLines',
        ({ name, lines }: { name: string; lines: LineInput[] }) => {
          const view = find(name);
          count += 1;
          const added = lines.map((one, at) => lineOf(one, `new ${count} ${at}`));
          return write({ ...view, context: `context +${count}`, lines: [...view.lines, ...added] });
        },
      ),
      setLine: answer('carts.setLine', ({ name, id, ...set }: LineInput & { name: string }) => {
        const view = find(name);
        const lines = view.lines.map((one) => (one.id === id ? { ...one, ...set } : one));
        return write({ ...view, lines });
      }),
      removeLine: answer('carts.removeLine', ({ name, id }: { name: string; id: string }) => {
        const view = find(name);
        return write({ ...view, lines: view.lines.filter((one) => one.id !== id) });
      }),
      resolve: answer('carts.resolve', ({ name, lines }: { name: string; lines: LineInput[] }) => {
        const view = find(name);
        const settled = lines.map((one, index) => lineOf(one, one.id ?? `settled ${index}`));
        const siblings = view.siblings.slice(0, 1);
        return write({ ...view, conflict: false, context: 'settled', siblings, lines: settled });
      }),
      put: answer('carts.put', ({ name, lines }: { name: string; lines: LineInput[] }) => {
        const view = find(name);
        count += 1;
        const known = new Set(view.lines.map(({ id }) => id));
        const put = lines.map((one, index) =>
          lineOf(one, known.has(one.id ?? '') ? (one.id ?? '') : `put ${count} ${index}`),
        );
        return write({ ...view, context: `context +${count}`, lines: put });
      }),
      arrange: answer('carts.arrange', ({ name, lines }: { name: string; lines: string[] }) => {
        const view = find(name);
        const at = (id: string): number => (lines.includes(id) ? lines.indexOf(id) : lines.length);
        return write({ ...view, lines: view.lines.toSorted((a, b) => at(a.id) - at(b.id)) });
      }),
      remove: answer('carts.remove', () => ({ safety: state.carts[0]?.safety })),
      share: answer('carts.share', ({ name }: { name: string }) => ({
        link: `carrossel://share/${'c2hhcmVkIGNhcnQgbGluayBieXRlcw'.repeat(4)}`,
        expiresMs: Date.now() + 86_400_000,
        cart: find(name),
      })),
      accept: answer('carts.accept', () => ({ account: state.status.accounts[0], carts: [] })),
    },
    items: {
      query: answer('items.query', (input: QueryInput & { groupBy: string }) =>
        input.sum === 'kept' ? spentGroups(input) : answerQuery(state.items, input),
      ),
    },
    orders: createFixtureOrders(state, answer, find, write),
    ...createFixtureArchive(answer),
    ...createFixturePicture(state, answer),
    ...createFixtureActivity(state, answer),
  } as unknown as Client;

  return {
    asked,
    state,
    failNext: (what, error) => failures.set(what, error),
    showCart,
    showDoor: doors.push,
    tell,
    cut() {
      open = false;
      closing.resolve();
    },
    mend() {
      open = true;
    },
    bridge: {
      connect() {
        if (!open) throw new Error('down');
        closing = Promise.withResolvers<void>();
        const { promise: closed, resolve } = closing;
        return { client, closed, close: resolve };
      },
      hostAnswers: () => Promise.resolve(false),
    },
  };
}
