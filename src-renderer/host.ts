/**
 * What the page says to the window that shows it (Electron; a browser does not listen). The preload
 * passes these few words on, and nothing else.
 */
export interface Host {
  /** The camera is about to be used for a QR code, or is not used any more. */
  scanning(on: boolean): void;
}

export function createHost(window: Window): Host {
  const inApp = window.location.protocol === 'app:' || window.location.hostname.endsWith('.test');
  return {
    scanning(on) {
      if (!inApp) return;
      window.postMessage(
        on ? 'carrossel:scan-start' : 'carrossel:scan-end',
        window.location.origin,
      );
    },
  };
}
