import type { ElectronApplication } from '@playwright/test';
import { ELECTRON_HOSTS, type ElectronHost } from '../electron-hosts.ts';

/**
 * What is around the window, looked at and clicked on the stand-in.
 */

const host = ELECTRON_HOSTS.find(({ name }) => name === 'the stand-in, app folder');
if (host === undefined) throw new Error('no stand-in among the hosts');
export const standIn: ElectronHost = host;
/** Undefined when it can run here. */
export const whyNoStandIn = host.whyNot();

/** The stand-in's own, beyond what Electron shows of itself. */
export interface StandIn {
  Tray: { made: { toolTip: string; menu: { items: Item[] } }[] };
  Notification: { shown: { title: string; body: string; emit(name: string): void }[] };
  dialog: { asked: { message: string }[]; answer(response: number): void };
  app: { emit(name: string, event: object, link?: string): void };
  ipcMain: { emit(channel: string, event: object): void };
  session: {
    fromPartition(name: string): {
      mayUse(contents: object, permission: string, details: object): Promise<boolean>;
    };
  };
  Menu: { getApplicationMenu(): { items: Item[] } };
  powerMonitor: { emit(name: string, event?: { preventDefault(): void }): void };
  BrowserWindow: {
    getAllWindows(): {
      close(): void;
      setBounds(bounds: object): void;
      getNormalBounds(): object;
      maximize(): void;
      isMaximized(): boolean;
      webContents: { mainFrame: { url: string } };
      emit(name: string): void;
    }[];
  };
}
interface Item {
  label?: string;
  checked?: boolean;
  submenu?: { items: Item[] };
  click(): void;
}

export const inside = <T>(app: ElectronApplication, look: (electron: StandIn) => T): Promise<T> =>
  app.evaluate(look as never);
export const toolTip = (app: ElectronApplication): Promise<string> =>
  inside(app, ({ Tray }) => Tray.made[0]?.toolTip ?? '');
export const shown = (app: ElectronApplication): Promise<string[]> =>
  inside(app, ({ Notification }) => Notification.shown.map(({ body }) => body));
export const windowsOf = (app: ElectronApplication): Promise<number> =>
  inside(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
