'use strict';
// The other side of the wall (worker-wall.ts): runs in a worker thread of its own and takes one
// module. Texts of JSON are all that passes: no object of this realm is handed to the function, so
// that it finds no way out through one. What is a guard and what a boundary: docs/FUNCTIONS.md.
(() => {
  const vm = require('node:vm');
  const nodeModule = require('node:module');
  const { parentPort, workerData } = require('node:worker_threads');

  const { file, text, limits } = workerData;
  const port = parentPort;

  // Runs inside the function's own realm.
  const INSIDE = `(limits, file, send) => {
  'use strict';
  const { stringify, parse } = JSON;
  const tell = (message) => send(stringify(message));
  const reasonOf = (error) => {
    try {
      const said = String(error && error.message ? error.message : error).slice(0, limits.logChars);
      // Where in the module: the topmost frame of its own, or the place of what cannot be read.
      const stack = String((error && error.stack) || '').slice(0, 10000);
      const at = stack.split(file + ':')[1];
      const line = at === undefined ? NaN : parseInt(at, 10);
      return line > 0 ? said + ' (line ' + line + ')' : said;
    } catch {
      return 'It threw something that has no words.';
    }
  };
  let fn;
  let asked = 0;
  const waiting = new Map();
  let logs = [];
  const wordOf = (word) => {
    if (typeof word === 'string') return word;
    try {
      return stringify(word) ?? String(word);
    } catch {
      return String(word);
    }
  };
  const log = (...words) => {
    const line = words.map(wordOf).join(' ');
    if (logs.length < limits.logLines) logs.push(line.slice(0, limits.logChars));
  };
  globalThis.console = Object.freeze({ log, info: log, warn: log, error: log, debug: log });
  const ask = (what, input) =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      tell({ type: 'ask', id, what, input });
    });
  async function run({ account, events }) {
    const writes = [];
    const add = (write) => {
      if (writes.length >= limits.writes) throw new Error('More than ' + limits.writes + ' writes in one run.');
      writes.push(write);
    };
    const context = {
      account,
      get: (key) => ask('get', String(key)),
      query: (range) => ask('query', range),
      put(key, value) {
        const text = stringify(value);
        if (text === undefined) throw new Error('That value is no JSON.');
        add({ key: String(key), value: parse(text) });
      },
      delete: (key) => add({ key: String(key) }),
      log,
    };
    logs = [];
    await fn.handler(events, context);
    return { writes, logs };
  }
  return {
    install(found) {
      if (typeof found !== 'object' || found === null) {
        tell({ type: 'head', head: 'null' });
        return;
      }
      fn = found;
      const { name, on, batch, handler } = found;
      tell({ type: 'head', head: stringify({ name, on, batch, handler: typeof handler === 'function' }) });
    },
    receive(text) {
      const message = parse(text);
      if (message.type === 'run') {
        run(message.call).then(
          (result) => tell({ type: 'ran', result }),
          (error) => tell({ type: 'failed', reason: reasonOf(error) }),
        );
        return;
      }
      const { resolve, reject } = waiting.get(message.id) ?? {};
      waiting.delete(message.id);
      if (message.error === undefined) resolve?.(message.answer);
      else reject?.(new Error(message.error));
    },
    refuse(reason) {
      return new Error(reason);
    },
    reasonOf,
  };
}`;

  // What a module may not import is refused here, and again by Node's loader of this thread.
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  const inside = vm.runInContext(INSIDE, context)(
    vm.runInContext(`(${JSON.stringify(limits)})`, context),
    file,
    vm.runInContext(
      '(send) => (text) => { try { send(text); } catch { throw new Error("The message could not be sent."); } }',
      context,
    )((message) => {
      port.postMessage(message);
    }),
  );

  function lockRealm() {
    nodeModule.registerHooks({
      resolve(specifier) {
        throw new Error(`"${specifier}" cannot be imported by a function.`);
      },
    });
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!KEPT.has(name)) Reflect.deleteProperty(globalThis, name);
    }
  }

  // JavaScript's own; all that comes with Node goes: process, require, fetch, sockets, workers, timers.
  const KEPT = new Set(Object.getOwnPropertyNames(vm.runInNewContext('globalThis')));

  function parsed() {
    try {
      return new vm.SourceTextModule(text, {
        context,
        identifier: file,
        importModuleDynamically() {
          throw inside.refuse('A function cannot import while it runs.');
        },
      });
    } catch (error) {
      throw placed(error);
    }
  }

  /** The error of a module's text with its place, which Node tells of scripts only. */
  function placed(error) {
    try {
      const script = text.replace(
        /\bexport(\s+)default\b/,
        (_all, space) => `void  ${space}       `,
      );
      new vm.Script(script, { filename: file });
    } catch (same) {
      if (same.message === error.message) return same;
    }
    return error;
  }

  async function load() {
    if (nodeModule.registerHooks === undefined)
      throw new Error('Functions need Node 22.15 or newer.');
    // Types in comments are imported from `carrossel/function`: that loads nothing.
    const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    if (/\bimport\s*\(/.test(code)) {
      throw new Error('A function cannot import while it runs: import(…).');
    }
    const module = parsed();
    await module.link((specifier) => {
      throw new Error(`It imports "${specifier}"; a function can import nothing.`);
    });
    await module.evaluate();
    inside.install(module.namespace.default);
  }

  port.on('message', (message) => {
    inside.receive(message);
  });
  const loaded = load();
  lockRealm();
  loaded.catch((error) => {
    port.postMessage(JSON.stringify({ type: 'broken', reason: inside.reasonOf(error) }));
  });
})();
