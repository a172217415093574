import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../../src-main/base/clock.ts';
import { createSilentLogger } from '../../../src-main/base/logger.ts';
import { createMetrics } from '../../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../../src-main/base/random.ts';
import type { PeerOptions } from '../../../src-main/peer.ts';
import type { RunningPeer } from '../../../src-main/shell/app-api.ts';
import type { CommandIo } from '../../../src-main/shell/cli/command.ts';
import { createFile, readParts } from '../../../src-main/shell/cli/local-files.ts';
import { runCli } from '../../../src-main/shell/cli/run-cli.ts';
import { startServedPeer, type ServedPeer } from '../../../src-main/shell/served-peer.ts';
import { createMemoryApp, PEER_ID, type MemoryApp } from '../memory-app.ts';
import { NOON } from '../sample-carts.ts';

/** A peer over the memory app in a folder of its own, and command lines run against it. */
export interface CommandLine {
  readonly app: MemoryApp;
  readonly dataDir: string;
  readonly peer: ServedPeer;
  run(...words: string[]): Promise<Ran>;
  close(): Promise<void>;
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Peers over a memory app, as peer.ts makes real ones. */
export function memoryPeers(app: MemoryApp): (options: PeerOptions) => Promise<RunningPeer> {
  return () =>
    Promise.resolve({
      app,
      peerId: PEER_ID,
      metrics: createMetrics(),
      wake: () => undefined,
      addresses: () => ['/ip4/192.168.1.7/tcp/4100'],
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    });
}

export interface Told {
  readonly out: string[];
  readonly err: string[];
}

/** The world around a command, with what it wrote. `input` is what a person types or pipes in. */
export function testIo(
  options: Partial<CommandIo> & { input?: string } = {},
): CommandIo & { told: Told } {
  const told: Told = { out: [], err: [] };
  const { input = '', ...rest } = options;
  return {
    told,
    out: (text) => told.out.push(text),
    err: (text) => told.err.push(text),
    ask: () => Promise.resolve(input),
    readInput: () => Promise.resolve(input),
    lines: () =>
      (async function* () {
        await Promise.resolve();
        yield* input.split('\n');
      })(),
    ...{ readParts, createFile },
    readFile: (path) => Promise.reject(new Error(`no file ${path}`)),
    openPage: () => undefined,
    env: {},
    platform: 'linux',
    homeDir: '/home/ana',
    hostName: 'kitchen',
    pid: process.pid,
    appRoot: '/nowhere',
    version: '1.2.3',
    locale: 'en',
    timeZone: 'UTC',
    clock: { ...createSystemClock(), wallMs: () => NOON },
    random: createSystemRandom(),
    stopSignal: () => new AbortController().signal,
    loadPeer: () => Promise.resolve(memoryPeers(createMemoryApp())),
    ...rest,
  };
}

export async function ran(words: readonly string[], io: CommandIo & { told: Told }): Promise<Ran> {
  const status = await runCli(words, io);
  return { status, out: io.told.out.join('\n'), err: io.told.err.join('\n') };
}

export async function openCommandLine(): Promise<CommandLine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'carrossel-cli-'));
  const app = createMemoryApp();
  const peer = await startServedPeer(
    {
      peer: { dataDir, host: 'test' },
      apiHost: '127.0.0.1',
      apiPort: 0,
      allowOrigins: [],
      pageRoot: undefined,
      pid: process.pid,
      createRing: undefined,
      join: undefined,
    },
    {
      createPeer: memoryPeers(app),
      logger: createSilentLogger(),
      clock: createSystemClock(),
      random: createSystemRandom(),
    },
  );
  return {
    app,
    dataDir,
    peer,
    run: (...words) => ran([...words, '--data', dataDir], testIo()),
    async close() {
      await peer.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
