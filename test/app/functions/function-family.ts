/** A machine with functions of a person's own, for tests. */
import { expect } from 'vitest';
import type {
  FunctionFolder,
  FunctionSource,
  FunctionWall,
} from '../../../src-main/app/functions/function-wall.ts';
import type { JsonValue } from '../../../src-main/app/views.ts';
import type { PeerInit } from '../../sim/simulated-peer.ts';
import type { Household } from '../household.ts';
import { createInProcessWall } from './in-process-wall.ts';

/** A folder of modules that a test writes to. */
function createFolder(...first: readonly FunctionSource[]) {
  let files = [...first];
  const watchers = new Set<() => void>();
  const folder: FunctionFolder = {
    path: '/functions',
    read: () => Promise.resolve(files),
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
  return {
    folder,
    put(...next: readonly FunctionSource[]) {
      files = [...next];
      for (const tell of watchers) tell();
    },
  };
}

export const fn = (name: string, prefix: string, body: string, more = ''): FunctionSource => ({
  file: `${name}.mjs`,
  text: `export default { name: '${name}', on: { prefix: '${prefix}' }, ${more}
    async handler(events, context) { ${body} } };`,
});
/** Counts what it is told, in one item: each event told twice would show. */
export const COUNT = fn(
  'count',
  'note#',
  `const [held] = await context.get('sum#all');
   context.put('sum#all', (held?.value ?? 0) + events.filter((e) => !e.replay).length);`,
);

interface Walled {
  readonly wall: FunctionWall;
}

/** @param more.syncMs how long a sync takes; then the disk can fail. */
export async function machineWithFunctions(
  h: Household,
  sources: readonly FunctionSource[],
  {
    wall = createInProcessWall(),
    ...more
  }: Pick<PeerInit, 'syncMs' | 'store'> & Partial<Walled> = {},
) {
  const { folder, put: install } = createFolder(...sources);
  const machine = await h.machine('kitchen', { wall, folder }, more);
  await h.run(machine.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }));
  await h.run(machine.app.accounts.create({ name: 'Anna' }));
  const put = (sortKey: string, value: JsonValue) =>
    h.run(machine.app.items.put({ sortKey, value }));
  const valueOf = async (sortKey: string): Promise<JsonValue | undefined> => {
    const { siblings } = await machine.app.items.get({ sortKey, consistency: 'local' });
    expect(siblings.length).toBeLessThan(2);
    return siblings[0]?.value;
  };
  const view = async (name: string) => {
    const { functions } = await machine.app.functions.list();
    const found = functions.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no function ${name}`);
    return found;
  };
  const settled = (name: string) =>
    h.until(
      () => view(name),
      (one) => one.lag === 0,
    );
  return { h, machine, install, put, valueOf, view, settled };
}
