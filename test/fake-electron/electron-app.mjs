// `app`: readiness, paths, the lock of the single instance, and the order in which things end.
import { EventEmitter } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An event whose default can be prevented. */
export function cancellable(fields = {}) {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  };
  return event;
}

export class ElectronApp extends EventEmitter {
  isPackaged = process.env.FAKE_PACKAGED === '1';
  commandLine = { appendSwitch() {}, hasSwitch: () => false, getSwitchValue: () => '' };
  protocolClients = [];
  isQuitting = false;
  #ready = false;
  #booting;
  #paths = new Map();
  #name = 'fake';
  #windows;
  #chromium;

  /** @param windows the open BrowserWindows, to be closed before the end */
  constructor(chromium, windows) {
    super();
    this.#chromium = chromium;
    this.#windows = windows;
  }

  boot() {
    this.#booting ??= this.#chromium.start().then(() => {
      // macOS hands the link of a cold start over like this, before the app is ready.
      const link = process.env.FAKE_OPEN_URL;
      if (link !== undefined) this.emit('open-url', cancellable(), link);
      this.#ready = true;
      this.emit('ready');
    });
    return this.#booting;
  }
  isReady() {
    return this.#ready;
  }
  whenReady() {
    return this.boot();
  }
  enableSandbox() {
    this.#beforeReady('app.enableSandbox');
  }
  #beforeReady(what) {
    if (this.#ready) throw new Error(`${what}() can only be called before app is ready`);
  }

  setName(name) {
    this.#name = name;
  }
  getName() {
    return this.#name;
  }
  getVersion() {
    return '0.0.0';
  }
  getLocale() {
    return 'en-US';
  }
  getPreferredSystemLanguages() {
    return (process.env.FAKE_LANGUAGES ?? 'en-US').split(',');
  }
  setAppUserModelId(id) {
    this.userModelId = id;
  }
  setPath(name, path) {
    this.#paths.set(name, path);
  }
  getPath(name) {
    if (!this.#paths.has(name)) this.#paths.set(name, mkdtempSync(join(tmpdir(), `fake-${name}-`)));
    return this.#paths.get(name);
  }
  setAsDefaultProtocolClient(scheme) {
    this.protocolClients.push(scheme);
    return true;
  }
  focus() {}

  /**
   * One process for a userData folder; a second one leaves its command line there and is refused.
   */
  requestSingleInstanceLock() {
    const folder = join(this.getPath('userData'), 'single-instance');
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, 'lock');
    const note = /^note-\d+$/;
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      const other = Number(readFileSync(lock, 'utf8'));
      if (isAlive(other)) {
        writeFileSync(join(folder, `note-${process.pid}`), JSON.stringify(process.argv));
        return false;
      }
      writeFileSync(lock, String(process.pid));
    }
    for (const name of readdirSync(folder).filter((one) => note.test(one)))
      rmSync(join(folder, name));
    const watcher = watch(folder, (_type, name) => {
      if (!name || !note.test(name)) return;
      let argv;
      try {
        argv = JSON.parse(readFileSync(join(folder, name), 'utf8'));
        rmSync(join(folder, name));
      } catch {
        return; // not written to its end yet, or told already
      }
      this.emit('second-instance', cancellable(), argv, process.cwd(), undefined);
    });
    process.on('exit', () => {
      watcher.close();
      rmSync(lock, { force: true });
    });
    return true;
  }

  /** before-quit, windows closed, will-quit (which may still say no), end. */
  quit() {
    const before = cancellable();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.isQuitting = true;
    for (const window of [...this.#windows]) window.gone();
    const will = cancellable();
    this.emit('will-quit', will);
    if (!will.defaultPrevented) this.exit(0);
  }
  exit(code = 0) {
    this.emit('quit', cancellable(), code);
    this.#chromium.close();
    setTimeout(() => process.exit(code), 10);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
