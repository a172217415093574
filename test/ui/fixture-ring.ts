import type {
  InStep,
  KeptView,
  MemberInStep,
  MemberView,
  PastCart,
  PastVersion,
  PlanView,
  RingDrawing,
  Suggestion,
  TransferView,
} from '../../src-renderer/wall.ts';
import { ACCOUNT, groceries, members } from './fixture-views.ts';

/** What a fixture peer says of the ring as a whole. */
export interface FixtureRing {
  inStep: InStep;
  drawing: RingDrawing;
  kept: KeptView;
  plan: PlanView;
  transfers: TransferView[];
}

/** Nothing moves. */
export function quietRing(): FixtureRing {
  const kept = members().map(({ peerId, share }, at) => ({
    ...{ peerId, accounts: 3, items: 40, bytes: Math.round(share * 4_000_000) },
    known: at < 2 ? 1 : 0.4,
  }));
  return { inStep: inStep(), drawing: drawing(), kept, plan: plan(), transfers: [] };
}

const COUNTS = { n: 3, r: 2, w: 2 };
/** What it would mean that the shop server goes. */
export function plan(over: Partial<PlanView> = {}): PlanView {
  const [rui, ana, shop] = members().map(({ peerId, name }) => ({ peerId, name })) as [
    Machine,
    Machine,
    Machine,
  ];
  return {
    moves: [
      { to: ana, from: shop, partitions: 300, accounts: 2, items: 30, bytes: 2_400_000 },
      { to: rui, from: shop, partitions: 20, accounts: 0, items: 0, bytes: 0 },
    ],
    ...{ partitions: 320, ofPartitions: 1024, accounts: 2, items: 30, bytes: 2_400_000 },
    ...{ before: COUNTS, after: COUNTS },
    shares: [
      { ...rui, before: 0.98, after: 1 },
      { ...ana, before: 0.61, after: 0.9 },
      { ...shop, before: 0.87, after: 0 },
    ],
    ...over,
  };
}
type Machine = PlanView['shares'][number];

function comesIn(name: string): Pick<PlanView, 'moves' | 'shares'> {
  const to = { peerId: 'newcomer', name };
  return {
    moves: [{ to, partitions: 300, accounts: 2, items: 30, bytes: 2_400_000 }],
    shares: [{ ...to, before: 0, after: 0.43 }],
  };
}

/** The shop server leaves: Ana's laptop is half through with its part, Rui's desktop is done. */
export function shopLeaves(): TransferView[] {
  const [rui, ana, shop] = members().map(({ peerId, name }) => ({ peerId, name })) as [
    Machine,
    Machine,
    Machine,
  ];
  const leave = { kind: 'leave' as const, change: shop, from: [shop, rui] };
  return [
    { ...leave, to: ana, state: 'moving', partitions: { done: 0, total: 300 } },
    {
      ...{ ...leave, to: rui, state: 'moving' as const, partitions: { done: 150, total: 320 } },
      bytes: { done: 1_200_000, total: 2_400_000 },
    },
  ];
}

/** Makes a procedure that notes what it was asked. */
type Answer = <T>(what: string, make: (input: never) => T) => unknown;

/** The contract's picture and history over a fixture peer's state. */
export function createFixturePicture(
  state: FixtureRing & { members: MemberView[]; past: PastCart[]; suggestions: Suggestion[] },
  answer: Answer,
) {
  return {
    picture: {
      inStep: answer('picture.inStep', () => state.inStep),
      ring: answer('picture.ring', () => state.drawing),
      kept: answer('picture.kept', () => state.kept),
    },
    membership: {
      plan: answer('membership.plan', (change: { kind: string; name?: string }): PlanView => ({
        ...state.plan,
        ...(change.kind === 'join' && comesIn(change.name ?? '')),
      })),
      transfers: answer('membership.transfers', () => state.transfers),
      leave: answer('membership.leave', () => state.members[0]),
      stay: answer('membership.stay', () => state.members[0]),
      comeBack: answer('membership.comeBack', () => state.members[0]),
      retire: answer('membership.retire', () => state.members[0]),
      settings: answer('membership.settings', () => ({})),
      seat: answer('membership.seat', () => state.members[0]),
    },
    history: {
      list: answer('history.list', (): PastVersion[] =>
        state.past.map((one) => ({ ...one, lines: one.lines.length })),
      ),
      show: answer('history.show', ({ version }: { version: string }) =>
        state.past.find((one) => one.version === version),
      ),
      suggestions: answer('history.suggestions', () => state.suggestions),
    },
  };
}

/** What a peer would answer of the ring as a whole, for the members of the fixture. */
export function drawing(over: Partial<RingDrawing> = {}): RingDrawing {
  const peers = members().map(({ peerId }) => peerId);
  const part = 1024 / 8;
  return {
    partitions: 1024,
    members: peers,
    arcs: Array.from({ length: 8 }, (_, index) => ({
      member: index % peers.length,
      from: index * part,
      to: (index + 1) * part,
    })),
    copies: 3,
    place: { partition: 17, owners: peers },
    ...over,
  };
}

export function memberInStep(over: Partial<MemberInStep> = {}): MemberInStep {
  const account = { account: ACCOUNT, name: 'Silva family' };
  return {
    peerId: '12D3KooWAna',
    name: "Ana's laptop",
    connected: true,
    addresses: ['/ip4/192.168.0.12/tcp/40122'],
    networkInterface: 'wlan0',
    roundTripMs: 3.4,
    hints: 0,
    accounts: [{ ...account, state: 'equal', items: [] }],
    ...over,
  };
}

export function inStep(over: Partial<InStep> = {}): InStep {
  return { allEqual: true, outbox: 0, members: [memberInStep()], ...over };
}

/** One that is away, one with another cart. */
export function outOfStep(): InStep {
  const account = { account: ACCOUNT, name: 'Silva family' };
  const item = { sortKey: 'cart#00', name: 'Groceries', kind: 'cart' as const };
  return inStep({
    allEqual: false,
    outbox: 2,
    members: [
      memberInStep({
        accounts: [
          { ...account, state: 'differs', items: [{ ...item, onlyHere: 1, onlyThere: 2 }] },
        ],
      }),
      memberInStep({
        peerId: '12D3KooWShop',
        name: 'Shop server',
        connected: false,
        away: 'silent',
        lastError: 'No answer in 5000 ms: dial.',
        hints: 12,
        accounts: [{ ...account, state: 'unknown', items: [] }],
      }),
    ],
  });
}

/** What the groceries were once. */
export function pastGroceries(): PastCart {
  const { lines, totals } = groceries();
  return {
    ...{ version: 'v1', device: "Ana's laptop", own: false, wallMs: Date.now() - 3_600_000 },
    ...{ deleted: false, current: false, lines: lines.slice(0, 2), totals },
  };
}

/** What they are now. */
export function currentGroceries(): PastCart {
  const { lines, totals } = groceries();
  const now = { version: 'v2', own: true, wallMs: Date.now(), current: true };
  return { ...pastGroceries(), ...now, lines, totals };
}
