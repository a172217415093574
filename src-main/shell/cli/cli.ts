import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../base/clock.ts';
import { createSystemRandom } from '../../base/random.ts';
import type { CommandIo } from './command.ts';
import { runCli } from './run-cli.ts';
import { createFile, readParts } from './local-files.ts';
import { askLine, readAll, readLines } from './terminal-input.ts';

/** The command line's process: `carrossel.mjs` loads this, as source or as bundle. */

/** A stop that takes longer than this is cut short: a service manager would do it anyway. */
const STOP_TIMEOUT_MS = 20_000;
/** What keeps the process alive after its command is done is not worth waiting for. */
const EXIT_TIMEOUT_MS = 2000;

function systemIo(): CommandIo {
  const clock = createSystemClock();
  const app = findApp(dirname(fileURLToPath(import.meta.url)));
  let stop: AbortSignal | undefined;
  return {
    out: (text) => {
      process.stdout.write(`${text}\n`);
    },
    err: (text) => {
      process.stderr.write(`${text}\n`);
    },
    redraw: process.stderr.isTTY ? redraw : undefined,
    ask: askLine,
    readInput: readAll,
    lines: readLines,
    readFile: (path) => readFile(path, 'utf8'),
    ...{ readParts, createFile },
    openPage,
    env: process.env,
    platform: process.platform,
    homeDir: homedir(),
    hostName: hostname(),
    pid: process.pid,
    appRoot: app.root,
    version: app.version,
    locale: 'en',
    timeZone: undefined,
    clock,
    random: createSystemRandom(),
    stopSignal: () => (stop ??= signalOfSignals(clock)),
    loadPeer: async () => (await import('../../peer.ts')).createPeer,
  };
}

/** Back to the beginning of the line, what is there wiped out, and no more than fits beside it. */
function redraw(text: string | undefined): void {
  const { columns } = process.stderr;
  process.stderr.write(`\r\u001B[2K${text?.slice(0, Math.max(1, columns - 1)) ?? ''}`);
}

/** The folder with our package.json, above the source as above the bundle. */
function findApp(from: string): { root: string; version: string } {
  for (let dir = from; dir !== dirname(dir); dir = dirname(dir)) {
    try {
      const text = readFileSync(join(dir, 'package.json'), 'utf8');
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === 'carrossel') return { root: dir, version: version ?? '' };
    } catch {
      continue;
    }
  }
  return { root: from, version: '' };
}

/** Best effort: the address is on the screen as well. */
function openPage(url: string): void {
  const { platform, env } = process;
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return;
  const [command, args] =
    platform === 'darwin'
      ? ['open', [url]]
      : platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const opener = spawn(command, args, { detached: true, stdio: 'ignore' });
  opener.on('error', () => {
    process.stderr.write('No browser could be opened; the address is above.\n');
  });
  opener.unref();
}

function signalOfSignals(clock: CommandIo['clock']): AbortSignal {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
    clock.schedule(STOP_TIMEOUT_MS, () => {
      process.stderr.write('carrossel: it did not stop in time; ended.\n');
      process.exit(1);
    });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Started through an older Node (carrossel.mjs): when that one is gone, so are we.
  process.once('disconnect', onSignal);
  process.channel?.unref();
  return stopping.signal;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.on('unhandledRejection', (reason) => {
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  process.stderr.write(`carrossel: something failed unheard: ${text}\n`);
});

const io = systemIo();
process.exitCode = await runCli(process.argv.slice(2), io);
io.clock.schedule(EXIT_TIMEOUT_MS, () => process.exit());
