import {
  app,
  BrowserWindow,
  ipcMain,
  screen,
  session,
  type IpcMainEvent,
  type MessagePortMain,
} from 'electron/main';
import type { Clock } from '../../base/clock.ts';
import { APP_ORIGIN, isOwnAddress } from './app-origin.ts';
import { createCameraPermission, type CameraPermission } from './camera-permission.ts';
import { pageAddress } from './deep-link.ts';
import type { DesktopStateFile } from './desktop-state.ts';
import { lockDownSession } from './lock-down.ts';
import { LEAST_SIZE, placeOf } from './window-place.ts';

/** The app's window: one at a time, opened again when asked for. */
export interface AppWindow {
  /** Opens or shows it, with a link for its page if there is one. */
  open(link?: string): void;
  /** Opens or shows it at this place of the page (`#/settings`). */
  show(place?: string): void;
  readonly isOpen: boolean;
}

export interface AppWindowInit {
  readonly pageRoot: string;
  readonly preload: string;
  readonly icon: string;
  /** Takes the port by which the page wants to reach the peer. */
  onConnect(port: MessagePortMain): void;
  /** Takes the port by which the page shows and turns the app's own switches. */
  onSwitches(port: MessagePortMain): void;
}

const CHANNEL = 'carrossel:connect';
const SCAN = 'carrossel:scan';
const SWITCHES = 'carrossel:switches';

export function createAppWindow(
  init: AppWindowInit,
  components: { readonly clock: Clock; readonly state: DesktopStateFile },
): AppWindow {
  const { clock, state } = components;
  const ours = session.fromPartition('persist:carrossel');
  const camera = createCameraPermission(clock);
  lockDownSession(ours, init.pageRoot, () => camera.allowed);
  let window: BrowserWindow | undefined;
  hearPage(() => window, init, camera);

  function make(address: string): void {
    const { bounds, maximized } = state.current;
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
    const made = new BrowserWindow({
      ...placeOf(bounds, screens),
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      show: false,
      title: 'Carrossel',
      icon: init.icon,
      // The page's own grounds: no flash of white in the dark.
      backgroundColor: '#00000000',
      autoHideMenuBar: true,
      webPreferences: {
        session: ours,
        preload: init.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    window = made;
    if (maximized) made.maximize();
    made.once('ready-to-show', () => {
      made.show();
    });
    // While it is still there: a closed window has no place.
    made.once('close', () => {
      state.set({ bounds: made.getNormalBounds(), maximized: made.isMaximized() });
    });
    made.once('closed', () => {
      camera.scanning(false);
      if (window === made) window = undefined;
    });
    // Windows asks nobody but windows before it ends all.
    made.once('session-end', () => {
      app.quit();
    });
    void made.loadURL(address).catch(() => undefined);
  }
  function bring(address: string | undefined): void {
    if (!window) {
      make(address ?? pageAddress(APP_ORIGIN, undefined));
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    // Only the fragment changes: the page stays and hears `hashchange`.
    if (address !== undefined) void window.loadURL(address).catch(() => undefined);
  }
  return {
    get isOpen() {
      return window !== undefined;
    },
    open(link) {
      bring(link === undefined ? undefined : pageAddress(APP_ORIGIN, link));
    },
    show(place) {
      bring(place === undefined ? undefined : `${pageAddress(APP_ORIGIN, undefined)}${place}`);
    },
  };
}

/** All that a page may say to the main process, and only our own page. */
function hearPage(
  windowNow: () => BrowserWindow | undefined,
  init: AppWindowInit,
  camera: CameraPermission,
): void {
  const hear = (channel: string, take: (port: MessagePortMain) => void): void => {
    ipcMain.on(channel, (event) => {
      const [port] = event.ports;
      if (!port) return;
      if (isOurPage(event, windowNow())) take(port);
      else port.close();
    });
  };
  hear(CHANNEL, init.onConnect);
  hear(SWITCHES, init.onSwitches);
  // The camera is the page's for as long as this port is open; a page that is left closes it.
  hear(SCAN, (port) => {
    camera.scanning(true);
    port.on('close', () => {
      camera.scanning(false);
    });
    port.start();
    port.postMessage('ready');
  });
}

/** The sender is our window's top frame, and it shows our page: checked on every message. */
function isOurPage(event: IpcMainEvent, window: BrowserWindow | undefined): boolean {
  const { sender, senderFrame } = event;
  if (!window || window.isDestroyed() || sender !== window.webContents) return false;
  return senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url);
}
