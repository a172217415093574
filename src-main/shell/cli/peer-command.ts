import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '../../base/app-error.ts';
import { readApiFile } from '../api-file.ts';
import { createLineLogger, logLevelOf } from '../log-output.ts';
import { createPlainWrap } from '../secrets-wrap.ts';
import type { ServedInit, ServedPeer } from '../served-peer.ts';
import { defineCommand, type CommandIo, type Invocation, type Values } from './command.ts';
import { capacityOf, wholeNumber } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  name: { type: 'string', value: 'NAME', about: "what others see (default: this machine's name)" },
  listen: {
    type: 'string',
    value: 'ADDRESS',
    multiple: true,
    about: 'HOST:PORT or multiaddr for other machines (default: all, a free port)',
  },
  api: {
    type: 'string',
    value: 'HOST:PORT',
    about: 'where page and API answer (default: 127.0.0.1:0, a free port)',
  },
  'allow-origin': {
    type: 'string',
    value: 'ORIGIN',
    multiple: true,
    about: 'also answer under this origin, e.g. http://localhost:9000 of an SSH tunnel',
  },
  capacity: { type: 'string', value: 'N', about: 'share of the ring: 0 none, 1 normal (default)' },
  zone: { type: 'string', value: 'NAME', about: 'where it stands; copies are spread over zones' },
  'no-steady': { type: 'boolean', about: 'this machine is often switched off' },
  'create-ring': { type: 'boolean', about: 'start a ring of its own (only at the first start)' },
  n: {
    type: 'string',
    value: 'N',
    about: 'with --create-ring: copies of each item (default: auto)',
  },
  r: { type: 'string', value: 'R', about: 'with --create-ring: answers of a read (default: 2)' },
  w: {
    type: 'string',
    value: 'W',
    about: 'with --create-ring: copies of a safe write (default: 2)',
  },
  join: { type: 'string', value: 'INVITE', about: 'join a ring by its link (only at first start)' },
  open: { type: 'boolean', about: 'open the page in the browser' },
  'no-mdns': { type: 'boolean', about: 'do not look for members on the local network' },
} as const;

export const peerCommand = defineCommand({
  name: 'peer',
  takes: '',
  count: [0, 0],
  summary: 'run a peer here, with its page and API, until Ctrl-C',
  options: OPTIONS,
  notes:
    'With --json one line goes to standard output when it is ready:\n' +
    '  {"event":"ready","peerId","ringId","addresses","api","token"[,"phrase"]}\n' +
    'The log goes to standard error ($CARROSSEL_LOG = debug, info, warn or error).',
  examples: [
    'carrossel peer --create-ring',
    "carrossel peer --join 'carrossel://join/…' --name kitchen",
    'carrossel peer --listen 0.0.0.0:4100 --api 127.0.0.1:8080 --zone office',
  ],
  async run(call) {
    const { io, json, values, dataDir } = call;
    const stopping = io.stopSignal();
    const logger = createLineLogger(
      {
        level: logLevelOf(io.env['CARROSSEL_LOG'], json ? 'info' : 'warn'),
        json,
        write: (line) => {
          io.err(line);
        },
      },
      io.clock,
    );
    const init = servedInit(call);
    // Both are heavy, and the other commands do without.
    const [createPeer, { startServedPeer }] = await Promise.all([
      io.loadPeer(),
      import('../served-peer.ts'),
    ]);
    const { clock, random } = io;
    const components = { createPeer, logger, clock, random };
    const peer = await startServedPeer(init, components).catch(async (error: unknown) => {
      if (values.open !== true || !(await pointToRunning(error, dataDir, io))) throw error;
    });
    if (peer === undefined) return;
    announce(io, json, peer, init.pageRoot !== undefined);
    if (values.open === true) io.openPage(peer.pageLink());
    await aborted(stopping);
    if (!json) io.err('Stopping…');
    await peer.stop();
  },
});

