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
import { createDesktop, type Desktop } from './desktop.ts';
import { openDesktopState } from './desktop-state.ts';
import { desktopWords } from './desktop-words.ts';
import { lockDownApp } from './lock-down.ts';
import { parseLaunchOptions } from './launch-options.ts';
import { createLoginItem } from './login-item.ts';
import { createPeerChild, type PeerChild } from './peer-child.ts';
import { createAppWindow, type AppWindow } from './window.ts';
import { loadWrappingKey } from './wrapping-key.ts';

/**
 * Electron's main process, and all it does: one instance for a data folder, the window and what is
 * around it, the key from the OS key store, and the hand-over of ports. The peer runs in a process
 * of its own.
 */

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const paths = {
  pageRoot: at('../renderer'),
  preload: at('../preload/preload.cjs'),
  peerProcess: at('./peer-process.js'),
  icon: at('../../src-main/assets/icons/256x256.png'),
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
const state = openDesktopState(join(dataDir, 'window', 'desktop.json'), (error) => {
  logger.warn('the place of the window could not be kept', { error: String(error) });
});
interface Parts {
  readonly window: AppWindow;
  readonly child: PeerChild;
  readonly desktop: Desktop;
  /** Nobody asked for a window: the system started the app when the person logged in. */
  readonly hidden: boolean;
}

// All of this must happen before `ready`, hence before anything is awaited.
app.setName('Carrossel');
app.setAppUserModelId('example.carrossel.app');
app.setPath('userData', join(dataDir, 'window'));
lockDownApp();
if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  let parts: Parts | undefined;
  let waiting = findDeepLink(process.argv);
  const open = (link?: string): void => {
    if (parts) parts.window.open(link);
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
    if (state.current.keepRunning) parts?.desktop.keptRunning();
    else if (process.platform !== 'darwin') app.quit();
  });
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped || !parts) return;
    event.preventDefault();
    void parts.child.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
  void app
    .whenReady()
    .then(async () => {
      if (app.isPackaged) app.setAsDefaultProtocolClient('carrossel');
      parts = await start();
      if (!parts.hidden || waiting !== undefined) parts.window.open(waiting);
    })
    .catch((error: unknown) => {
      giveUp(toAppError(error).message);
    });
}

/** Peer, window and desktop; they refer to each other, so each looks the others up when called. */
async function start(): Promise<Parts> {
  const words = desktopWords(app.getPreferredSystemLanguages());
  const child: PeerChild = await createPeer({
    onState: (peer) => {
      desktop.peerState(peer);
    },
    onNews: (news) => {
      desktop.news(news);
    },
    onGivenUp: () => {
      void askToTryAgain(words).then((again) => {
        if (again) child.start();
        else app.quit();
      });
    },
  });
  const { connect } = child;
  const window = createAppWindow(
    {
      ...paths,
      onConnect: connect,
      onSwitches: (port) => {
        desktop.switches(port);
      },
    },
    { clock, state },
  );
  const login = createLoginItem({
    app,
    installed: app.isPackaged,
    platform: process.platform,
    // An AppImage is mounted anew at each start; its own path is in the environment.
    program: process.env['APPIMAGE'] ?? process.execPath,
    configDir: process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
  });
  const desktop = createDesktop(
    {
      words,
      icon: paths.icon,
      show: (place) => {
        window.show(place);
      },
      quit: () => {
        app.quit();
      },
      onWake: () => {
        child.wake();
      },
    },
    { state, login, logger },
  );
  child.start();
  const hidden = options.hidden === true || login?.startedBySystem === true;
  return { window, child, desktop, hidden };
}

type Listeners = Pick<Parameters<typeof createPeerChild>[0], 'onState' | 'onNews' | 'onGivenUp'>;

async function createPeer(listeners: Listeners): Promise<PeerChild> {
  const key = await loadWrappingKey(dataDir, {
    keyStore: safeStorage,
    platform: process.platform,
    random: createSystemRandom(),
  });
  const { name, listen, mdns } = options;
  return createPeerChild(
    {
      ...listeners,
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
}

async function askToTryAgain(words: ReturnType<typeof desktopWords>): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Carrossel',
    message: words.crashedTitle,
    detail: words.crashedText,
    buttons: [words.tryAgain, words.quit],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

function giveUp(message: string): void {
  logger.error(message);
  dialog.showErrorBox(desktopWords(app.getPreferredSystemLanguages()).cannotStart, message);
  app.exit(1);
}
