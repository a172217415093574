import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toAppError } from '../../base/app-error.ts';
import type { Call } from '../app-api.ts';
import { createLineLogger, logLevelOf } from '../log-output.ts';
import type { ServedPeer } from '../served-peer.ts';
import { createPlainWrap } from '../secrets-wrap.ts';
import { defineCommand, type CommandIo, type Invocation, type OptionSpecs } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { textTable } from './text-table.ts';

/** One of the machines that are tried out: its short name is its folder's, too. */
interface Machine {
  readonly short: string;
  readonly name: string;
}

const MACHINES: readonly Machine[] = [
  { short: 'ana', name: "Ana's laptop" },
  { short: 'ben', name: "Ben's laptop" },
  { short: 'clara', name: "Clara's laptop" },
  { short: 'davi', name: "Davi's laptop" },
  { short: 'till', name: 'The till' },
];
const FEWEST = 2;
const ACCOUNT = 'Family';
const CART = 'Groceries';
const FIRST_LINES: readonly (readonly [string, number])[] = [
  ['Rice 5 kg', 2],
  ['Coffee', 1],
  ['Milk', 6],
];
const INVITE_MS = 600_000;
const HELP =
  'Type here, as often as you like:\n' +
  '  stop ben till    their lids close: nothing reaches them, they reach nobody\n' +
  '  start ben till   they are back (without names: all that were stopped)\n' +
  '  list             the table above again\n' +
  '  quit             stop all (or Ctrl-C); the next "carrossel try" goes on from here';

export const tryCommand = defineCommand({
  name: 'try',
  takes: '[COUNT]',
  count: [0, 1],
  summary: 'a ring of five peers on this machine, to see what it is like',
  options: {},
  notes:
    `Real peers with a data folder and a page each, an account "${ACCOUNT}" on all of them and a\n` +
    'cart in it. Stop some, write on both sides, start them again, and settle it in a page. They\n' +
    'rest in DIR (default: a folder "…-try" beside the usual one); to begin anew, delete that.',
  examples: ['carrossel try', 'carrossel try 3 --data /tmp/shop'],
  async run(call) {
    const { io, positionals } = call;
    const bounds = { min: FEWEST, max: MACHINES.length };
    const count = wholeNumber('COUNT', positionals[0] ?? String(MACHINES.length), bounds);
    const table = await openTable(call, MACHINES.slice(0, count));
    const stopping = io.stopSignal();
    try {
      await table.start(MACHINES.slice(0, count).map(({ short }) => short));
      await table.settleIn(stopping);
      table.show();
      if (!call.json) io.err(`${HELP}\n\n${table.hint()}`);
      await obey(table, io, stopping);
    } finally {
      if (!call.json) io.err('Stopping…');
      await table.stop(table.running());
    }
  },
});

/** The machines on the table: which run, and what can be done with them. */
interface Table {
  running(): readonly string[];
  /** Starts those that do not run. */
  start(names: readonly string[]): Promise<void>;
  stop(names: readonly string[]): Promise<void>;
  /** At the first start: a ring of all, an account on all, a cart in it. */
  settleIn(signal: AbortSignal): Promise<void>;
  show(): void;
  /** How other commands find one of them. */
  hint(): string;
  names(): readonly string[];
}

