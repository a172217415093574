import type {
  ActivityLine,
  ActivityView,
  DeadLetterView,
  FunctionView,
  LogLineView,
  ViewsView,
} from '../../src-renderer/wall.ts';
import { ACCOUNT } from './fixture-views.ts';

/** Makes a procedure that notes what it was asked. */
type Answer = <T>(what: string, make: (input: never) => T) => unknown;

export interface FixtureActivity {
  activity: ActivityView;
  functions: FunctionView[];
  logs: LogLineView[];
  letters: DeadLetterView[];
  views: ViewsView;
}

export const noActivity = (): FixtureActivity => ({
  activity: { changes: [], hour: Array.from({ length: 12 }, () => 0), more: false },
  functions: [],
  logs: [],
  letters: [],
  views: { lowStock: [], notices: [], totals: [] },
});

/** Functions and the stream of the contract over a fixture peer's state. */
export function createFixtureActivity(state: FixtureActivity, answer: Answer) {
  const turn = (name: string, to: FunctionView['state']): FunctionView => {
    const found = state.functions.find((one) => one.name === name);
    if (found === undefined) throw new Error('NOT_FOUND');
    const turned = { ...found, state: to };
    state.functions = state.functions.map((one) => (one === found ? turned : one));
    return turned;
  };
  return {
    functions: {
      list: answer('functions.list', () => ({
        ...{ functions: state.functions, folder: '/home/ana/.local/share/carrossel/functions' },
      })),
      logs: answer('functions.logs', () => ({ lines: state.logs })),
      letters: answer('functions.letters', () => ({ letters: state.letters })),
      retry: answer('functions.retry', ({ letter }: { letter?: string }) => {
        const [bad, good] = [state.letters.filter(isHopeless), state.letters.filter(isSound)];
        const asked = (one: DeadLetterView) => letter === undefined || one.id === letter;
        const retried = good.filter(asked);
        state.letters = state.letters.filter((one) => !retried.includes(one));
        state.functions = state.functions.map((one) => ({
          ...one,
          deadLetters: one.deadLetters === 0 ? 0 : state.letters.length,
        }));
        return { retried: retried.length, failed: bad.filter(asked).length };
      }),
      pause: answer('functions.pause', ({ name }: { name: string }) => turn(name, 'paused')),
      resume: answer('functions.resume', ({ name }: { name: string }) => turn(name, 'running')),
      views: answer('functions.views', () => state.views),
    },
    stream: { activity: answer('stream.activity', () => state.activity) },
  };
}

/** Fails however often it is tried. */
const isHopeless = ({ error }: DeadLetterView): boolean => error.startsWith('TypeError');
const isSound = (one: DeadLetterView): boolean => !isHopeless(one);

export function changeLine(over: Partial<ActivityLine> = {}): ActivityLine {
  return {
    ...{ sequence: 1, sortKey: 'cart#c1', kind: 'cart', name: 'Groceries', what: 'changed' },
    ...{ wallMs: Date.now() - 60_000, own: false, device: "Ana's laptop" },
    ...over,
  };
}

export function functionView(over: Partial<FunctionView> = {}): FunctionView {
  return {
    ...{ name: 'price-watch', file: 'price-watch.mjs', kind: 'own', prefix: 'product#' },
    ...{ state: 'running', lag: 0, events: 120, writes: 14, runs: 32, errors: 0, perMinute: 3 },
    ...{ deadLetters: 0, lastRunMs: Date.now() - 20_000 },
    ...over,
  };
}

/** A day with everything in it: choices, functions that fail, and what is to be bought again. */
export function busyDay(): FixtureActivity {
  const minute = 60_000;
  const now = Date.now();
  const at = (sequence: number, minutes: number, over: Partial<ActivityLine>): ActivityLine =>
    changeLine({ sequence, wallMs: now - minutes * minute, ...over });
  const shop = { device: 'Shop server' };
  const noName = { kind: 'other', name: '' } as const;
  return {
    activity: {
      changes: [
        at(20, 0, { what: 'settled' }),
        at(19, 2, { what: 'apart', ...shop }),
        at(18, 3, { own: true, device: "Rui's desktop" }),
        at(17, 3, { own: true, device: "Rui's desktop" }),
        at(16, 4, { own: true, device: "Rui's desktop" }),
        at(15, 9, { sortKey: 'product#17', kind: 'product', name: 'Rice', ...shop }),
        at(14, 9, { sortKey: 'sum#shelf', ...noName, own: true, function: 'shelf-sum' }),
        at(13, 21, { sortKey: 'order#0a0a', kind: 'order', name: '', what: 'added', ...shop }),
        at(12, 90, { sortKey: 'cart#c7', name: 'Birthday of my grandmother', what: 'removed' }),
      ],
      hour: [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 5],
      more: false,
    },
    functions: [
      functionView({ name: 'low-stock', file: '', kind: 'rule', runs: 4, writes: 1 }),
      functionView({
        ...{ lag: 3, errors: 11, deadLetters: 2, prefix: 'cart#' },
        problem: "TypeError: Cannot read properties of undefined (reading 'price')",
      }),
      functionView({ name: 'shelf-sum', file: 'shelf-sum.mjs', state: 'paused', prefix: 'shelf#' }),
      functionView({
        ...{ name: 'draft.mjs', file: 'draft.mjs', state: 'broken', prefix: '' },
        problem: 'SyntaxError: Unexpected token (3:14)',
      }),
    ],
    logs: [
      { wallMs: now - 9e6, level: 'log', text: 'x', note: { what: 'loaded', prefix: 'cart#' } },
      { wallMs: now - 8e6, level: 'warn', text: 'x', note: { what: 'missed' } },
      {
        ...{ wallMs: now - 7e6, level: 'run', text: 'x' },
        note: { what: 'ran', events: 3, writes: 1, tookMs: 12.4 },
      },
      { wallMs: now - 6e6, level: 'log', text: '3 changes, the sum is 41' },
      { wallMs: now - 5e6, level: 'warn', text: 'x', note: { what: 'waits', code: 'DISK_FULL' } },
      { wallMs: now - 4e6, level: 'error', text: 'TypeError: price is undefined' },
    ],
    letters: [
      {
        ...{ id: '42', account: ACCOUNT, key: 'cart#c1', tries: 5, wallMs: now - 5 * minute },
        error: "TypeError: Cannot read properties of undefined (reading 'price')",
      },
      {
        ...{ id: '43', account: ACCOUNT, key: 'product#99', tries: 5, wallMs: now - minute },
        error: 'Error: the scale does not answer',
      },
    ],
    views: {
      lowStock: [
        { account: ACCOUNT, sortKey: 'product#17', title: 'Rice', stock: 2, reorderAt: 5 },
      ],
      notices: [],
      totals: [
        { category: 'Pantry', currency: 'BRL', amount: 9317, lines: 4 },
        { category: '', currency: 'BRL', amount: 1299, lines: 1 },
      ],
    },
  };
}
