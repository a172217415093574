import type {
  InStep,
  MemberInStep,
  PastCart,
  PastVersion,
  RingDrawing,
  Suggestion,
} from '../../src-renderer/wall.ts';
import { ACCOUNT, groceries, members } from './fixture-views.ts';

/** Makes a procedure that notes what it was asked. */
type Answer = <T>(what: string, make: (input: never) => T) => unknown;

/** The contract's picture and history over a fixture peer's state. */
export function createFixturePicture(
  state: { inStep: InStep; drawing: RingDrawing; past: PastCart[]; suggestions: Suggestion[] },
  answer: Answer,
) {
  return {
    picture: {
      inStep: answer('picture.inStep', () => state.inStep),
      ring: answer('picture.ring', () => state.drawing),
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
