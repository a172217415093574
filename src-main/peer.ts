/**
 * One peer: floors 0–5 built bottom-up over one data folder. The only place that chooses
 * implementations (with ring-opener.ts, which builds what needs a ring).
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp, type App } from './app/app.ts';
import type { Machine } from './app/ring-lifecycle.ts';
import { toAppError } from './base/app-error.ts';
import { createSystemClock, type Clock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import { createMetrics, type Metrics } from './base/metrics.ts';
import { createSystemRandom, type Random } from './base/random.ts';
import { createRepeating, type Repeating } from './base/repeating.ts';
import type { Startable } from './base/startable.ts';
import { sleep } from './base/waiting.ts';
import type { PeerId } from './domain/ids.ts';
import { createFunctionFolder } from './function-folder.ts';
import { loadMachineSettings } from './machine-settings.ts';
import { diskSpaceOf, interfaceTo, isFolder } from './machine.ts';
import { createRingOpener, type RingOpener } from './ring-opener.ts';
import { createVerifier } from './security/ed25519.ts';
import { readEnvelope } from './security/envelope-format.ts';
import { createPeerKey, newSeed } from './security/peer-key.ts';
import { isSigned } from './security/verify-version.ts';
import { openDataFolder, type DataFolder } from './storage/data-folder.ts';
import { createFileSecretStore } from './storage/file-secret-store.ts';
import { createLevelStore } from './storage/level-store.ts';
import type { SecretStore } from './storage/secret-store.ts';
import type { Store } from './storage/store.ts';
import { createWorkerWall } from './worker-wall.ts';

/** Around every secret that goes to disk: the OS key store in Electron, nothing headless. */
export interface SecretsWrap {
  encrypt(secret: Uint8Array): Promise<Uint8Array>;
  /** NOT_SUPPORTED when the bytes were wrapped by a key this process does not have. */
  decrypt(stored: Uint8Array): Promise<Uint8Array>;
}

/** What a shell chooses when it builds a peer. What is not named is as it was at the last start. */
export interface PeerOptions {
  readonly dataDir: string;
  readonly host: 'headless' | 'electron' | 'test';
  /** What other people see this machine called. @default the host name */
  readonly name?: string;
  /** Multiaddrs to listen on. @default all interfaces, the port of the last start or a free one */
  readonly listen?: readonly string[];
  /** Look for members on the local network. @default true */
  readonly mdns?: boolean;
  /** Share of the ring, 0 = client only. @default 1 */
  readonly capacity?: number;
  /** A rack, room or house; two copies of a cart avoid one zone. @default '' */
  readonly zone?: string;
  /** Meant to stay on. @default true when headless */
  readonly steady?: boolean;
  readonly logger: Logger;
  readonly secretsWrap?: SecretsWrap;
}

/**
 * A peer as the shells see it. `start` opens the store and the ring; `stop` waits for all of it.
 */
export interface Peer extends Startable {
  readonly app: App;
  readonly peerId: PeerId;
  readonly metrics: Metrics;
  /** Multiaddrs announced now; [] while there is no ring. */
  addresses(): readonly string[];
  /** The machine was asleep, or its network changed: lost members are looked for at once. */
  wake(): void;
}

const PEER_KEY = 'peer-key';
/** The scan of the store waits until the start is over, then comes once a day. */
const FIRST_SCAN_MS = 60_000;
const SCAN_EVERY_MS = 24 * 3600_000;
const SCAN_PAUSE_MS = 5;

/**
 * Opens the data folder (exclusively) and reads the peer's key; nothing runs yet.
 * @throws DATA_DIR_IN_USE when another peer has the folder.
 */
export async function createPeer(options: PeerOptions): Promise<Peer> {
  const { logger } = options;
  const folder = await openDataFolder({ dir: options.dataDir }, { logger: logger.scope('folder') });
  try {
    return await buildPeer(options, folder);
  } catch (error) {
    await folder.release();
    throw error;
  }
}

