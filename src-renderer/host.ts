/**
 * What the page says to the window that shows it (Electron; a browser does not listen). The preload
 * passes these words on, and nothing else.
 */
import { pause, type Cancel, type Clock } from './clock.ts';

/** The app's own switches, as the tray shows them too. */
export interface Switches {
  readonly keepRunning: boolean;
  /** Null where the system has no such thing, or the app is not installed. */
  readonly startAtLogin: boolean | null;
}

export interface Host {
  /**
   * The camera is about to be used for a QR code. Resolves when the window lets the page at it;
   * call the function when it is not used any more.
   */
  scanning(): Promise<() => void>;
  /** False in a browser, which has no such switches. */
  readonly hasSwitches: boolean;
  /** Tells how they are, now and after every change; `set` turns some of them. */
  switches(onState: (state: Switches) => void): {
    set(wish: { readonly [name in keyof Switches]?: boolean }): void;
    close: Cancel;
  };
}

/** The window answers at once, or it is gone. */
const ANSWER_MS = 2000;

export function createHost(window: Window, clock: Clock): Host {
  const inApp = window.location.protocol === 'app:' || window.location.hostname.endsWith('.test');
  return {
    hasSwitches: inApp,
    switches(onState) {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', ({ data }: MessageEvent<string>) => {
        onState(JSON.parse(data) as Switches);
      });
      port1.start();
      if (inApp) window.postMessage('carrossel:switches', window.location.origin, [port2]);
      return {
        set: (wish) => {
          port1.postMessage(JSON.stringify(wish));
        },
        close: () => {
          port1.close();
        },
      };
    },
    async scanning() {
      if (!inApp) return () => undefined;
      const { port1, port2 } = new MessageChannel();
      const answered = new AbortController();
      port1.addEventListener('message', () => {
        answered.abort();
      });
      port1.start();
      window.postMessage('carrossel:scan', window.location.origin, [port2]);
      await pause(clock, ANSWER_MS, answered.signal);
      return () => {
        port1.close();
      };
    },
  };
}
