// `utilityProcess`, the child's side: gives the module `process.parentPort` and loads it.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

const ports = new Map();

class ChildPort extends EventEmitter {
  #queue = [];
  #started = false;
  #closed = false;
  #id;
  constructor(id) {
    super();
    this.#id = id;
  }
  postMessage(data) {
    if (!this.#closed) process.send({ port: this.#id, data });
  }
  start() {
    this.#started = true;
    for (const data of this.#queue.splice(0)) this.emit('message', { data, ports: [] });
  }
  close() {
    if (this.#closed) return;
    this.#closed = true;
    ports.delete(this.#id);
    process.send({ port: this.#id, close: true });
  }
  hear({ data, close }) {
    if (close) {
      this.#closed = true;
      ports.delete(this.#id);
      this.emit('close');
    } else if (this.#started) this.emit('message', { data, ports: [] });
    else this.#queue.push(data);
  }
}

/** Queues what comes until somebody listens, as Electron's does. */
class ParentPort extends EventEmitter {
  #queue = [];
  constructor() {
    super();
    this.on('newListener', (name) => {
      if (name === 'message')
        queueMicrotask(() => this.#queue.splice(0).forEach((e) => this.hear(e)));
    });
  }
  postMessage(message) {
    process.send({ message });
  }
  hear(event) {
    if (this.listenerCount('message') > 0) this.emit('message', event);
    else this.#queue.push(event);
  }
}

process.parentPort = new ParentPort();
process.on('message', ({ message, ports: ids = [], port, data, close }) => {
  if (port !== undefined) {
    ports.get(port)?.hear({ data, close });
    return;
  }
  const handed = ids.map((id) => {
    const made = new ChildPort(id);
    ports.set(id, made);
    return made;
  });
  process.parentPort.hear({ data: message, ports: handed });
});
// A utility process does not outlive the app.
process.on('disconnect', () => process.exit(1));
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
