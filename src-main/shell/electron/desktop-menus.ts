import type { MenuItemConstructorOptions } from 'electron/main';
import type { DesktopWords } from './desktop-words.ts';
import type { PeerNews } from './peer-news.ts';

/** The peer's state as the tray says it. */
export type PeerState = 'starting' | 'running' | 'restarting' | 'stopped';

/** What menus do; the same for the application menu and the tray. */
export interface MenuActions {
  /** Shows the window, at this place of the page (`#/settings`). */
  show(place?: string): void;
  quit(): void;
  readonly keepRunning: boolean;
  setKeepRunning(on: boolean): void;
  /** Undefined where the system has no such thing. */
  readonly startAtLogin: boolean | undefined;
  setStartAtLogin(on: boolean): void;
}

/** One line each: how the ring is, what waits for the person, what is on its way. */
export function statusLines(
  state: PeerState,
  news: PeerNews | undefined,
  words: DesktopWords,
): readonly string[] {
  if (state === 'restarting') return [words.restarting];
  if (state === 'stopped') return [words.stopped];
  if (news === undefined) return [words.starting];
  const { ring, conflicts, newcomers, outbox } = news;
  if (ring === null) return [words.noRing];
  const name = ring.name === '' ? words.ring : ring.name;
  return [
    ring.members === 1 ? words.alone(name) : words.connected(name, ring.connected, ring.members),
    ...(conflicts.length === 0 ? [] : [words.conflicts(conflicts.length)]),
    ...newcomers.map((newcomer) => words.newcomerText(newcomer)),
    ...(outbox === 0 ? [] : [words.pending(outbox)]),
  ];
}

function switches(words: DesktopWords, actions: MenuActions): MenuItemConstructorOptions[] {
  const { startAtLogin } = actions;
  const login: MenuItemConstructorOptions = {
    label: words.startAtLogin,
    type: 'checkbox',
    checked: startAtLogin === true,
    click: (item) => {
      actions.setStartAtLogin(item.checked);
    },
  };
  return [
    {
      label: words.keepRunning,
      type: 'checkbox',
      checked: actions.keepRunning,
      click: (item) => {
        actions.setKeepRunning(item.checked);
      },
    },
    ...(startAtLogin === undefined ? [] : [login]),
  ];
}

export function trayMenu(
  lines: readonly string[],
  words: DesktopWords,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  return [
    ...lines.map((label) => ({ label, enabled: false })),
    { type: 'separator' },
    {
      label: words.open,
      click: () => {
        actions.show();
      },
    },
    ...switches(words, actions),
    { type: 'separator' },
    {
      label: words.quit,
      click: () => {
        actions.quit();
      },
    },
  ];
}

/** Standard roles wherever there is one: then the system words it and gives it its own keys. */
export function applicationMenu(
  platform: NodeJS.Platform,
  words: DesktopWords,
  actions: MenuActions,
  options: { readonly devTools: boolean },
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const go = (label: string, place: string, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => {
      actions.show(place);
    },
  });
  const quit: MenuItemConstructorOptions = {
    label: words.quit,
    accelerator: 'CmdOrCtrl+Q',
    click: () => {
      actions.quit();
    },
  };
  const settings = go(words.settings, '#/settings', 'CmdOrCtrl+,');
  const own = [settings, { type: 'separator' as const }, ...switches(words, actions)];
  const rest: MenuItemConstructorOptions[] = mac
    ? [{ type: 'separator' }, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }]
    : [];
  return [
    {
      label: mac ? 'Carrossel' : words.file,
      submenu: [
        ...(mac ? [{ role: 'about' as const }, { type: 'separator' as const }] : []),
        ...own,
        ...rest,
        { type: 'separator' },
        ...(mac ? [] : [{ role: 'close' as const }]),
        quit,
      ],
    },
    { label: words.edit, role: 'editMenu' },
    {
      label: words.view,
      submenu: [
        go(words.carts, '#/cart', 'CmdOrCtrl+1'),
        go(words.orders, '#/orders', 'CmdOrCtrl+2'),
        go(words.machines, '#/peers', 'CmdOrCtrl+3'),
        go(words.activity, '#/activity', 'CmdOrCtrl+4'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(options.devTools ? [{ role: 'toggleDevTools' as const }] : []),
      ],
    },
    { label: words.window, role: 'windowMenu' },
  ];
}
