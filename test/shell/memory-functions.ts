import type { ActivityLine } from '../../src-main/app/views/activity.ts';
import type { FunctionView, StreamEvent } from '../../src-main/app/views/functions.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';

/** Functions and a stream as a peer would show them, for tests of the shells. */
export function memoryFunctions(): Pick<AppApi, 'functions' | 'stream'> {
  const views = new Map<string, FunctionView>([
    ['low-stock', functionView({ name: 'low-stock', kind: 'rule' })],
    [
      'price-notes',
      functionView({ name: 'price-notes', file: 'price-notes.mjs', deadLetters: 1, errors: 5 }),
    ],
  ]);
  const find = (name: string): FunctionView => {
    const found = views.get(name);
    if (found === undefined) throw new AppError('NOT_FOUND', `There is no function "${name}".`);
    return found;
  };
  const switched = (name: string, state: FunctionView['state']): FunctionView => {
    const view = { ...find(name), state };
    views.set(name, view);
    return view;
  };
  return {
    functions: {
      list: () => ({ functions: [...views.values()], folder: '/data/functions' }),
      logs: ({ name }) => ({
        lines: [{ wallMs: 0, level: 'log', text: `${find(name).name} says hello` }],
      }),
      letters: ({ name }) => ({
        letters:
          find(name).deadLetters === 0
            ? []
            : [{ id: '42', account: 'a', key: 'note#1', error: 'no', tries: 5, wallMs: 0 }],
      }),
      retry({ name }) {
        const retried = find(name).deadLetters;
        views.set(name, { ...find(name), deadLetters: 0 });
        return { retried, failed: 0 };
      },
      pause: ({ name }) => switched(name, 'paused'),
      resume: ({ name }) => switched(name, 'running'),
      views: () => ({ lowStock: [], notices: [], totals: [] }),
    },
    stream: {
      follow: ({ from }, { lastEventId }) => follow(from ?? lastEventId),
      recent: () => ({ changes: [streamed(2), streamed(1)] }),
      activity: () => ({
        changes: [
          activityLine({ kind: 'cart', name: 'Groceries', what: 'apart', device: 'desk' }),
          activityLine({ sortKey: 'sum#shelf', own: true, function: 'shelf-sum' }),
        ],
        hour: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
        more: false,
      }),
    },
  };
}

function activityLine(change: Partial<ActivityLine>): ActivityLine {
  return {
    ...{ sequence: 1, sortKey: 'cart#1', kind: 'other', name: '', what: 'changed', wallMs: 0 },
    ...{ own: false, device: 'kitchen' },
    ...change,
  };
}

type Changed = Extract<StreamEvent, { type: 'change' }>;

function streamed(sequence: number): Changed {
  return {
    ...{ type: 'change', position: `p-${sequence}`, account: 'a', sortKey: 'note#1', sequence },
    ...{ wallMs: 0, local: true, replay: false, before: [] },
    after: [{ version: `v${sequence}`, device: 'laptop', wallMs: 0, deleted: false, value: 1 }],
  };
}

/** Three changes behind the place, then the end. */
async function* follow(from: string | undefined): AsyncGenerator<StreamEvent> {
  await Promise.resolve();
  const first = Number(/([0-9]+)$/.exec(from ?? '')?.[1] ?? 0) + 1;
  for (let n = first; n < first + 3; n++) yield streamed(n);
  yield { type: 'live', position: `p-${first + 2}` };
}

export function functionView(change: Partial<FunctionView>): FunctionView {
  return {
    ...{ name: 'f', file: '', kind: 'own', prefix: 'note#', state: 'running', lag: 0 },
    ...{ events: 3, writes: 1, runs: 2, errors: 0, perMinute: 0, deadLetters: 0 },
    ...change,
  };
}
