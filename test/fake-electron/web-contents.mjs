// Windows: each a tab of the real Chromium, with Electron's rules for navigation, schemes and
// preload.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { cancellable } from './electron-app.mjs';
import { MessagePortMain } from './page-port.mjs';
import { preloadWorld, windowOpenShim } from './page-scripts.mjs';

/** Registered schemes become https hosts, since Chromium here knows nothing of them. */
export const schemes = new Map();
const shown = (url) =>
  url.replace(/^([a-z]+):\/\/([^/]+)/, (all, scheme, host) =>
    schemes.has(scheme) ? `https://${host}.${scheme}.electron.test` : all,
  );
const meant = (url) => url.replace(/^https:\/\/([^/]+)\.([a-z]+)\.electron\.test/, '$2://$1');

const WORLD = 'electron-preload';
const VERSION = '45.4.1';

export class WebContents extends EventEmitter {
  ports = new Map();
  destroyed = false;
  /** Addresses loaded by `loadURL`: those are no `will-navigate`. */
  #expected = new Set();
  #preloadContext;
  #sessionId;
  #host;

  /** @param host { app, chromium, ipcMain, takeFirstTab() } */
  constructor(window, preferences, session, host) {
    super();
    this.window = window;
    this.preferences = preferences;
    this.session = session;
    this.#host = host;
    this.mainFrame = {
      url: 'about:blank',
      parent: null,
      get origin() {
        return /^[a-z]+:\/\/[^/]+/.exec(this.url)?.[0] ?? 'null';
      },
    };
    this.ready = this.#open();
  }

  #send(method, params) {
    return this.#host.chromium.send(method, params, this.#sessionId);
  }

  async #open() {
    const { app, chromium, takeFirstTab } = this.#host;
    await app.boot();
    this.targetId = await takeFirstTab();
    this.targetId ??= (
      await chromium.send('Target.createTarget', { url: 'about:blank', newWindow: true })
    ).targetId;
    const attach = { targetId: this.targetId, flatten: true };
    this.#sessionId = (await chromium.send('Target.attachToTarget', attach)).sessionId;
    this.#listen();
    await chromium.send('Target.setDiscoverTargets', { discover: true });
    await this.#send('Page.enable');
    await this.#send('Runtime.enable');
    await this.#send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    const { userAgent } = await this.#send('Browser.getVersion');
    await this.#send('Emulation.setUserAgentOverride', {
      userAgent: `${userAgent.replace('Headless', '')} Electron/${VERSION}`,
    });
    if (this.preferences.preload) await this.#addPreload();
    await this.#send('Page.addScriptToEvaluateOnNewDocument', { source: windowOpenShim });
    app.emit('web-contents-created', {}, this);
  }

  #listen() {
    const { chromium } = this.#host;
    const on = (name, listener) =>
      chromium.on(name, (params, sessionId) => {
        if (sessionId === this.#sessionId) listener(params);
      });
    on('Fetch.requestPaused', (params) => {
      this.#fetch(params).catch((error) => console.error('fake electron: fetch', error));
    });
    on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== WORLD || context.auxData.frameId !== this.targetId) return;
      this.#preloadContext = context.id;
    });
    on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__electron') this.#fromPreload(JSON.parse(payload));
    });
    on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId) return;
      this.mainFrame.url = meant(frame.url) + (frame.urlFragment ?? '');
      for (const port of this.ports.values()) port.pushClose();
      this.ports.clear();
      this.emit('did-navigate', {}, this.mainFrame.url);
    });
    on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId === this.targetId) this.mainFrame.url = meant(url);
    });
    on('Page.domContentEventFired', () => this.window.emit('ready-to-show'));
    chromium.on('Target.targetDestroyed', ({ targetId }) => {
      if (targetId === this.targetId) this.window.gone();
    });
  }

  async #addPreload() {
    const { sandbox, contextIsolation, nodeIntegration, preload } = this.preferences;
    if (!sandbox || !contextIsolation || nodeIntegration) {
      throw new Error('fake electron: only sandbox with contextIsolation is modelled');
    }
    await this.#send('Runtime.addBinding', { name: '__electron', executionContextName: WORLD });
    const code = readFileSync(preload, 'utf8');
    await this.#send('Page.addScriptToEvaluateOnNewDocument', {
      worldName: WORLD,
      source: `(${preloadWorld})(function (require, module, exports) {${code}\n})`,
    });
  }

  /**
   * Each request of the page: navigation rules, the session's filter, then the scheme's handler.
   */
  async #fetch({ requestId, request, resourceType, frameId }) {
    const url = meant(request.url) + (request.urlFragment ?? '');
    const answer = (method, params) => this.#send(method, { requestId, ...params });
    const navigates = resourceType === 'Document' && frameId === this.targetId;
    if (navigates && !this.#expected.delete(url) && url !== this.mainFrame.url) {
      const event = cancellable({ url, isMainFrame: true });
      this.emit('will-navigate', event);
      if (event.defaultPrevented) return answer('Fetch.failRequest', { errorReason: 'Aborted' });
    }
    if (await this.session.refuses({ url, resourceType })) {
      return answer('Fetch.failRequest', { errorReason: 'BlockedByClient' });
    }
    const handler = this.session.handlers.get(/^[a-z]+/.exec(url)?.[0]);
    if (!handler) return answer('Fetch.continueRequest', {});
    const { method, headers, postData } = request;
    const response = await handler(
      new Request(meant(request.url), { method, headers, body: postData }),
    );
    return answer('Fetch.fulfillRequest', {
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    });
  }

  #fromPreload(message) {
    if (message.open !== undefined) {
      const decide = this.openHandler ?? (() => ({ action: 'allow' }));
      if (decide({ url: meant(message.open) }).action === 'deny') return;
      throw new Error('fake electron: only denied windows are modelled');
    }
    if (message.media !== undefined) {
      const { id, types } = message.media;
      const mediaTypes = types.split(',').filter(Boolean);
      const details = { mediaTypes, requestingUrl: this.mainFrame.url, isMainFrame: true };
      this.session.mayUse(this, 'media', details).then((allowed) => {
        this.#deliver({ media: { id, allowed } });
      });
      return;
    }
    if (message.port !== undefined) {
      const port = this.ports.get(message.port);
      if (message.close) port?.pushClose();
      else port?.push(message.data);
      return;
    }
    const ports = (message.ports ?? []).map((id) => {
      const port = new MessagePortMain((what) => this.#deliver(what), id);
      this.ports.set(id, port);
      return port;
    });
    const event = { sender: this, senderFrame: this.mainFrame, ports, reply() {} };
    this.#host.ipcMain.emit(message.channel, event, message.message);
  }

  #deliver(what) {
    if (this.destroyed || this.#preloadContext === undefined) return;
    const expression = `__deliver(${JSON.stringify(what)})`;
    this.#send('Runtime.evaluate', { expression, contextId: this.#preloadContext }).catch(() => {
      // The document is gone, and its ports with it.
    });
  }

  setWindowOpenHandler(decide) {
    this.openHandler = decide;
  }
  async loadURL(url) {
    await this.ready;
    this.#expected.add(url);
    await this.#send('Page.navigate', { url: shown(url) });
  }
  getURL() {
    return this.mainFrame.url;
  }
  isDestroyed() {
    return this.destroyed;
  }
  close() {
    this.#host.chromium
      .send('Target.closeTarget', { targetId: this.targetId })
      .catch(() => undefined);
  }
}
