import type {
  CartSummary,
  CartView,
  LineView,
  MemberView,
  Money,
  RingView,
  Safety,
  SiblingView,
  Status,
} from '../../src-renderer/wall.ts';

/** Views as a peer would answer them, for tests and for looking at the screens. */
const MINUTE = 60_000;
export const ACCOUNT = 'a1'.repeat(32);
export const ANA = 'ana.4-00ff';
export const RUI = 'rui.7-11ee';
export const SHOP = 'shop.2-22dd';

export const brl = (amount: number): Money => ({ amount, currency: 'BRL' });

export function safety(over: Partial<Safety> = {}): Safety {
  return { state: 'complete', copies: 3, owners: 3, waitingFor: [], ...over };
}

export function sibling(over: Partial<SiblingView>): SiblingView {
  return {
    version: ANA,
    device: "Ana's laptop",
    own: false,
    wallMs: 0,
    deleted: false,
    lines: 0,
    ...over,
  };
}

export function line(title: string, over: Partial<LineView> = {}): LineView {
  const { product = { title }, quantity = 1, note = '', wallMs = 0 } = over;
  return {
    id: `line ${title}`,
    group: 'same',
    product,
    quantity,
    note,
    wallMs,
    by: [],
    missingFrom: [],
    variants: [{ versions: [ANA], product, quantity, note, wallMs, superseded: false }],
    ...over,
  };
}

export function cart(over: Partial<CartView> = {}): CartView {
  return {
    id: 'c1',
    name: 'Groceries',
    account: ACCOUNT,
    shared: false,
    context: 'context 1',
    conflict: false,
    siblings: [sibling({ own: true, device: "Rui's desktop", version: RUI })],
    lines: [],
    totals: [],
    safety: safety(),
    freshness: 'local',
    answered: 1,
    answeredOwners: 1,
    ...over,
  };
}

export function groceries(): CartView {
  const bakery = 'Bakery';
  return cart({
    lines: [
      line('Rice', {
        product: { title: 'Rice', category: 'Pantry', unit: '5 kg', price: brl(2990) },
      }),
      line('Black beans', {
        product: { title: 'Black beans', category: 'Pantry', unit: '1 kg', price: brl(849) },
        quantity: 3,
        note: 'The ones from the market, not the canned kind',
      }),
      line('French bread', {
        product: { title: 'French bread', category: bakery, price: brl(75) },
        quantity: 12,
      }),
      line('Coffee', {
        product: { title: 'Coffee', category: 'Pantry', price: brl(1890) },
        quantity: 2,
      }),
      line('Birthday cake with strawberries and cream', {
        product: {
          title: 'Birthday cake with strawberries and cream',
          category: bakery,
          price: brl(12990),
        },
      }),
      line('Batteries AA', { quantity: 8 }),
    ],
  });
}

