import { createMemoryArchive } from './memory-archive.ts';
import { createMemoryMembership } from './memory-membership.ts';
import { createMemoryCatalogue } from './memory-catalogue.ts';
import { createMemoryItems } from './memory-items.ts';
import { memoryFunctions } from './memory-functions.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import { createEmitter } from '../../src-main/base/emitter.ts';
import type { CartView, Change, Safety, Status } from '../../src-main/app/views.ts';
import type { AppApi, Call } from '../../src-main/shell/app-api.ts';
import { memoryNearby } from './memory-nearby.ts';
import { createMemoryOrders } from './memory-orders.ts';
import { createMemoryPast } from './memory-past.ts';
import { account, COMPLETE, emptyCart, lineView, NOON, withTotals } from './sample-carts.ts';

/**
 * An app that keeps its carts in memory: what the shell is tested against from below. It knows the
 * words of the contract and nothing of rings; the real app has its own tests.
 */
export interface MemoryApp extends AppApi {
  readonly memory: {
    carts: Map<string, CartView>;
    items: Map<string, unknown>;
    /** What the last call of each method got besides its input. */
    calls: Map<string, Call>;
    watchers: number;
    change(change: Change): void;
    /** Thrown by the next call of `system.health`. */
    failWith: unknown;
  };
}

export const RING_ID = 'ab'.repeat(32);
export const PEER_ID = '12D3KooWExamplePeerOfTheShellTests';

