import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCameraPermission } from '../../../src-main/shell/electron/camera-permission.ts';
import {
  applicationMenu,
  statusLines,
  trayMenu,
  type MenuActions,
} from '../../../src-main/shell/electron/desktop-menus.ts';
import { openDesktopState } from '../../../src-main/shell/electron/desktop-state.ts';
import { desktopWords } from '../../../src-main/shell/electron/desktop-words.ts';
import { createLoginItem } from '../../../src-main/shell/electron/login-item.ts';
import { createNotifier } from '../../../src-main/shell/electron/notifications.ts';
import { followNews, type PeerNews } from '../../../src-main/shell/electron/peer-news.ts';
import { DEFAULT_SIZE, placeOf } from '../../../src-main/shell/electron/window-place.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryApp } from '../memory-app.ts';

const words = desktopWords(['en-GB']);
const screens = [
  { x: 0, y: 0, width: 1920, height: 1040 },
  { x: 1920, y: 0, width: 1280, height: 1000 },
];
const quiet: PeerNews = {
  ring: { name: 'Home', members: 3, connected: 2 },
  conflicts: [],
  newcomers: [],
  outbox: 0,
};
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'around-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('the place of the window', () => {
  it('is where it was, on whichever screen', () => {
    const there = { x: 2000, y: 100, width: 900, height: 700 };
    expect(placeOf(there, screens)).toEqual(there);
    expect(placeOf(undefined, screens)).toEqual(DEFAULT_SIZE);
  });
  it('is one that can be seen and taken hold of', () => {
    const lost = [
      { x: 5000, y: 0, width: 900, height: 700 },
      { x: 100, y: -500, width: 900, height: 700 },
      { x: 100, y: 1030, width: 900, height: 700 },
      { x: -850, y: 10, width: 900, height: 700 },
    ];
    for (const place of lost) expect(placeOf(place, screens)).toEqual(DEFAULT_SIZE);
    const huge = { x: 0, y: 0, width: 9000, height: 20 };
    expect(placeOf(huge, screens)).toEqual({ x: 0, y: 0, width: 1920, height: 480 });
  });
});

describe('what the app remembers', () => {
  it('is there at the next start, and a spoilt file is as none', () => {
    const path = join(dir, 'window', 'desktop.json');
    const errors: unknown[] = [];
    const state = openDesktopState(path, (error) => errors.push(error));
    expect(state.current).toEqual({ maximized: false, keepRunning: true, toldKeepRunning: false });
    state.set({ bounds: { x: 1, y: 2, width: 3, height: 4 }, keepRunning: false });
    expect(openDesktopState(path, () => undefined).current).toEqual(state.current);
    for (const text of ['{', '[]', '{"bounds":{"x":"far"}}']) {
      writeFileSync(path, text);
      expect(openDesktopState(path, () => undefined).current.keepRunning).toBe(true);
    }
    openDesktopState(join(path, 'no folder', 'desktop.json'), (error) => errors.push(error)).set(
      {},
    );
    expect(errors).toHaveLength(1);
  });
});

describe('start at login', () => {
  const nothing = { openAtLogin: false, wasOpenedAtLogin: false };
  const app = { getLoginItemSettings: () => nothing, setLoginItemSettings() {} };
  const world = { app, installed: true, platform: 'linux' as const, program: '', configDir: '' };
  it('is a file in the autostart folder on Linux', () => {
    const program = '/opt/Car "r" $x/carrossel';
    const item = createLoginItem({ ...world, program, configDir: dir });
    expect(item?.on).toBe(false);
    item?.set(true);
    expect(item?.on).toBe(true);
    const text = readFileSync(join(dir, 'autostart/carrossel.desktop'), 'utf8');
    expect(text).toContain('Exec="/opt/Car \\"r\\" \\$x/carrossel" --hidden\n');
    item?.set(false);
    expect(item?.on).toBe(false);
    item?.set(false);
  });
  /** Windows keeps an entry with its words, and says yes only to who asks with the same. */
  function registry() {
    let entry: string | undefined;
    return {
      getLoginItemSettings: ({ args = [] }: { args?: string[] } = {}) => ({
        openAtLogin: entry === args.join(' '),
        wasOpenedAtLogin: true,
      }),
      setLoginItemSettings({ openAtLogin, args = [] }: { openAtLogin: boolean; args?: string[] }) {
        entry = openAtLogin ? args.join(' ') : undefined;
      },
      entry: () => entry,
    };
  }
  it('is the system’s own list elsewhere, and nothing for what is not installed', () => {
    const own = registry();
    const item = createLoginItem({ ...world, app: own, platform: 'win32' });
    expect(item?.on).toBe(false);
    item?.set(true);
    expect([own.entry(), item?.on, item?.startedBySystem]).toEqual(['--hidden', true, false]);
    item?.set(false);
    expect([own.entry(), item?.on]).toEqual([undefined, false]);
    expect(createLoginItem({ ...world, installed: false })).toBeUndefined();
  });
  it('knows on macOS, where no words are passed on, that the system started the app', () => {
    const started = (was: boolean) =>
      createLoginItem({
        ...world,
        platform: 'darwin',
        app: { ...app, getLoginItemSettings: () => ({ ...nothing, wasOpenedAtLogin: was }) },
      })?.startedBySystem;
    expect([started(true), started(false)]).toEqual([true, false]);
  });
});

