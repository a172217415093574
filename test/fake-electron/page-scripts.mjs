// What is put into the page: both run inside Chromium, as source text.

/**
 * The isolated world of the preload, once per document: `electron/renderer` as far as it is used.
 */
export function preloadWorld(preload) {
  const ports = new Map();
  let lastPort = 0;
  const send = (message) => globalThis.__electron(JSON.stringify(message));
  globalThis.__deliver = ({ id, data, close, media }) => {
    if (media !== undefined) {
      dispatchEvent(new CustomEvent('electron:media-answer', { detail: media }));
      return;
    }
    const port = ports.get(id);
    if (close) {
      port?.close();
      ports.delete(id);
      return;
    }
    const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    port?.postMessage(typeof data === 'string' ? data : bytes(data.base64));
  };
  addEventListener('electron:open', (event) => send({ open: event.detail }));
  addEventListener('electron:media', (event) => send({ media: event.detail }));
  const ipcRenderer = {
    postMessage(channel, message, transfer = []) {
      const ids = transfer.map((port) => {
        const id = ++lastPort;
        ports.set(id, port);
        port.onmessage = (event) => send({ port: id, data: event.data });
        port.addEventListener('close', () => send({ port: id, close: true }));
        return id;
      });
      send({ channel, message, ports: ids });
    },
  };
  const require = (name) => {
    if (name === 'electron' || name === 'electron/renderer') return { ipcRenderer };
    throw new Error(`module not found in a sandboxed preload: ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
}

/**
 * Chromium's own rules for new windows depend on user activation and made runs differ, so the
 * page's two ways to one are asked about here.
 */
export const windowOpenShim = `{
  // The session's permission handlers decide, as they do in Electron; then the real camera.
  const devices = navigator.mediaDevices;
  const use = devices?.getUserMedia.bind(devices);
  let lastAsked = 0;
  if (devices) devices.getUserMedia = (wanted) => new Promise((resolve, reject) => {
    const id = ++lastAsked;
    const types = ['video', 'audio'].filter((kind) => wanted?.[kind]).join();
    addEventListener('electron:media-answer', function hear({ detail }) {
      if (detail.id !== id) return;
      removeEventListener('electron:media-answer', hear);
      if (detail.allowed) use(wanted).then(resolve, reject);
      else reject(new DOMException('Permission denied', 'NotAllowedError'));
    });
    dispatchEvent(new CustomEvent('electron:media', { detail: { id, types } }));
  });
  const ask = (url) => dispatchEvent(new CustomEvent('electron:open', {
    detail: String(new URL(url, document.baseURI)),
  }));
  window.open = (url = 'about:blank') => { ask(url); return null; };
  addEventListener('click', (event) => {
    const link = event.target.closest?.('a[target=_blank]');
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    ask(link.href);
  });
}`;
