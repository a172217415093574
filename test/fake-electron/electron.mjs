// The modules `electron`, `electron/main` and `electron/common`, as far as the app uses them.
import { EventEmitter } from 'node:events';
import { Chromium } from './chromium.mjs';
import { Menu, nativeImage, Notification, powerMonitor, screen, Tray } from './desktop.mjs';
import { ElectronApp } from './electron-app.mjs';
import { createSafeStorage } from './safe-storage.mjs';
import { utilityProcess } from './utility-process.mjs';
import { schemes, WebContents } from './web-contents.mjs';

const chromium = new Chromium();
const windows = [];

export const app = new ElectronApp(chromium, windows);
export const ipcMain = new EventEmitter();
export const safeStorage = createSafeStorage(app);
export { Menu, nativeImage, Notification, powerMonitor, screen, Tray, utilityProcess };

export const shell = {
  opened: [],
  async openExternal(url) {
    shell.opened.push(url);
  },
};
export const dialog = {
  shown: [],
  showErrorBox(title, text) {
    dialog.shown.push({ title, text });
    process.stderr.write(`[dialog] ${title}: ${text}\n`);
  },
  /** Answered by the test: `dialog.answer(response)`. */
  asked: [],
  showMessageBox(options) {
    return new Promise((resolve) => {
      dialog.asked.push(options);
      dialog.answer = (response) => resolve({ response, checkboxChecked: false });
    });
  },
};
export const nativeTheme = new EventEmitter();

class Session {
  handlers = new Map();
  #filter;
  protocol = {
    handle: (scheme, handler) => {
      if (!app.isReady()) throw new Error('protocol.handle before ready');
      this.handlers.set(scheme, handler);
    },
  };
  webRequest = {
    onBeforeRequest: (filter) => {
      this.#filter = filter;
    },
  };
  setPermissionRequestHandler(handler) {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler) {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler) {
    this.devicePermission = handler;
  }
  /** As Electron asks before a camera is used: the check, then the request. */
  mayUse(contents, permission, details) {
    const { origin } = contents.mainFrame;
    if (this.permissionCheck && !this.permissionCheck(contents, permission, origin, details))
      return Promise.resolve(false);
    if (!this.permissionRequest) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.permissionRequest(contents, permission, resolve, details);
    });
  }
  async refuses(details) {
    if (!this.#filter) return false;
    return new Promise((resolve) =>
      this.#filter(details, ({ cancel }) => resolve(cancel === true)),
    );
  }
}

const sessions = new Map();
export const session = {
  fromPartition(name) {
    if (!sessions.has(name)) sessions.set(name, new Session());
    return sessions.get(name);
  },
  get defaultSession() {
    return session.fromPartition('');
  },
};

export const protocol = {
  registerSchemesAsPrivileged(list) {
    if (app.isReady()) throw new Error('registerSchemesAsPrivileged after app is ready');
    for (const { scheme, privileges } of list) schemes.set(scheme, privileges);
  },
};

/**
 * The start-up tab of Chromium serves the first window; it shows up a moment after DevTools does.
 */
let firstTab = true;
async function takeFirstTab() {
  if (!firstTab) return undefined;
  firstTab = false;
  for (;;) {
    const { targetInfos } = await chromium.send('Target.getTargets');
    const page = targetInfos.find((target) => target.type === 'page');
    if (page) return page.targetId;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows() {
    return [...windows];
  }
  static fromWebContents(contents) {
    return contents?.window ?? null;
  }
  constructor(options = {}) {
    super();
    this.options = options;
    const { x = 100, y = 100, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    this.maximized = false;
    const preferences = options.webPreferences ?? {};
    const used = preferences.session ?? session.defaultSession;
    const host = { app, chromium, ipcMain, takeFirstTab };
    this.webContents = new WebContents(this, preferences, used, host);
    windows.push(this);
  }
  loadURL(url) {
    return this.webContents.loadURL(url);
  }
  show() {
    this.shown = true;
  }
  getNormalBounds() {
    if (this.webContents.destroyed) throw new TypeError('Object has been destroyed');
    return { ...this.bounds };
  }
  /** For tests: the person moves it. */
  setBounds(bounds) {
    this.bounds = { ...this.bounds, ...bounds };
  }
  maximize() {
    this.maximized = true;
  }
  isMaximized() {
    return this.maximized;
  }
  focus() {}
  isMinimized() {
    return false;
  }
  restore() {}
  isDestroyed() {
    return this.webContents.destroyed;
  }
  close() {
    this.emit('close', {});
    this.closing = true;
    this.webContents.close();
  }
  /** Its tab is closed, or the app quits. */
  gone() {
    if (this.webContents.destroyed) return;
    if (!this.closing) this.emit('close', {});
    this.webContents.destroyed = true;
    windows.splice(windows.indexOf(this), 1);
    for (const port of this.webContents.ports.values()) port.pushClose();
    this.emit('closed');
    if (windows.length === 0 && !app.isQuitting) app.emit('window-all-closed');
  }
}

export const webContents = {
  fromDevToolsTargetId: (id) =>
    windows.find((window) => window.webContents.targetId === id)?.webContents,
};

export default {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
  webContents,
};
