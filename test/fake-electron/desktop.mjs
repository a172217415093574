// What is around the windows: menus, tray, notifications, power, screens, pictures. They are kept
// as they were set, so that a test can look at them and click; nothing is drawn.
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';

/** Roles that Electron knows and the app uses; another one is a mistake, as it is there. */
const ROLES = new Set(
  'about hide hideOthers unhide close editMenu resetZoom zoomIn zoomOut togglefullscreen toggleDevTools windowMenu'.split(
    ' ',
  ),
);

class MenuItem {
  constructor(options, menu) {
    const { type, role, submenu, click } = options;
    if (role !== undefined && !ROLES.has(role)) throw new Error(`fake electron: role ${role}`);
    if (type !== 'separator' && role === undefined && !options.label)
      throw new Error('fake electron: a menu item needs a label, a role or to be a separator');
    Object.assign(this, { enabled: true, checked: false, ...options, menu });
    if (submenu) this.submenu = Menu.buildFromTemplate(submenu);
    this.click = () => {
      if (type === 'checkbox') this.checked = !this.checked;
      if (this.enabled) click?.(this, undefined, {});
    };
  }
}

export class Menu {
  static #application = null;
  items = [];
  static buildFromTemplate(template) {
    const menu = new Menu();
    menu.items = template.map((options) => new MenuItem(options, menu));
    return menu;
  }
  static setApplicationMenu(menu) {
    if (menu !== null && !(menu instanceof Menu)) throw new TypeError('not a Menu');
    Menu.#application = menu;
  }
  static getApplicationMenu() {
    return Menu.#application;
  }
}

class NativeImage {
  constructor(path, size) {
    this.path = path;
    this.size = size;
  }
  isEmpty() {
    return !existsSync(this.path);
  }
  resize(size) {
    return new NativeImage(this.path, size);
  }
}
export const nativeImage = { createFromPath: (path) => new NativeImage(path) };

export class Tray extends EventEmitter {
  /** All of them, for tests. */
  static made = [];
  constructor(image) {
    super();
    if (process.env.FAKE_NO_TRAY === '1') throw new Error('no tray here');
    if (image.isEmpty()) throw new Error(`fake electron: no tray icon at ${image.path}`);
    Tray.made.push(this);
  }
  setToolTip(text) {
    this.toolTip = text;
  }
  setContextMenu(menu) {
    if (!(menu instanceof Menu)) throw new TypeError('not a Menu');
    this.menu = menu;
  }
}

export class Notification extends EventEmitter {
  static shown = [];
  static isSupported() {
    return true;
  }
  constructor({ title, body }) {
    super();
    this.title = title;
    this.body = body;
  }
  show() {
    Notification.shown.push(this);
    this.emit('show');
  }
}

export const powerMonitor = new EventEmitter();
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
};
