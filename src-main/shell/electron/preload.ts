// Sandboxed preload: one CommonJS file, importing only `electron/renderer`. It passes on one kind
// of port, and two words about the camera, from our own page to the main process; it exposes
// nothing.
import { ipcRenderer } from 'electron/renderer';

const CONNECT = 'carrossel:connect';
const SCAN = ['carrossel:scan-start', 'carrossel:scan-end'];

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== window.location.origin) return;
  if (event.data === CONNECT && event.ports.length === 1) {
    ipcRenderer.postMessage(CONNECT, null, [...event.ports]);
  }
  if (SCAN.includes(event.data as string)) ipcRenderer.postMessage(event.data as string, null);
});
