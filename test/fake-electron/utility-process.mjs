// `utilityProcess`, the parent's side: a child process of Node that finds `process.parentPort`.
import { fork as forkNode } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';

const HOST = fileURLToPath(new URL('./utility-host.mjs', import.meta.url));

class UtilityProcess extends EventEmitter {
  #child;
  #ports = new Map();
  #lastPort = 0;

  constructor(modulePath, args, options) {
    super();
    const { env = process.env } = options;
    this.#child = forkNode(HOST, [modulePath, ...args], {
      env,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.once('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => this.#hear(message));
    this.#child.once('exit', (code, signal) => {
      for (const port of this.#ports.values()) port.close();
      this.#ports.clear();
      this.emit('exit', code ?? (signal ? 15 : 1));
    });
  }
  get pid() {
    return this.#child.pid;
  }
  kill() {
    return this.#child.kill();
  }

  postMessage(message, transfer = []) {
    const ports = transfer.map((port) => {
      const id = ++this.#lastPort;
      this.#ports.set(
        id,
        port.handOn((what) => {
          if (this.#child.connected) this.#child.send({ port: id, ...what });
        }),
      );
      return id;
    });
    if (this.#child.connected) this.#child.send({ message, ports });
  }
  #hear({ message, port, data, close }) {
    if (port === undefined) {
      this.emit('message', message);
      return;
    }
    const end = this.#ports.get(port);
    if (close) {
      this.#ports.delete(port);
      end?.close();
    } else end?.send(data);
  }
}

export const utilityProcess = {
  fork(modulePath, args = [], options = {}) {
    return new UtilityProcess(modulePath, args, options);
  },
};
