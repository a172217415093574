import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CartView, CartWritten, MemberView, Status } from '../../../src-main/app/views.ts';
import type { LabHost } from './network-lab.ts';

/** The command as a person has it on the PATH. */
export const carrossel = fileURLToPath(
  new URL('../../../src-main/shell/cli/carrossel.mjs', import.meta.url),
);

export interface Ready {
  readonly peerId: string;
  readonly ringId: string | null;
  readonly addresses: readonly string[];
  readonly api: string;
  readonly token: string;
  readonly phrase?: string;
}

/** Refused by the API: the code is the contract. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${code} (${status}): ${message}`);
    this.status = status;
    this.code = code;
  }
}

/** One real peer: the CLI's `peer` command in a process of its own, and what one asks of it. */
export interface PeerProcess {
  readonly name: string;
  readonly dir: string;
  readonly ready: Ready;
  readonly pageUrl: string;
  readonly log: () => string;
  /** Why it ended; undefined while it runs. */
  readonly ended: () => string | undefined;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  status(): Promise<Status>;
  members(): Promise<readonly MemberView[]>;
  cart(name: string): Promise<CartView>;
  add(cart: string, title: string, quantity?: number): Promise<CartWritten>;
  titles(cart: string): Promise<readonly string[]>;
  /** The same where the cart itself may not have arrived yet. */
  titlesOrNone(cart: string): Promise<readonly string[]>;
  /** SIGKILL: as if the plug was pulled. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for a clean end. */
  stop(): Promise<number | null>;
  /** SIGSTOP and SIGCONT: a lid closed and opened. */
  pause(): void;
  resume(): void;
}

export interface PeerOptions {
  readonly name: string;
  readonly dir: string;
  readonly host?: LabHost;
  /** Where the other peers reach it. @default the host's address, or loopback */
  readonly listenOn?: string;
  /** TCP port for the other peers; 0 or absent: any. */
  readonly port?: number;
  readonly args?: readonly string[];
  /** Where page and API answer. @default one that nobody used a moment ago */
  readonly apiPort?: number;
  /** How long it may take until it is ready. @default 60000 */
  readonly readyMs?: number;
  /** Every line of its log, as it comes. */
  readonly onLog?: (text: string) => void;
}

export function makeDir(name: string): string {
  return mkdtempSync(join(tmpdir(), `carrossel-e2e-${name}-`));
}

export function removeDirs(dirs: readonly string[]): void {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}

/** A port that nobody used a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs `carrossel …` to its end and gives what it printed. */
export function cli(
  args: readonly string[],
  options: { readonly input?: string; readonly host?: LabHost | undefined } = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [command = '', ...rest] = [...(options.host?.prefix ?? []), process.execPath];
  const result = spawnSync(command, [...rest, carrossel, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

export async function startPeer(options: PeerOptions): Promise<PeerProcess> {
  const { name, dir, host } = options;
  const apiPort = options.apiPort ?? (await freePort());
  const listenOn = options.listenOn ?? host?.address ?? '127.0.0.1';
  const listen = `/ip4/${listenOn}/tcp/${options.port ?? 0}`;
  const own = ['peer', '--json', '--data', dir, '--name', name];
  const where = ['--api', `127.0.0.1:${apiPort}`, '--listen', listen];
  const [command = '', ...prefix] = [...(host?.prefix ?? []), process.execPath];
  const args = [...prefix, carrossel, ...own, ...where, ...(options.args ?? [])];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Whatever becomes of the test: no peer outlives the process that started it.
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-200_000);
    options.onLog?.(chunk.toString());
  });
  const ready = await readyLine(child, options.readyMs ?? 60_000, () => log);
  await host?.expose(apiPort);
  return peerProcess(options, child, ready, () => log);
}

async function readyLine(child: ChildProcess, readyMs: number, log: () => string): Promise<Ready> {
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout });
  const timer = AbortSignal.timeout(readyMs);
  const ended = once(child, 'exit', { signal: timer }).then(([code]) => {
    throw new Error(`the peer ended with ${String(code)}:\n${log()}`);
  });
  const line = once(lines, 'line', { signal: timer }).then(
    ([text]) => JSON.parse(String(text)) as Ready,
  );
  ended.catch(() => undefined);
  return Promise.race([line, ended]);
}

function peerProcess(
  { name, dir }: PeerOptions,
  child: ChildProcess,
  ready: Ready,
  log: () => string,
): PeerProcess {
  const base = `${ready.api.replace(/\/$/, '')}/api/v1`;
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${ready.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const value = (text === '' ? undefined : JSON.parse(text)) as T;
    if (response.ok) return value;
    const error = value as { code?: string; message?: string };
    throw new ApiError(response.status, error.code ?? '', error.message ?? text);
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  };
  const cart = (of: string): Promise<CartView> => call('GET', `/carts/${encodeURIComponent(of)}`);
  return {
    name,
    dir,
    ready,
    pageUrl: `${ready.api.replace(/\/$/, '')}/#token=${ready.token}`,
    log,
    ended: () => {
      const how = child.exitCode ?? child.signalCode;
      return how === null ? undefined : String(how);
    },
    call,
    status: () => call('GET', '/status'),
    members: () => call('GET', '/members'),
    cart,
    add: (of, title, quantity = 1) =>
      call('POST', `/carts/${encodeURIComponent(of)}/lines`, {
        lines: [{ product: { title }, quantity }],
      }),
    titles: async (of) => (await cart(of)).lines.map((line) => line.product.title).sort(),
    titlesOrNone: (of) =>
      cart(of).then(
        ({ lines }) => lines.map((line) => line.product.title).sort(),
        (error: unknown) => {
          if (error instanceof ApiError && error.code === 'CART_NOT_FOUND') return ['no such cart'];
          throw error;
        },
      ),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}
