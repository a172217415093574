import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Random } from '../base/random.ts';
import { removeApiFile, writeApiFile } from './api-file.ts';
import type { PeerOptions } from '../peer.ts';
import type { AppApi, Call, RunningPeer } from './app-api.ts';
import { createRouter, type AppRouter } from './router.ts';
import { createLoopbackServer, type LoopbackServer } from './headless/loopback-server.ts';

/** A peer in this very process, with its page and its API on loopback (and api.json to find it). */
export interface ServedPeer {
  readonly app: AppApi;
  /** For further ways in: Electron's windows. */
  readonly router: AppRouter;
  readonly peerId: string;
  readonly ringId: string | undefined;
  readonly addresses: readonly string[];
  readonly origin: string;
  readonly token: string;
  /** An address that opens the page once, soon: fit for another program's command line. */
  pageLink(): string;
  /** The machine was asleep, or its network changed: lost members are looked for at once. */
  wake(): void;
  /** The phrase of a ring made just now; shown once, kept nowhere. */
  readonly ringPhrase: string | undefined;
  stop(): Promise<void>;
}

export interface ServedInit {
  readonly peer: Omit<PeerOptions, 'logger'>;
  readonly apiHost: string;
  readonly apiPort: number;
  readonly allowOrigins: readonly string[];
  readonly pageRoot: string | undefined;
  readonly pid: number;
  /** Make a ring at the first start; a data folder that has one keeps it. */
  readonly createRing: { n: number | 'auto'; r: number; w: number } | undefined;
  /** Join by this link at the first start. */
  readonly join: string | undefined;
}

export interface ServedComponents {
  createPeer(options: PeerOptions): Promise<RunningPeer>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

/** Errors of the peer's start (DATA_DIR_IN_USE, PORT_IN_USE, INVITE_…) leave nothing running. */
export async function startServedPeer(
  init: ServedInit,
  components: ServedComponents,
): Promise<ServedPeer> {
  const { logger } = components;
  const peer = await startedPeer(init, components);
  const opened: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    opened.push(() => peer.stop());
    const call: Call = { signal: new AbortController().signal };
    const { version } = await peer.app.system.status(undefined, call);
    const router = createRouter({ ...components, app: peer.app, metrics: peer.metrics });
    const server = serverOf(init, components, { router, metrics: peer.metrics, version });
    await server.start();
    opened.push(() => server.stop());
    const { dataDir } = init.peer;
    const { origin, token } = server;
    opened.push(() => removeApiFile(dataDir, token));
    await writeApiFile(dataDir, { version: 1, origin, token, pid: init.pid, peerId: peer.peerId });
    const ringPhrase = await enterRing(init, peer, logger, call);
    const status = await peer.app.system.status(undefined, call);
    return {
      app: peer.app,
      router,
      peerId: peer.peerId,
      ringId: status.ring?.ringId,
      addresses: peer.addresses(),
      origin,
      token,
      pageLink: () => server.pageLink(),
      wake: () => {
        peer.wake();
      },
      ringPhrase,
      stop,
    };
  } catch (error) {
    await stop().catch((failed: unknown) => {
      logger.error('the peer did not stop cleanly', { error: String(failed) });
    });
    throw error;
  }
}

/** Damage of the store that only its first reads met is noted in it: a second start repairs it. */
async function startedPeer(
  init: ServedInit,
  { createPeer, logger }: ServedComponents,
): Promise<RunningPeer> {
  const start = async (): Promise<RunningPeer> => {
    const peer = await createPeer({ ...init.peer, logger });
    try {
      await peer.start();
      return peer;
    } catch (error) {
      await peer.stop().catch((failed: unknown) => {
        logger.error('the peer did not stop cleanly', { error: String(failed) });
      });
      throw error;
    }
  };
  return start().catch((error: unknown) => {
    if (!isAppError(error, 'STORE_DAMAGED')) throw error;
    logger.warn('the start met damage of the store; it is started again, to be repaired');
    return start();
  });
}

function serverOf(
  init: ServedInit,
  { clock, random, logger }: ServedComponents,
  parts: { router: AppRouter; metrics: Metrics; version: string },
): LoopbackServer {
  const { router, metrics, version } = parts;
  return createLoopbackServer(
    {
      host: init.apiHost,
      port: init.apiPort,
      allowOrigins: init.allowOrigins,
      version,
      ...(init.pageRoot === undefined ? {} : { pageRoot: init.pageRoot }),
    },
    { router, metrics, logger: logger.scope('api'), clock, random },
  );
}

/** Creates or joins the ring as asked; a second start of the same command finds it done. */
async function enterRing(
  init: ServedInit,
  peer: RunningPeer,
  logger: Logger,
  call: Call,
): Promise<string | undefined> {
  const { createRing, join } = init;
  if (createRing && join !== undefined) {
    throw new AppError('BAD_REQUEST', 'A peer either creates a ring or joins one, not both.');
  }
  try {
    if (createRing) {
      const { phrase } = await peer.app.ring.create({ name: '', ...createRing }, call);
      return phrase;
    }
    // A link of the ring it is in already is no news; one of another ring is refused.
    if (join !== undefined) await peer.app.ring.join({ link: join }, call);
  } catch (error) {
    if (!isAppError(error, 'RING_EXISTS') || join !== undefined) throw error;
    logger.info('this data folder already has its ring; it is kept');
  }
  return undefined;
}
