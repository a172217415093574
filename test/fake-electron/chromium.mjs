// Starts a headless Chromium and speaks the DevTools protocol with it.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function executable() {
  const found = [process.env.CHROMIUM, ...KNOWN].find((path) => path && existsSync(path));
  if (!found) throw new Error('fake electron: no Chromium here');
  return found;
}

/** Events of the protocol by name, `(params, sessionId)`; `send` resolves with the result. */
export class Chromium extends EventEmitter {
  #calls = new Map();
  #lastId = 0;
  #socket;
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'fake-electron-'));

  async start() {
    this.setMaxListeners(0);
    const flags = ['--headless', '--no-sandbox', '--remote-debugging-port=0', '--no-first-run'];
    const quiet = [
      '--disable-gpu',
      '--window-size=1100,760',
      '--hide-scrollbars',
      '--disable-background-networking',
      // A camera that shows a test picture, or $FAKE_CAMERA; Electron's rules are asked before.
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(process.env.FAKE_CAMERA
        ? [`--use-file-for-fake-video-capture=${process.env.FAKE_CAMERA}`]
        : []),
    ];
    // Electron documents a `close` event on every MessagePort; Chromium keeps it behind a flag.
    const electronic = ['--enable-blink-features=MessagePortCloseEvent'];
    this.#process = spawn(
      executable(),
      [...flags, ...quiet, ...electronic, `--user-data-dir=${this.#profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    process.on('exit', () => this.close());
    const url = await this.#address();
    this.#socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = reject;
    });
    this.#socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    // Playwright waits for this line of its own Electron.
    process.stderr.write(`DevTools listening on ${url}\n`);
  }

  #address() {
    return new Promise((resolve, reject) => {
      let text = '';
      this.#process.once('exit', (code) => reject(new Error(`chromium exited ${code}`)));
      this.#process.stderr.on('data', (data) => {
        text += data;
        const found = /DevTools listening on (ws:\S+)/.exec(text);
        if (found) resolve(found[1]);
      });
    });
  }

  #hear(message) {
    if (message.id === undefined) {
      this.emit(message.method, message.params, message.sessionId);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
    else call.resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#calls.set(id, { resolve, reject, method });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  close() {
    if (!this.#process) return;
    this.#process.removeAllListeners('exit');
    this.#socket?.close();
    this.#process.kill('SIGKILL');
    this.#process = undefined;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
