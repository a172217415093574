import { app, dialog, safeStorage, utilityProcess } from 'electron/main';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toAppError } from '../../base/app-error.ts';
import { toHex } from '../../base/bytes.ts';
import { createSystemClock } from '../../base/clock.ts';
import { createSystemRandom } from '../../base/random.ts';
import { dataDirOf } from '../data-dir.ts';
import { createLineLogger, logLevelOf } from '../log-output.ts';
import { deepLinkOf, findDeepLink } from './deep-link.ts';
import { lockDownApp } from './lock-down.ts';
import { parseLaunchOptions } from './launch-options.ts';
import { createPeerChild, type PeerChild } from './peer-child.ts';
import { createAppWindow, type AppWindow } from './window.ts';
import { loadWrappingKey } from './wrapping-key.ts';

/**
 * Electron's main process, and all it does: one instance for a data folder, the window, the key
 * from the OS key store, and the hand-over of ports. The peer runs in a process of its own.
 */

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const paths = {
  pageRoot: at('../renderer'),
  preload: at('../preload/preload.cjs'),
  peerProcess: at('./peer-process.js'),
};
const options = parseLaunchOptions(process.argv.slice(1));
const dataDir = dataDirOf(options.data, {
  platform: process.platform,
  homeDir: homedir(),
  env: process.env,
});
const clock = createSystemClock();
const logger = createLineLogger(
  {
    level: logLevelOf(process.env['CARROSSEL_LOG'], 'warn'),
    json: false,
    write: (line) => {
      process.stderr.write(`${line}\n`);
    },
  },
  clock,
).scope('main');

// All of this must happen before `ready`, hence before anything is awaited.
app.setName('Carrossel');
app.setPath('userData', join(dataDir, 'window'));
lockDownApp();
if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  let window: AppWindow | undefined;
  let child: PeerChild | undefined;
  let waiting = findDeepLink(process.argv);
  const open = (link?: string): void => {
    if (window) window.open(link);
    else waiting = link ?? waiting;
  };
  app.on('second-instance', (_event, argv) => {
    open(findDeepLink(argv));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    open(deepLinkOf(url));
  });
  app.on('activate', () => {
    open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped || !child) return;
    event.preventDefault();
    void child.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
  void app
    .whenReady()
    .then(async () => {
      if (app.isPackaged) app.setAsDefaultProtocolClient('carrossel');
      child = await startPeer();
      const { connect } = child;
      window = createAppWindow({ ...paths, onConnect: connect });
      window.open(waiting);
    })
    .catch((error: unknown) => {
      giveUp(toAppError(error).message);
    });
}

async function startPeer(): Promise<PeerChild> {
  const key = await loadWrappingKey(dataDir, {
    keyStore: safeStorage,
    platform: process.platform,
    random: createSystemRandom(),
  });
  const { name, listen, mdns } = options;
  const child = createPeerChild(
    {
      message: {
        type: 'start',
        dataDir,
        wrappingKey: key === undefined ? null : toHex(key),
        pageRoot: paths.pageRoot,
        ...(name === undefined ? {} : { name }),
        ...(listen === undefined ? {} : { listen: [...listen] }),
        ...(mdns === undefined ? {} : { mdns }),
      },
      onFailed: giveUp,
    },
    {
      fork: () => utilityProcess.fork(paths.peerProcess, [], { serviceName: 'Carrossel peer' }),
      clock,
      logger,
    },
  );
  child.start();
  return child;
}

function giveUp(message: string): void {
  logger.error(message);
  dialog.showErrorBox('Carrossel cannot start', message);
  app.exit(1);
}
