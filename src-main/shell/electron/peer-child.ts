import type { MessagePortMain, UtilityProcess } from 'electron/main';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { FromPeer, type StartMessage, type ToPeer } from './peer-messages.ts';

/** The peer's own process, seen from Electron's main process: started, fed with ports, stopped. */
export interface PeerChild {
  start(): void;
  /** Hands a window's port to the peer; without one it is closed, and the window tries again. */
  connect(port: MessagePortMain): void;
  /** Resolves when the process is gone: by itself, or ended after 15 s. */
  stop(): Promise<void>;
}

export interface PeerChildInit {
  readonly message: StartMessage;
  /** The peer cannot run: it says why, once. */
  onFailed(message: string): void;
}

export interface PeerChildComponents {
  fork(): UtilityProcess;
  readonly clock: Clock;
  readonly logger: Logger;
}

const STOP_TIMEOUT_MS = 15_000;
/** A peer that dies this often within a minute is not started again. */
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 500;

export function createPeerChild(init: PeerChildInit, components: PeerChildComponents): PeerChild {
  const { clock, logger } = components;
  const exits: number[] = [];
  let child: UtilityProcess | undefined;
  let failed = false;
  let stopping = false;
  let gone: () => void = () => undefined;

  function tell(message: ToPeer, ports: MessagePortMain[] = []): void {
    child?.postMessage(message, ports);
  }
  function hear(data: unknown): void {
    const parsed = FromPeer.safeParse(data);
    if (!parsed.success || parsed.data.type !== 'failed') return;
    failed = true;
    init.onFailed(parsed.data.message);
  }
  function start(): void {
    const started = components.fork();
    child = started;
    started.on('message', hear);
    started.once('exit', (code) => {
      child = undefined;
      gone();
      if (!stopping && !failed) restart(code);
    });
    tell(init.message);
  }
  function restart(code: number): void {
    const nowMs = clock.monotonicMs();
    exits.push(nowMs);
    const recent = exits.filter((ms) => nowMs - ms < RESTART_WINDOW_MS).length;
    logger.error('the peer process ended', { code, recent });
    if (recent > MAX_RESTARTS) {
      init.onFailed('The peer keeps stopping. Run "carrossel doctor", or see the log.');
      return;
    }
    clock.schedule(RESTART_DELAY_MS, () => {
      if (!stopping) start();
    });
  }
  return {
    start,
    connect(port) {
      if (child) tell({ type: 'window' }, [port]);
      else port.close();
    },
    stop() {
      stopping = true;
      const running = child;
      if (!running) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.schedule(STOP_TIMEOUT_MS, () => {
          running.kill();
        });
        gone = () => {
          cancel();
          resolve();
        };
        tell({ type: 'stop' });
      });
    },
  };
}