async function openTable(
  call: Invocation<OptionSpecs>,
  machines: readonly Machine[],
): Promise<Table> {
  const { io, json } = call;
  const root = 'data' in call.values ? call.dataDir : `${call.dataDir}-try`;
  const [createPeer, { startServedPeer }] = await Promise.all([
    io.loadPeer(),
    import('../served-peer.ts'),
  ]);
  const level = logLevelOf(io.env['CARROSSEL_LOG'], 'error');
  const write = (line: string): void => {
    io.err(line);
  };
  const logger = createLineLogger({ level, json, write }, io.clock);
  const peers = new Map<string, ServedPeer>();
  const page = join(io.appRoot, 'dist', 'renderer');
  const pageRoot = existsSync(join(page, 'index.html')) ? page : undefined;

  async function startOne({ short, name }: Machine): Promise<void> {
    const dataDir = join(root, short);
    const peer = await startServedPeer(
      {
        peer: { dataDir, host: 'headless', secretsWrap: createPlainWrap(), name },
        ...{ apiHost: '127.0.0.1', apiPort: 0, allowOrigins: [], pageRoot, pid: io.pid },
        ...{ createRing: undefined, join: undefined },
      },
      { createPeer, logger: logger.scope(short), clock: io.clock, random: io.random },
    );
    peers.set(short, peer);
  }
  function show(): void {
    const rows = machines.map(({ short, name }) => {
      const peer = peers.get(short);
      return { short, name, dataDir: join(root, short), page: peer && pageOf(peer) };
    });
    if (json) {
      io.out(JSON.stringify({ event: 'ready', machines: rows }));
      return;
    }
    const columns = ['', 'Machine', 'Its page'].map((title) => ({ title }));
    const cells = rows.map((row) => [row.short, row.name, row.page ?? 'stopped']);
    io.out(textTable(columns, cells));
  }
  return {
    running: () => [...peers.keys()],
    names: () => machines.map(({ short }) => short),
    show,
    hint: () =>
      'In another terminal, for any of them:\n' +
      `  carrossel cart show --data ${join(root, machines[0]?.short ?? '')}`,
    async start(names) {
      for (const machine of machines) {
        if (names.includes(machine.short) && !peers.has(machine.short)) await startOne(machine);
      }
    },
    async stop(names) {
      const going = names.flatMap((name) => peers.get(name) ?? []);
      for (const name of names) peers.delete(name);
      await Promise.all(going.map((peer) => peer.stop()));
    },
    async settleIn(signal) {
      const phrases = await makeFamily([...peers.values()], { signal });
      if (phrases === undefined || json) return;
      io.err(
        'Two phrases, shown this once. Of a real ring you would write them down:\n' +
          `  the ring     ${phrases.ring}\n  the account  ${phrases.account}\n`,
      );
    },
  };
}

function pageOf({ origin, token }: ServedPeer): string {
  return `${origin}/#token=${token}`;
}

/** The phrases of what was made; undefined where all of it is there from the last time. */
async function makeFamily(
  [first, ...others]: readonly ServedPeer[],
  call: Call,
): Promise<{ ring: string; account: string } | undefined> {
  if (first === undefined) return undefined;
  const { app } = first;
  if (first.ringId !== undefined) return undefined;
  const { phrase: ring } = await app.ring.create({ name: 'Try', n: 'auto', r: 2, w: 2 }, call);
  for (const other of others) {
    const { link } = await app.ring.invite({ expiresInMs: INVITE_MS, admin: false }, call);
    await other.app.ring.join({ link }, call);
  }
  const { phrase } = await app.accounts.create({ name: ACCOUNT }, call);
  for (const other of others) await other.app.accounts.logIn({ phrase, name: ACCOUNT }, call);
  await app.carts.create({ name: CART }, call);
  const lines = FIRST_LINES.map(([title, quantity]) => ({
    product: { title },
    quantity,
    note: '',
  }));
  await app.carts.addLines({ name: CART, lines }, call);
  return { ring, account: phrase };
}

/** What the person types, line by line, until they quit or stop it. */
async function obey(table: Table, io: CommandIo, stopping: AbortSignal): Promise<void> {
  for await (const line of io.lines(stopping)) {
    const [verb = '', ...words] = line.trim().toLowerCase().split(/\s+/);
    if (verb === 'quit' || verb === 'exit') return;
    if (verb === '') continue;
    const wrong = words.filter((word) => !table.names().includes(word));
    const known = verb === 'list' || verb === 'start' || (verb === 'stop' && words.length > 0);
    if (!known || wrong.length > 0) {
      io.err(wrong.length > 0 ? `There is no ${wrong.join(', ')} here.` : HELP);
      continue;
    }
    try {
      if (verb === 'stop') await table.stop(words);
      if (verb === 'start') await table.start(words.length === 0 ? table.names() : words);
    } catch (error) {
      io.err(`carrossel: ${toAppError(error).message}`);
    }
    table.show();
  }
  await new Promise<void>((resolve) => {
    if (stopping.aborted) resolve();
    stopping.addEventListener('abort', () => {
      resolve();
    });
  });
}