function servedInit({ values, dataDir, io }: Invocation<typeof OPTIONS>): ServedInit {
  const { host, port } = apiAddress(values.api ?? '127.0.0.1:0');
  const page = join(io.appRoot, 'dist', 'renderer');
  if (values['create-ring'] === true && values.join !== undefined) {
    throw new UsageError('A peer either creates a ring or joins one: not both options.');
  }
  return {
    peer: {
      dataDir,
      host: 'headless',
      secretsWrap: createPlainWrap(),
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(values['no-steady'] === true ? { steady: false } : {}),
      ...(values['no-mdns'] === true ? { mdns: false } : {}),
      ...(values.listen === undefined ? {} : { listen: values.listen.map(listenAddress) }),
      ...(values.capacity === undefined ? {} : { capacity: capacityOf(values.capacity) }),
      ...(values.zone === undefined ? {} : { zone: values.zone }),
    },
    apiHost: host,
    apiPort: port,
    allowOrigins: (values['allow-origin'] ?? []).map(originOf),
    pageRoot: existsSync(join(page, 'index.html')) ? page : undefined,
    pid: io.pid,
    createRing: ringSetting(values),
    join: values.join,
  };
}

function ringSetting(values: Values<typeof OPTIONS>): ServedInit['createRing'] {
  const { n, r, w } = values;
  if (values['create-ring'] !== true) {
    if (n ?? r ?? w) throw new UsageError('--n, --r and --w belong to --create-ring.');
    return undefined;
  }
  const copies = n === undefined || n === 'auto' ? undefined : Number(n);
  const few = String(Math.min(2, copies ?? 2));
  const bounds = { min: 1, max: 64 };
  const setting = {
    n: copies === undefined ? ('auto' as const) : wholeNumber('--n', n ?? '', bounds),
    r: wholeNumber('--r', r ?? few, bounds),
    w: wholeNumber('--w', w ?? few, bounds),
  };
  if (copies !== undefined && (setting.r > copies || setting.w > copies)) {
    throw new UsageError(`With ${copies} copies of each item, --r and --w are at most ${copies}.`);
  }
  return setting;
}

/** The API stays on this machine: whoever reads its traffic has the token. */
function apiAddress(text: string): { host: string; port: number } {
  const [, name, digits] = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (name === undefined || digits === undefined || port > 65_535) {
    throw new UsageError(
      `--api takes an address of this machine only, like 127.0.0.1:8080, not "${text}".`,
    );
  }
  return { host: name === '[::1]' ? '::1' : '127.0.0.1', port };
}

/** `0.0.0.0:4100`, `[::]:4100`, `4100` or a multiaddr. */
export function listenAddress(text: string): string {
  if (text.startsWith('/')) return text;
  const [, v4, v6, digits] =
    /^(?:(\d+(?:\.\d+){3}):|\[([0-9a-fA-F:]+)\]:)?(\d{1,5})$/.exec(text) ?? [];
  if (digits === undefined || Number(digits) > 65_535) {
    throw new UsageError(`--listen takes HOST:PORT or a multiaddr, not "${text}".`);
  }
  return v6 === undefined ? `/ip4/${v4 ?? '0.0.0.0'}/tcp/${digits}` : `/ip6/${v6}/tcp/${digits}`;
}

function originOf(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new UsageError(`--allow-origin takes scheme://host:port, not "${text}".`);
}

function announce(io: CommandIo, json: boolean, peer: ServedPeer, hasPage: boolean): void {
  const { peerId, ringId, addresses, origin: api, token, ringPhrase } = peer;
  if (json) {
    const ready = { event: 'ready', peerId, ringId: ringId ?? null, addresses, api, token };
    io.out(JSON.stringify(ringPhrase === undefined ? ready : { ...ready, phrase: ringPhrase }));
    return;
  }
  if (ringPhrase !== undefined) {
    io.err(
      'The ring phrase, shown this once and kept nowhere. Write it down: it can replace\n' +
        'a lost admin.\n' +
        `\n  ${ringPhrase}\n`,
    );
  }
  io.out(`Peer ${peerId} is ready${ringId === undefined ? ', in no ring yet' : ''}.`);
  io.out(
    hasPage
      ? `Open the page:  ${api}/#token=${token}`
      : `The API is at ${api}/api/v1 (the page is not built: npm run build).`,
  );
  for (const address of addresses) io.out(`Other machines: ${address}`);
  io.out(
    ringId === undefined
      ? "Next: choose in the page, or: carrossel ring create · carrossel ring join 'LINK'"
      : 'Invite another machine: carrossel invite',
  );
}

/** For who wants the page and has a peer already: says where it is. True if there is one. */
async function pointToRunning(error: unknown, dataDir: string, io: CommandIo): Promise<boolean> {
  if (!isAppError(error, 'DATA_DIR_IN_USE')) return false;
  const found = await readApiFile(dataDir);
  if (found === undefined) return false;
  io.out(`A peer is running here already. Its page:  ${found.origin}/#token=${found.token}`);
  return true;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
