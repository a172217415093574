import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As much of Electron's `app` as this uses; it knows how on macOS and Windows only. */
export interface LoginItems {
  getLoginItemSettings(options?: { args?: string[] }): {
    openAtLogin: boolean;
    wasOpenedAtLogin: boolean;
  };
  setLoginItemSettings(settings: { openAtLogin: boolean; args?: string[] }): void;
}

/** Whether the app starts when the person logs in to the system. */
export interface LoginItem {
  readonly on: boolean;
  /** This start was the system's, and it has no other way to say so (macOS passes no words). */
  readonly startedBySystem: boolean;
  set(on: boolean): void;
}

/** Starts without a window: it is there for the other machines, not for the eye. */
export const HIDDEN = '--hidden';

/**
 * On Linux a desktop file in the autostart folder (freedesktop.org), elsewhere the system's own
 * list. Undefined for an app that is not installed: its path may not be there tomorrow.
 */
export function createLoginItem(world: {
  readonly app: LoginItems;
  readonly installed: boolean;
  readonly platform: NodeJS.Platform;
  readonly program: string;
  readonly configDir: string;
}): LoginItem | undefined {
  const { app, installed, platform, program, configDir } = world;
  if (!installed) return undefined;
  if (platform !== 'linux') {
    // Windows finds its entry by these words; without them it is never on.
    const settings = () => app.getLoginItemSettings({ args: [HIDDEN] });
    return {
      get on() {
        return settings().openAtLogin;
      },
      startedBySystem: platform === 'darwin' && settings().wasOpenedAtLogin,
      set(on) {
        app.setLoginItemSettings({ openAtLogin: on, args: [HIDDEN] });
      },
    };
  }
  const folder = join(configDir, 'autostart');
  const file = join(folder, 'carrossel.desktop');
  return {
    startedBySystem: false,
    get on() {
      try {
        return !/^Hidden=true$/m.test(readFileSync(file, 'utf8'));
      } catch {
        return false;
      }
    },
    set(on) {
      if (!on) {
        rmSync(file, { force: true });
        return;
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, desktopFile(program));
    },
  };
}

/** Quoted as the desktop entry specification asks. */
function desktopFile(program: string): string {
  const quoted = program.replace(/["`$\\]/g, '\\$&').replace(/%/g, '%%');
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Carrossel',
    `Exec="${quoted}" ${HIDDEN}`,
    'X-GNOME-Autostart-enabled=true',
    'NoDisplay=true',
    '',
  ].join('\n');
}
