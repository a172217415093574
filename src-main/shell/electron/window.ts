import {
  app,
  BrowserWindow,
  ipcMain,
  session,
  type IpcMainEvent,
  type MessagePortMain,
} from 'electron/main';
import { APP_ORIGIN, isOwnAddress } from './app-origin.ts';
import { pageAddress } from './deep-link.ts';
import { lockDownSession } from './lock-down.ts';

/** The app's window: one at a time, opened again when asked for. */
export interface AppWindow {
  /** Opens or shows it, with a link for its page if there is one. */
  open(link?: string): void;
}

export interface AppWindowInit {
  readonly pageRoot: string;
  readonly preload: string;
  /** Takes the port by which the page wants to reach the peer. */
  onConnect(port: MessagePortMain): void;
}

const CHANNEL = 'carrossel:connect';

export function createAppWindow(init: AppWindowInit): AppWindow {
  const ours = session.fromPartition('persist:carrossel');
  lockDownSession(ours, init.pageRoot);
  let window: BrowserWindow | undefined;

  ipcMain.on(CHANNEL, (event) => {
    const [port] = event.ports;
    if (!port) return;
    if (window && isOurPage(event, window)) init.onConnect(port);
    else port.close();
  });

  function make(link: string | undefined): void {
    const made = new BrowserWindow({
      width: 1100,
      height: 760,
      minWidth: 360,
      minHeight: 480,
      show: false,
      title: 'Carrossel',
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
    made.once('ready-to-show', () => {
      made.show();
    });
    made.once('closed', () => {
      if (window === made) window = undefined;
    });
    void made.loadURL(pageAddress(APP_ORIGIN, link)).catch(() => undefined);
  }
  return {
    open(link) {
      if (!window) {
        make(link);
        return;
      }
      if (window.isMinimized()) window.restore();
      window.focus();
      // Only the fragment changes: the page stays and hears `hashchange`.
      if (link !== undefined)
        void window.loadURL(pageAddress(APP_ORIGIN, link)).catch(() => undefined);
    },
  };
}

/** The sender is our window's top frame, and it shows our page: checked on every message. */
function isOurPage(event: IpcMainEvent, window: BrowserWindow): boolean {
  const { sender, senderFrame } = event;
  if (window.isDestroyed() || sender !== window.webContents) return false;
  return senderFrame !== null && senderFrame.parent === null && isOwnAddress(senderFrame.url);
}
