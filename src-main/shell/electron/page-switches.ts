/**
 * What the window's page may switch of the app itself. The page cannot do it over the contract: the
 * peer knows nothing of windows, and another page of the same peer is in a browser. Both sides send
 * JSON.
 */

/** As much of Electron's MessagePortMain as this uses. */
export interface SwitchesPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  postMessage(message: unknown): void;
}

export interface SwitchState {
  readonly keepRunning: boolean;
  /** Null where the system has no such thing, or the app is not installed. */
  readonly startAtLogin: boolean | null;
}

export interface PageSwitches {
  /** Tells the page how the switches are, now and after every change, and takes its wishes. */
  connect(port: SwitchesPort): void;
  /** They may have changed by another way. */
  tell(): void;
}

/** More pages than windows there are would be a page that asks again and again. */
const MAX_PORTS = 4;

export function createPageSwitches(components: {
  state(): SwitchState;
  setKeepRunning(on: boolean): void;
  setStartAtLogin(on: boolean): void;
}): PageSwitches {
  const ports = new Set<SwitchesPort>();
  const tell = (): void => {
    for (const port of ports) port.postMessage(JSON.stringify(components.state()));
  };
  return {
    tell,
    connect(port) {
      const [oldest] = ports;
      if (ports.size >= MAX_PORTS && oldest !== undefined) ports.delete(oldest);
      ports.add(port);
      port.on('close', () => {
        ports.delete(port);
      });
      port.on('message', ({ data }) => {
        const { keepRunning, startAtLogin } = wishOf(data);
        if (typeof keepRunning === 'boolean') components.setKeepRunning(keepRunning);
        if (typeof startAtLogin === 'boolean') components.setStartAtLogin(startAtLogin);
      });
      port.start();
      port.postMessage(JSON.stringify(components.state()));
    },
  };
}

/** What is not a wish turns nothing. */
function wishOf(data: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
