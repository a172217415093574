// `MessagePortMain`: the near end of a MessagePort whose other end is in the page.
import { EventEmitter } from 'node:events';

const pack = (data) =>
  typeof data === 'string' ? data : { base64: Buffer.from(data).toString('base64') };

/** Used in the main process, or handed on to a utility process; like Electron's, usable once. */
export class MessagePortMain extends EventEmitter {
  #queue = [];
  #started = false;
  #closed = false;
  #relay;
  #toPage;
  id;

  constructor(toPage, id) {
    super();
    this.#toPage = toPage;
    this.id = id;
  }
  postMessage(data) {
    this.#usable();
    if (!this.#closed) this.#toPage({ id: this.id, data: pack(data) });
  }
  start() {
    this.#usable();
    this.#started = true;
    for (const data of this.#queue.splice(0)) this.emit('message', { data, ports: [] });
  }
  /** Electron tells `close` to the far side only; so do we. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#toPage({ id: this.id, close: true });
  }
  #usable() {
    if (this.#relay) throw new Error('fake electron: this port was handed on');
  }

  /** From the page. */
  push(data) {
    if (this.#relay) this.#relay({ data });
    else if (this.#started) this.emit('message', { data, ports: [] });
    else this.#queue.push(data);
  }
  pushClose() {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#relay) this.#relay({ close: true });
    else this.emit('close');
  }

  /** Hands the port on: what comes from the page goes to `relay`; the answer sends to the page. */
  handOn(relay) {
    this.#usable();
    this.#relay = relay;
    for (const data of this.#queue.splice(0)) relay({ data });
    return {
      send: (data) => {
        if (!this.#closed) this.#toPage({ id: this.id, data: pack(data) });
      },
      close: () => this.close(),
    };
  }
}