async function buildPeer(options: PeerOptions, folder: DataFolder): Promise<Peer> {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const metrics = createMetrics();
  const { logger } = options;
  const wrap = options.secretsWrap;
  const secrets = createFileSecretStore(
    { dir: folder.secretsDir, ...(wrap === undefined ? {} : { wrap }) },
    { random },
  );
  const seed = await peerSeed(secrets, random);
  const verifier = createVerifier();
  const store = createLevelStore(
    { dir: folder.dir },
    {
      ...{ clock, random, logger: logger.scope('store'), metrics, readEnvelope },
      isSigned: (version) => isSigned(version, verifier),
    },
  );
  const settings = await startWithSettings(store, options);
  const lifecycle = createRingOpener(
    { seed, settings, mdns: options.mdns ?? true, listen: options.listen },
    {
      clock,
      random,
      logger,
      metrics,
      store,
      verifier,
      saveSeed: (next) => secrets.write(PEER_KEY, next),
    },
  );
  const app = createApp(
    { version: packageVersion(), host: options.host, name: settings.current.name },
    {
      clock,
      random,
      logger: logger.scope('app'),
      store: store.items,
      records: store.records,
      stream: store.stream,
      functions: {
        wall: createWorkerWall({}, { clock }),
        folder: createFunctionFolder({ dir: join(folder.dir, 'functions') }, { clock }),
      },
      secrets,
      lifecycle,
      machine: machineOf(folder, store, lifecycle),
    },
  );
  const scanning = createScan(store, clock, logger);
  return {
    app,
    metrics,
    get peerId() {
      return createPeerKey(lifecycle.peerSeed).peerId;
    },
    addresses: () => lifecycle.addresses(),
    wake: () => {
      logger.info('the machine was asleep: looking after the connections');
      lifecycle.wake();
    },
    async start() {
      await app.start();
      await scanning.start();
    },
    async stop() {
      try {
        await scanning.stop();
        await app.stop();
        await lifecycle.close();
        await store.stop();
      } finally {
        await folder.release();
      }
    },
  };
}

/** Reads the whole store behind everything else: damage is found while others still have copies. */
function createScan(store: Store, clock: Clock, logger: Logger): Repeating {
  let waitMs = FIRST_SCAN_MS;
  return createRepeating({
    clock,
    intervalMs: () => waitMs,
    async work(signal) {
      if (waitMs === FIRST_SCAN_MS) await sleep(clock, FIRST_SCAN_MS, signal);
      waitMs = SCAN_EVERY_MS;
      const { state } = await store.verify({ signal, pauseMs: SCAN_PAUSE_MS });
      if (state !== 'sound') logger.error('the store on this machine is damaged');
    },
    onError: (error) => {
      logger.warn('the store could not be scanned', { error: toAppError(error).message });
    },
  });
}

async function startWithSettings(store: Store, options: PeerOptions) {
  await store.start();
  try {
    return await loadMachineSettings(store.records, {
      name: options.name,
      capacity: options.capacity,
      zone: options.zone,
      steady: options.steady ?? options.host === 'headless',
      defaultName: hostname(),
    });
  } catch (error) {
    await store.stop();
    throw error;
  }
}

async function peerSeed(secrets: SecretStore, random: Random): Promise<Uint8Array> {
  const kept = await secrets.read(PEER_KEY);
  if (kept !== undefined) return kept;
  const seed = newSeed(random);
  await secrets.write(PEER_KEY, seed);
  return seed;
}

function machineOf(folder: DataFolder, store: Store, lifecycle: RingOpener): Machine {
  return {
    diskSpace: () => diskSpaceOf(folder.dir),
    ports: () => lifecycle.ports(),
    interfaceTo,
    storeHealth: () => store.health(),
    isKept: (kept) => isFolder(kept),
  };
}

/** The version in package.json, beside the sources or beside the bundle. */
function packageVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === 'carrossel' && version !== undefined) return version;
    } catch {
      continue;
    }
  }
  return '0.0.0';
}
