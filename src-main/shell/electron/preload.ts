// Sandboxed preload: one CommonJS file, importing only `electron/renderer`. It passes on one kind
// of port, from our own page to the main process, and exposes nothing.
import { ipcRenderer } from 'electron/renderer';

const CHANNEL = 'carrossel:connect';

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== window.location.origin) return;
  if (event.data !== CHANNEL || event.ports.length !== 1) return;
  ipcRenderer.postMessage(CHANNEL, null, [...event.ports]);
});