/** Two devices wrote apart: every group of the dialog. `now` dates the versions. */
export function apart(now: number): CartView {
  const variant = (versions: string[], quantity: number, over: object = {}) => ({
    versions,
    product: { title: 'Milk', price: brl(549) },
    quantity,
    note: '',
    wallMs: now,
    superseded: false,
    ...over,
  });
  const beans = { title: 'Black beans', price: brl(849) };
  const eggs = { title: 'Eggs', unit: 'dozen', price: brl(1299) };
  return cart({
    conflict: true,
    context: 'context apart',
    siblings: [
      sibling({ wallMs: now - 42 * MINUTE, lines: 6 }),
      sibling({
        version: RUI,
        device: "Rui's desktop",
        own: true,
        wallMs: now - 5 * MINUTE,
        lines: 6,
      }),
    ],
    lines: [
      line('Rice', { product: { title: 'Rice', price: brl(2990) } }),
      line('Coffee', { product: { title: 'Coffee', price: brl(1890) }, quantity: 2 }),
      line('Milk', {
        group: 'choose',
        product: { title: 'Milk', price: brl(549) },
        quantity: 6,
        by: [ANA, RUI],
        variants: [variant([ANA], 6), variant([RUI], 3, { note: 'lactose free' })],
      }),
      line('Butter', {
        group: 'choose',
        quantity: 2,
        by: [ANA],
        missingFrom: [RUI],
        variants: [{ ...variant([ANA], 2), product: { title: 'Butter' } }],
      }),
      line('Black beans', {
        group: 'changed',
        product: beans,
        quantity: 5,
        by: [RUI],
        variants: [
          { ...variant([ANA], 5, { superseded: true }), product: beans },
          { ...variant([RUI], 3), product: beans },
        ],
        settled: { product: beans, quantity: 3, note: '', wallMs: now },
      }),
      line('Oranges', { group: 'added', quantity: 10, by: [ANA], missingFrom: [RUI] }),
      line('Batteries', {
        group: 'removed',
        product: { title: 'Batteries', price: brl(2490) },
        by: [RUI],
        missingFrom: [RUI],
      }),
      line('Eggs', {
        id: 'eggs 1',
        group: 'added',
        product: eggs,
        quantity: 1,
        by: [ANA],
        missingFrom: [RUI],
        productGroup: 'eggs',
      }),
      line('Eggs', {
        id: 'eggs 2',
        group: 'added',
        product: eggs,
        quantity: 2,
        note: 'free range',
        by: [RUI],
        missingFrom: [ANA],
        productGroup: 'eggs',
      }),
    ],
    totals: [brl(20_000)],
    safety: safety({ state: 'safe', copies: 2, waitingFor: ['Shop server'] }),
  });
}

export function summary(of: CartView, over: Partial<CartSummary> = {}): CartSummary {
  const { id, name, account, shared, conflict, totals } = of;
  return {
    id,
    name,
    account,
    shared,
    conflict,
    totals,
    safety: of.safety,
    lines: of.lines.length,
    wallMs: 0,
    ...over,
  };
}

export function member(over: Partial<MemberView>): MemberView {
  return {
    peerId: '12D3KooWAnaAnaAnaAnaAnaAnaAnaAnaAnaAnaAnaAnaAnaAnaA',
    name: "Ana's laptop",
    own: false,
    admin: false,
    state: 'up',
    capacity: 1,
    steady: false,
    zone: '',
    addresses: ['/ip4/192.168.0.12/tcp/40122'],
    connected: true,
    share: 1,
    hints: 0,
    ...over,
  };
}

export function members(): MemberView[] {
  return [
    member({ peerId: '12D3KooWRui', name: "Rui's desktop", own: true, admin: true, share: 0.98 }),
    member({ address: '/ip4/192.168.0.12/tcp/40122', roundTripMs: 3.4, share: 0.61 }),
    member({
      peerId: '12D3KooWShop',
      name: 'Shop server',
      connected: false,
      steady: true,
      capacity: 4,
      hints: 12,
      share: 0.87,
    }),
  ];
}

export function ring(over: Partial<RingView> = {}): RingView {
  return {
    ringId: 'f0'.repeat(32),
    name: 'Home',
    admin: true,
    members: 3,
    connected: 2,
    setting: { n: 'auto', r: 2, w: 2, q: 1024 },
    effective: { n: 3, r: 1, w: 2 },
    automatic: { n: 3, r: 1, w: 2, readsLocally: true },
    mostCopies: 64,
    steadyMember: true,
    ...over,
  };
}

export function status(over: Partial<Status> = {}): Status {
  return {
    version: '0.1.0',
    host: 'test',
    peerId: '12D3KooWRui',
    name: "Rui's desktop",
    addresses: ['/ip4/192.168.0.10/tcp/40100', '/ip6/fe80::1/tcp/40100'],
    ring: ring(),
    accounts: [
      {
        id: ACCOUNT,
        name: 'Silva family',
        shared: false,
        current: true,
        deviceName: "Rui's desktop",
        revoked: false,
      },
    ],
    outbox: 2,
    hints: 12,
    store: {
      items: 1234,
      bytes: 4_200_000,
      tombstones: 3,
      tombstoneBytes: 720,
      epoch: 'e',
      state: 'sound',
      repair: null,
    },
    notices: [],
    ...over,
  };
}
