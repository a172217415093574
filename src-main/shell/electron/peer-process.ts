import { toAppError } from '../../base/app-error.ts';
import { fromHex } from '../../base/bytes.ts';
import { createSystemClock } from '../../base/clock.ts';
import { createSystemRandom } from '../../base/random.ts';
import { createPeer } from '../../peer.ts';
import { createLineLogger, logLevelOf } from '../log-output.ts';
import { createKeyedWrap, createPlainWrap } from '../secrets-wrap.ts';
import { createPortServer, type MainPort, type PortServer } from '../serve-port.ts';
import { startServedPeer, type ServedPeer } from '../served-peer.ts';
import { ToPeer, type FromPeer, type StartMessage } from './peer-messages.ts';
import { followNews } from './peer-news.ts';

/**
 * The peer under Electron: a utility process with the same peer as a headless one. Windows reach it
 * over their own ports, programs and the command line over the loopback API.
 */

const clock = createSystemClock();
const random = createSystemRandom();
const logger = createLineLogger(
  {
    level: logLevelOf(process.env['CARROSSEL_LOG'], 'warn'),
    json: false,
    write: (line) => {
      process.stderr.write(`${line}\n`);
    },
  },
  clock,
);

interface Running {
  readonly peer: ServedPeer;
  readonly ports: PortServer;
}
let running: Promise<Running> | undefined;
const stopping = new AbortController();

function tell(message: FromPeer): void {
  process.parentPort.postMessage(message);
}

async function start(message: StartMessage): Promise<Running> {
  const { dataDir, wrappingKey, pageRoot, name, listen, mdns } = message;
  const key = wrappingKey === null ? undefined : fromHex(wrappingKey);
  if (key === undefined) logger.warn('no key store here: secrets are plain files of mode 0600');
  const peer = await startServedPeer(
    {
      peer: {
        dataDir,
        host: 'electron',
        secretsWrap: key === undefined ? createPlainWrap() : createKeyedWrap({ key }, random),
        ...(name === undefined ? {} : { name }),
        ...(listen === undefined ? {} : { listen }),
        ...(mdns === undefined ? {} : { mdns }),
      },
      apiHost: '127.0.0.1',
      apiPort: 0,
      allowOrigins: [],
      pageRoot,
      pid: process.pid,
      createRing: undefined,
      join: undefined,
    },
    { createPeer, logger, clock, random },
  );
  const ports = createPortServer({ router: peer.router, logger: logger.scope('window') });
  tell({ type: 'ready' });
  const tellNews = (news: Extract<FromPeer, { type: 'news' }>['news']): void => {
    tell({ type: 'news', news });
  };
  followNews(peer.app, tellNews, stopping.signal).catch((error: unknown) => {
    logger.warn('the tray is told nothing more', { error: String(error) });
  });
  return { peer, ports };
}

async function stop(): Promise<void> {
  const found = await running?.catch(() => undefined);
  stopping.abort();
  found?.ports.stop();
  await found?.peer.stop();
  process.exit(0);
}

function onMessage(data: unknown, port: MainPort | undefined): void {
  const message = ToPeer.parse(data);
  switch (message.type) {
    case 'start':
      running ??= start(message);
      running.catch((error: unknown) => {
        const { code, message: sentence } = toAppError(error);
        logger.error('the peer could not start', { code, error: String(error) });
        tell({ type: 'failed', code, message: sentence });
      });
      break;
    case 'window':
      // A window that comes while the peer starts waits for it; its port queues what it asks.
      void running?.then(
        ({ ports }) => {
          if (port) ports.serve(port);
        },
        () => port?.close(),
      );
      break;
    case 'wake':
      void running?.then(
        ({ peer }) => {
          peer.wake();
        },
        () => undefined,
      );
      break;
    case 'stop':
      stop().catch((error: unknown) => {
        logger.error('the peer did not stop cleanly', { error: String(error) });
        process.exit(1);
      });
      break;
  }
}

process.on('unhandledRejection', (reason) => {
  logger.error('something failed unheard', { error: String(reason) });
});
process.parentPort.on('message', ({ data, ports }) => {
  try {
    onMessage(data, ports[0] as MainPort | undefined);
  } catch (error) {
    logger.error('a message from the main process made no sense', { error: String(error) });
  }
});
