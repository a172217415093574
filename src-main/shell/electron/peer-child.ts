import type { MessagePortMain, UtilityProcess } from 'electron/main';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { PeerState } from './desktop-menus.ts';
import { FromPeer, type StartMessage, type ToPeer } from './peer-messages.ts';
import type { PeerNews } from './peer-news.ts';

/** The peer's own process, seen from Electron's main process: started, fed with ports, stopped. */
export interface PeerChild {
  start(): void;
  /** Hands a window's port to the peer; without one it is closed, and the window tries again. */
  connect(port: MessagePortMain): void;
  /** The machine was asleep: the peer looks after its connections at once. */
  wake(): void;
  /** Resolves when the process is gone: by itself, or ended after 15 s. */
  stop(): Promise<void>;
}

export interface PeerChildInit {
  readonly message: StartMessage;
  /** The peer cannot run: it says why, once. */
  onFailed(message: string): void;
  /** It has ended by itself too often. `start` tries again. */
  onGivenUp(): void;
  onState(state: PeerState): void;
  onNews(news: PeerNews): void;
}

export interface PeerChildComponents {
  fork(): UtilityProcess;
  readonly clock: Clock;
  readonly logger: Logger;
}

const STOP_TIMEOUT_MS = 15_000;
/** Waits before it is started again, one after another; one more end, and it is given up. */
const RESTART_DELAYS_MS = [500, 1000, 2000, 4000, 8000];
/** A peer that ran so long is sound: the waits begin anew. */
const SOUND_MS = 60_000;

export function createPeerChild(init: PeerChildInit, components: PeerChildComponents): PeerChild {
  const { clock, logger } = components;
  let ends = 0;
  let startedMs = 0;
  let child: UtilityProcess | undefined;
  let failed = false;
  let stopping = false;
  let gone: () => void = () => undefined;

  function tell(message: ToPeer, ports: MessagePortMain[] = []): void {
    child?.postMessage(message, ports);
  }
  function hear(data: unknown): void {
    const parsed = FromPeer.safeParse(data);
    if (!parsed.success) return;
    const said = parsed.data;
    if (said.type === 'ready') init.onState('running');
    else if (said.type === 'news') init.onNews(said.news);
    else {
      failed = true;
      init.onFailed(said.message);
    }
  }
  function start(): void {
    const started = components.fork();
    child = started;
    startedMs = clock.monotonicMs();
    started.on('message', hear);
    started.once('exit', (code) => {
      child = undefined;
      gone();
      if (!stopping && !failed) restart(code);
    });
    tell(init.message);
  }
  function restart(code: number): void {
    if (clock.monotonicMs() - startedMs >= SOUND_MS) ends = 0;
    const delayMs = RESTART_DELAYS_MS[ends++];
    logger.error('the peer process ended', { code, ends });
    if (delayMs === undefined) {
      init.onState('stopped');
      init.onGivenUp();
      return;
    }
    init.onState('restarting');
    clock.schedule(delayMs, () => {
      if (!stopping) start();
    });
  }
  return {
    start() {
      ends = 0;
      failed = false;
      start();
    },
    connect(port) {
      if (child) tell({ type: 'window' }, [port]);
      else port.close();
    },
    wake() {
      tell({ type: 'wake' });
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
