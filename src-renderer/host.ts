/**
 * What the page says to the window that shows it (Electron; a browser does not listen). The preload
 * passes this one word on, and nothing else.
 */
import { pause, type Clock } from './clock.ts';

export interface Host {
  /**
   * The camera is about to be used for a QR code. Resolves when the window lets the page at it;
   * call the function when it is not used any more.
   */
  scanning(): Promise<() => void>;
}

/** The window answers at once, or it is gone. */
const ANSWER_MS = 2000;

export function createHost(window: Window, clock: Clock): Host {
  const inApp = window.location.protocol === 'app:' || window.location.hostname.endsWith('.test');
  return {
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
