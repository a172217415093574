import { EventEmitter } from 'node:events';
import type { MessagePortMain, UtilityProcess } from 'electron/main';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cancel, Clock } from '../../../src-main/base/clock.ts';
import { createSilentLogger } from '../../../src-main/base/logger.ts';
import { createPeerChild, type PeerChild } from '../../../src-main/shell/electron/peer-child.ts';
import type { StartMessage } from '../../../src-main/shell/electron/peer-messages.ts';

/** A process that records what it is told; the test says when it speaks and ends. */
class Forked extends EventEmitter {
  readonly told: { message: { type: string }; ports: unknown[] }[] = [];
  killed = false;
  postMessage(message: { type: string }, ports: unknown[] = []): void {
    this.told.push({ message, ports });
  }
  kill(): boolean {
    this.killed = true;
    this.emit('exit', 15);
    return true;
  }
}

/** A clock that stands still until it is moved. */
function handClock(): Clock & { pass(ms: number): void } {
  let nowMs = 0;
  let calls: { atMs: number; run: () => void }[] = [];
  return {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    schedule(delayMs, run): Cancel {
      const call = { atMs: nowMs + delayMs, run };
      calls.push(call);
      return () => {
        calls = calls.filter((one) => one !== call);
      };
    },
    pass(ms) {
      nowMs += ms;
      const due = calls.filter(({ atMs }) => atMs <= nowMs);
      calls = calls.filter(({ atMs }) => atMs > nowMs);
      for (const { run } of due) run();
    },
  };
}

const message: StartMessage = {
  type: 'start',
  dataDir: '/d',
  wrappingKey: null,
  pageRoot: '/p',
};

describe("the peer's process", () => {
  let forks: Forked[];
  let failures: string[];
  let states: string[];
  let givenUp: number;
  let clock: ReturnType<typeof handClock>;
  let child: PeerChild;
  const latest = (): Forked => {
    const found = forks.at(-1);
    if (!found) throw new Error('nothing was forked');
    return found;
  };
  beforeEach(() => {
    forks = [];
    failures = [];
    states = [];
    givenUp = 0;
    clock = handClock();
    child = createPeerChild(
      {
        message,
        onFailed: (sentence) => failures.push(sentence),
        onGivenUp: () => givenUp++,
        onState: (state) => states.push(state),
        onNews: () => undefined,
      },
      {
        fork: () => {
          const made = new Forked();
          forks.push(made);
          return made as unknown as UtilityProcess;
        },
        clock,
        logger: createSilentLogger(),
      },
    );
    child.start();
  });

  it('is started with its message and given the ports of windows', () => {
    const port = { close: () => undefined } as unknown as MessagePortMain;
    child.connect(port);
    expect(latest().told).toEqual([
      { message, ports: [] },
      { message: { type: 'window' }, ports: [port] },
    ]);
  });

  it('is started again when it dies, each time later, and given up in the end', () => {
    for (const [i, waitMs] of [500, 1000, 2000, 4000, 8000].entries()) {
      latest().emit('exit', 1);
      clock.pass(waitMs - 1);
      expect(forks).toHaveLength(i + 1);
      clock.pass(1);
      expect(forks).toHaveLength(i + 2);
    }
    expect(givenUp).toBe(0);
    latest().emit('exit', 1);
    clock.pass(60_000);
    expect([forks.length, givenUp, failures]).toEqual([6, 1, []]);
    expect(states.at(-1)).toBe('stopped');
    // The person asks for one more try.
    child.start();
    latest().emit('message', { type: 'ready' });
    expect([forks.length, states.at(-1)]).toEqual([7, 'running']);
    latest().emit('exit', 1);
    clock.pass(500);
    expect(forks).toHaveLength(8);
  });

  it('is told when the machine wakes up', () => {
    child.wake();
    expect(latest().told.at(-1)?.message).toEqual({ type: 'wake' });
  });

  it('that dies now and then is started again each time', () => {
    for (let i = 0; i < 10; i++) {
      latest().emit('exit', 1);
      clock.pass(500);
      clock.pass(61_000);
    }
    expect([forks.length, givenUp]).toEqual([11, 0]);
  });

  it('closes the port of a window that comes while it is down', () => {
    latest().emit('exit', 1);
    let closed = false;
    child.connect({ close: () => (closed = true) } as unknown as MessagePortMain);
    expect(closed).toBe(true);
  });

  it('that says why it cannot run is believed and not started again', () => {
    latest().emit('message', { type: 'failed', code: 'DATA_DIR_IN_USE', message: 'In use.' });
    latest().emit('exit', 1);
    clock.pass(500);
    expect([forks.length, failures]).toEqual([1, ['In use.']]);
  });

  it('that says something unknown is not listened to', () => {
    latest().emit('message', { type: 'failed' });
    latest().emit('message', 'x');
    expect(failures).toEqual([]);
  });

  it('is stopped cleanly, or ended when that takes too long', async () => {
    const stopping = child.stop();
    expect(latest().told.at(-1)?.message).toEqual({ type: 'stop' });
    clock.pass(14_000);
    expect(latest().killed).toBe(false);
    clock.pass(2000);
    await stopping;
    expect([latest().killed, forks.length, failures.length]).toEqual([true, 1, 0]);
    await child.stop();
  });
});
