import { nativeImage } from 'electron/common';
import { app, Menu, Notification, powerMonitor, Tray } from 'electron/main';
import type { Logger } from '../../base/logger.ts';
import {
  applicationMenu,
  statusLines,
  trayMenu,
  type MenuActions,
  type PeerState,
} from './desktop-menus.ts';
import type { DesktopStateFile } from './desktop-state.ts';
import type { DesktopWords } from './desktop-words.ts';
import type { LoginItem } from './login-item.ts';
import { createNotifier } from './notifications.ts';
import { createPageSwitches, type SwitchesPort } from './page-switches.ts';
import type { PeerNews } from './peer-news.ts';

/** Everything of the app around its window: menus, tray, notifications, waking up. */
export interface Desktop {
  /** What the peer says of itself. */
  news(news: PeerNews): void;
  peerState(state: PeerState): void;
  /** A page that shows the app's own switches. */
  switches(port: SwitchesPort): void;
  /** The window was closed and the peer goes on; said once in the app's life. */
  keptRunning(): void;
}

export interface DesktopInit {
  readonly words: DesktopWords;
  readonly icon: string;
  show(place?: string): void;
  quit(): void;
  /** The machine was asleep, or its network may be another one. */
  onWake(): void;
}

export interface DesktopComponents {
  readonly state: DesktopStateFile;
  readonly login: LoginItem | undefined;
  readonly logger: Logger;
}

const TRAY_PIXELS = 22;

export function createDesktop(init: DesktopInit, components: DesktopComponents): Desktop {
  const { words } = init;
  const { state, login } = components;
  const tray = createTray(init, components.logger);
  const notify = createNotifier(words);
  let peer: PeerState = 'starting';
  let latest: PeerNews | undefined;
  const setters = {
    setKeepRunning(on: boolean) {
      state.set({ keepRunning: on });
      draw();
    },
    setStartAtLogin(on: boolean) {
      login?.set(on);
      draw();
    },
  };
  const page = createPageSwitches({
    ...setters,
    state: () => ({
      keepRunning: state.current.keepRunning,
      startAtLogin: login?.on ?? null,
    }),
  });

  function draw(): void {
    const { keepRunning } = state.current;
    const actions: MenuActions = {
      show: init.show,
      quit: init.quit,
      keepRunning,
      startAtLogin: login?.on,
      ...setters,
    };
    const options = { devTools: !app.isPackaged };
    const menu = applicationMenu(process.platform, words, actions, options);
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
    const lines = statusLines(peer, latest, words);
    tray?.setToolTip(['Carrossel', ...lines].join('\n'));
    tray?.setContextMenu(Menu.buildFromTemplate(trayMenu(lines, words, actions)));
    page.tell();
  }

  powerMonitor.on('resume', init.onWake);
  powerMonitor.on('unlock-screen', init.onWake);
  // The system waits a little for who asks: a store that stopped leaves no gap (decision 0521).
  powerMonitor.on('shutdown', (...[event]: { preventDefault(): void }[]) => {
    event?.preventDefault();
    init.quit();
  });
  draw();
  return {
    news(news) {
      latest = news;
      for (const { title, body, place } of notify(news)) {
        tell(title, body, () => {
          init.show(place);
        });
      }
      draw();
    },
    peerState(next) {
      if (peer === next) return;
      peer = next;
      draw();
    },
    switches: page.connect,
    keptRunning() {
      if (state.current.toldKeepRunning) return;
      state.set({ toldKeepRunning: true });
      tell(words.keptTitle, words.keptText, () => {
        init.show();
      });
    },
  };
}

function tell(title: string, body: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', onClick);
  notification.show();
}

/** Undefined where the system has no tray: then all is in the menu. */
function createTray({ icon, show }: DesktopInit, logger: Logger): Tray | undefined {
  const image = nativeImage.createFromPath(icon);
  const size = { width: TRAY_PIXELS, height: TRAY_PIXELS };
  try {
    const tray = new Tray(image.resize(size));
    tray.on('click', () => {
      show();
    });
    return tray;
  } catch (error) {
    logger.warn('there is no tray here', { error: String(error) });
    return undefined;
  }
}