describe('the camera', () => {
  it('is allowed while a code is scanned, and not for ever', () => {
    const clock = createManualClock();
    const camera = createCameraPermission(clock);
    expect(camera.allowed).toBe(false);
    camera.scanning(true);
    expect(camera.allowed).toBe(true);
    camera.scanning(false);
    expect(camera.allowed).toBe(false);
    camera.scanning(true);
    clock.advance(119_000);
    expect(camera.allowed).toBe(true);
    clock.advance(2000);
    expect(camera.allowed).toBe(false);
  });
});

describe('notifications', () => {
  it('tell each conflict and each newcomer once, and again when it comes back', () => {
    const notify = createNotifier(words);
    const conflict = { account: 'aa', id: 'c 1', name: 'Groceries' };
    expect(notify(quiet)).toEqual([]);
    const told = notify({ ...quiet, conflicts: [conflict], newcomers: ['phone'] });
    expect(told.map(({ place }) => place)).toEqual(['#/cart/aa/c%201', '#/peers']);
    expect(told.map(({ body }) => body).join()).toMatch(/Groceries.*phone/);
    expect(notify({ ...quiet, conflicts: [conflict], newcomers: ['phone'] })).toEqual([]);
    expect(notify(quiet)).toEqual([]);
    expect(notify({ ...quiet, conflicts: [conflict] })).toHaveLength(1);
  });
});

describe('menus', () => {
  const done: string[] = [];
  const actions: MenuActions = {
    show: (place) => done.push(`show ${place ?? ''}`),
    quit: () => done.push('quit'),
    keepRunning: true,
    setKeepRunning: (on) => done.push(`keep ${String(on)}`),
    startAtLogin: undefined,
    setStartAtLogin: (on) => done.push(`login ${String(on)}`),
  };
  it('say in words how the peer is', () => {
    expect(statusLines('starting', undefined, words)).toEqual(['Starting…']);
    expect(statusLines('restarting', quiet, words)).toEqual([words.restarting]);
    expect(statusLines('stopped', quiet, words)).toEqual([words.stopped]);
    const cart = { account: 'a', id: 'b', name: 'c' };
    const busy = { ...quiet, conflicts: [cart], newcomers: ['phone'], outbox: 2 };
    expect(statusLines('running', busy, words)).toEqual([
      'Home: 2 of 3 machines connected',
      '1 cart needs a choice',
      '“phone” waits. Compare the six digits.',
      '2 changes are on their way',
    ]);
    const pt = statusLines('running', { ...quiet, ring: null }, desktopWords(['fr', 'pt-PT']));
    expect(pt).toEqual(['Ainda em nenhum anel']);
  });
  it('offer start at login only where there is such a thing, and a way out always', () => {
    const labels = (of: { label?: string }[]) => of.map(({ label }) => label);
    const plain = labels(trayMenu(['x'], words, actions));
    expect(plain).not.toContain(words.startAtLogin);
    expect(plain).toContain(words.quit);
    const more = labels(trayMenu(['x'], words, { ...actions, startAtLogin: true }));
    expect(more).toContain(words.startAtLogin);
  });
  it('lead to every place of the page by keys of their own, one each', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const menu = applicationMenu(platform, words, actions, { devTools: false });
      const items = menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
      const keyed = items.filter(({ accelerator }) => accelerator !== undefined);
      const keys = keyed.map(({ accelerator, label }) => [accelerator, label]);
      expect(Object.fromEntries(keys)).toEqual({
        'CmdOrCtrl+1': 'Carts',
        'CmdOrCtrl+2': 'Orders',
        'CmdOrCtrl+3': 'Machines',
        'CmdOrCtrl+4': 'Activity',
        'CmdOrCtrl+,': 'Settings…',
        'CmdOrCtrl+Q': words.quit,
      });
      expect(keys).toHaveLength(6);
      done.length = 0;
      for (const { click } of keyed) (click as (() => void) | undefined)?.();
      expect(done.toSorted()).toEqual([
        'quit',
        ...['show #/activity', 'show #/cart', 'show #/orders', 'show #/peers', 'show #/settings'],
      ]);
    }
  });
  it('have the developer tools only in development', () => {
    const text = (devTools: boolean, platform: NodeJS.Platform) =>
      JSON.stringify(applicationMenu(platform, words, actions, { devTools }));
    expect(text(false, 'linux')).not.toContain('toggleDevTools');
    expect(text(true, 'linux')).toContain('toggleDevTools');
    expect(text(false, 'darwin')).toContain('hideOthers');
    expect(text(false, 'win32')).not.toContain('hideOthers');
  });
});

describe('news of the peer', () => {
  it('are told at once and when they change, and end with the signal', async () => {
    const app = createMemoryApp();
    const ending = new AbortController();
    const heard: PeerNews[] = [];
    const following = followNews(
      app,
      (news) => {
        heard.push(news);
        if (heard.length === 2) ending.abort();
        else {
          void Promise.resolve(
            app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 }, { signal: ending.signal }),
          ).then(() => {
            app.memory.change({ type: 'ring' });
          });
        }
      },
      ending.signal,
    );
    await following;
    expect(heard.map(({ ring }) => ring?.name)).toEqual([undefined, 'Home']);
    expect(heard[0]?.outbox).toBe(1);
  });
});
