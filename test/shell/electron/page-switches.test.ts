import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createPageSwitches } from '../../../src-main/shell/electron/page-switches.ts';

/** The main process's end of a port, and what the page got. */
class Port extends EventEmitter {
  readonly got: unknown[] = [];
  start(): void {
    this.emit('started');
  }
  postMessage(message: unknown): void {
    this.got.push(JSON.parse(String(message)));
  }
  say(data: unknown): void {
    this.emit('message', { data });
  }
}

function made() {
  const state = { keepRunning: true, startAtLogin: false };
  const switches = createPageSwitches({
    state: () => ({ ...state }),
    setKeepRunning(on) {
      state.keepRunning = on;
      switches.tell();
    },
    setStartAtLogin(on) {
      state.startAtLogin = on;
      switches.tell();
    },
  });
  return { state, switches };
}

describe('the switches on the page', () => {
  it('are told at once and after every change, to every page, until it is gone', () => {
    const { switches } = made();
    const [one, two] = [new Port(), new Port()];
    switches.connect(one);
    switches.connect(two);
    expect(one.got).toEqual([{ keepRunning: true, startAtLogin: false }]);
    one.say(JSON.stringify({ startAtLogin: true }));
    expect(two.got.at(-1)).toEqual({ keepRunning: true, startAtLogin: true });
    two.emit('close');
    one.say(JSON.stringify({ keepRunning: false }));
    expect(one.got).toHaveLength(3);
    expect(two.got).toHaveLength(2);
  });

  it('are turned by nothing else', () => {
    const { state, switches } = made();
    const port = new Port();
    switches.connect(port);
    for (const data of [undefined, 7, '{', 'null', '[]', '{"keepRunning":"no"}', { a: 1 }]) {
      port.say(data);
    }
    expect(state).toEqual({ keepRunning: true, startAtLogin: false });
    expect(port.got).toHaveLength(1);
  });

  it('are shown to a few pages at most', () => {
    const { switches } = made();
    const ports = Array.from({ length: 9 }, () => new Port());
    for (const port of ports) switches.connect(port);
    switches.tell();
    expect(ports.filter(({ got }) => got.length > 1)).toHaveLength(4);
  });
});