export function createMemoryApp(): MemoryApp {
  const carts = new Map<string, CartView>();
  const items = new Map<string, unknown>();
  const calls = new Map<string, Call>();
  const events = createEmitter<{ change: Change }>((error) => {
    throw error;
  });
  const memory: MemoryApp['memory'] = {
    carts,
    items,
    calls,
    watchers: 0,
    change: (change) => {
      events.emit('change', change);
    },
    failWith: undefined,
  };
  let ring: Status['ring'] = null;

  /** One pending change at most: what a slow reader missed is told as the latest. */
  async function* changes(signal: AbortSignal): AsyncGenerator<Change> {
    memory.watchers++;
    let latest: Change | undefined = { type: 'hello' };
    let wake = Promise.withResolvers<void>();
    const off = events.on('change', (change) => {
      latest = change;
      wake.resolve();
    });
    const onAbort = (): void => {
      wake.resolve();
    };
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const next: Change | undefined = latest;
        latest = undefined;
        if (next !== undefined) yield next;
        else await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      memory.watchers--;
      off();
      signal.removeEventListener('abort', onAbort);
    }
  }

  const write = (cart: CartView): { cart: CartView; safety: Safety } => {
    carts.set(cart.id, withTotals(cart));
    memory.change({ type: 'cart', account: cart.account, id: cart.id, conflict: cart.conflict });
    return { cart: cartOf(cart.id), safety: COMPLETE };
  };
  const cartOf = (name: string): CartView => {
    const found = [...carts.values()].find((cart) => cart.id === name || cart.name === name);
    if (found) return found;
    throw new AppError('CART_NOT_FOUND', `There is no cart "${name}".`, { details: { name } });
  };
  const status = (): Status => ({
    version: '1.2.3',
    host: 'test',
    peerId: PEER_ID,
    name: 'kitchen',
    addresses: ['/ip4/192.168.1.7/tcp/4100'],
    ring,
    accounts: [account()],
    outbox: 1,
    hints: 0,
    store: {
      items: 12,
      bytes: 34_567,
      tombstones: 0,
      tombstoneBytes: 0,
      epoch: '0',
      state: 'sound',
      repair: null,
    },
    notices: ring === null ? [] : [{ code: 'STEADY_MEMBER_MISSING', details: {} }],
  });

  const app: AppApi = {
    ...memoryFunctions(),
    system: {
      status,
      health: () => {
        if (memory.failWith !== undefined) throw memory.failWith;
        return { ok: true, peerId: PEER_ID };
      },
      doctor: () => ({
        findings: [
          { check: 'disk', level: 'ok', found: '120 GB free.', advice: '' },
          { check: 'clock', level: 'warn', found: 'The clock is 3 min off.', advice: 'Set it.' },
        ],
      }),
      events: (_input, { signal }) => changes(signal),
    },
    ring: {
      show: () => {
        if (ring === null) throw new AppError('NO_RING', 'This machine is in no ring yet.');
        return ring;
      },
      create: ({ name, n, r, w }) => {
        if (ring !== null) throw new AppError('RING_EXISTS', 'There is a ring already.');
        ring = ringView(name, { n, r, w, q: 1024 });
        return { ring, phrase: 'one two three' };
      },
      join: ({ link }) => {
        if (!link.startsWith('carrossel://join/')) {
          throw new AppError('INVALID_LINK', 'That is no invite.');
        }
        ring ??= ringView('', { n: 'auto', r: 2, w: 2, q: 1024 });
        return { ring };
      },
      members: () => [],
      invite: ({ expiresInMs }) => ({
        id: 'i1',
        link: 'carrossel://join/abc',
        expiresMs: NOON + expiresInMs,
      }),
      invites: () => [{ id: 'i1', admin: false, expiresMs: NOON + 3_600_000, used: false }],
      closeInvite: ({ id }) => ({ closed: id === 'i1' }),
      revoke: () => ({ revoked: true }),
      newPeerKey: () => ({ peerId: PEER_ID }),
    },
    nearby: memoryNearby(PEER_ID, () => {
      ring = ringView('Home', { n: 'auto', r: 2, w: 2, q: 1024 });
      return ring;
    }),
    accounts: {
      list: () => [account()],
      create: ({ name }) => ({ account: { ...account(), name }, phrase: 'four five six' }),
      logIn: ({ phrase, name }) => {
        if (phrase.split(' ').length !== 12) {
          throw new AppError('INVALID_PHRASE', 'A phrase has 12 words.', {
            details: { reason: 'count' },
          });
        }
        return { account: { ...account(), name: name ?? 'Ana' } };
      },
      checkPhrase: () => ({ account: null }),
      use: () => ({ account: account() }),
      devices: () => [],
      revokeDevice: () => [],
    },
    carts: {
      list: () =>
        [...carts.values()].map((cart) => ({ ...cart, lines: cart.lines.length, wallMs: NOON })),
      create: ({ name }) => {
        if ([...carts.values()].some((cart) => cart.name === name)) {
          throw new AppError('CART_EXISTS', `There is a cart "${name}" already.`);
        }
        return write(emptyCart(`c${carts.size + 1}`, name));
      },
      show: ({ name }) => cartOf(name),
      put: ({ name, lines }) => write({ ...cartOf(name), lines: lines.map(lineView) }),
      remove: ({ name }) => {
        carts.delete(cartOf(name).id);
        return { safety: COMPLETE };
      },
      addLines: ({ name, lines }, call) => {
        calls.set('carts.addLines', call);
        const cart = cartOf(name);
        const fresh = lines.map((line, i) => lineView(line, cart.lines.length + i));
        return write({ ...cart, lines: [...cart.lines, ...fresh] });
      },
      setLine: ({ name, id, quantity, note, product }) => {
        const cart = cartOf(name);
        if (!cart.lines.some((line) => line.id === id)) {
          throw new AppError('LINE_NOT_FOUND', 'That line is not there.', { details: { id } });
        }
        const lines = cart.lines.map((line) =>
          line.id === id
            ? {
                ...line,
                quantity: quantity ?? line.quantity,
                note: note ?? line.note,
                product: product ?? line.product,
              }
            : line,
        );
        return write({ ...cart, lines });
      },
      removeLine: ({ name, id }) => {
        const cart = cartOf(name);
        return write({ ...cart, lines: cart.lines.filter((line) => line.id !== id) });
      },
      resolve: ({ name, context, lines }) => {
        const cart = cartOf(name);
        if (context !== cart.context) {
          throw new AppError('STALE_CONTEXT', 'The cart has changed since it was shown.');
        }
        const siblings = cart.siblings.slice(0, 1);
        return write({ ...cart, conflict: false, siblings, lines: lines.map(lineView) });
      },
      arrange: ({ name, lines }) => {
        const cart = cartOf(name);
        const at = (id: string) => (lines.includes(id) ? lines.indexOf(id) : lines.length);
        return write({ ...cart, lines: cart.lines.toSorted((a, b) => at(a.id) - at(b.id)) });
      },
      share: ({ name, expiresInMs }) => ({
        link: 'carrossel://share/abc',
        expiresMs: NOON + expiresInMs,
        cart: cartOf(name),
      }),
      accept: () => ({ account: account(), carts: [] }),
      watch: async function* ({ name }, { signal }) {
        for await (const _change of changes(signal)) yield cartOf(name);
      },
    },
    orders: createMemoryOrders(cartOf, write),
    ...createMemoryPast(cartOf),
    ...createMemoryItems(memory),
    membership: createMemoryMembership(
      () => ring ?? ringView('', { n: 'auto', r: 2, w: 2, q: 1024 }),
    ),
    archive: createMemoryArchive(memory),
    catalogue: createMemoryCatalogue(memory),
    found: {
      list: () => [],
      keep: () => ({ sortKey: 'cart#1', safety: COMPLETE }),
      drop: () => ({ dropped: true }),
    },
  };
  return { ...app, memory };
}

function ringView(name: string, setting: NonNullable<Status['ring']>['setting']) {
  const effective = { n: 1, r: 1, w: 1 };
  const automatic = { ...effective, readsLocally: true };
  const base = { ringId: RING_ID, admin: true, members: 1, connected: 0, steadyMember: false };
  return { ...base, name, setting, effective, automatic, mostCopies: 64 };
}
