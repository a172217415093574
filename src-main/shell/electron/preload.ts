// Sandboxed preload: one CommonJS file, importing only `electron/renderer`. It passes on three
// kinds of port, from our own page to the main process: one to reach the peer, one that is open
// while the page scans a QR code, and one for the app's own switches. It exposes nothing.
import { ipcRenderer } from 'electron/renderer';

const CHANNELS = ['carrossel:connect', 'carrossel:scan', 'carrossel:switches'];

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== window.location.origin) return;
  const channel: unknown = event.data;
  if (typeof channel !== 'string' || !CHANNELS.includes(channel) || event.ports.length !== 1)
    return;
  ipcRenderer.postMessage(channel, null, [...event.ports]);
});
