// Parts that the page brings later: here the server that makes them anew is slower than a test.
import '../../src-renderer/components/ScanDialog.svelte';
import '../../src-renderer/screens/OtherScreens.svelte';
import { onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from '../../src-renderer/App.svelte';
import { createBrowserClock } from '../../src-renderer/clock.ts';
import { createApp, type AppState } from '../../src-renderer/state/app.svelte.ts';
import '../../src-renderer/styles/tokens.css';
import '../../src-renderer/styles/base.css';
import '../../src-renderer/styles/controls.css';
import '../../src-renderer/styles/dialog.css';
import { createFixturePeer, type FixturePeer } from './fixture-peer.ts';

/** The whole page over a fixture peer, in English whatever the browser asks for. */
export async function openPage(
  state: Partial<FixturePeer['state']>,
  hash = '',
): Promise<{ peer: FixturePeer; app: AppState }> {
  await page.viewport(1100, 800);
  window.localStorage.setItem('carrossel.preferences', '{"locale":"en","currency":"BRL"}');
  window.history.replaceState(null, '', `${window.location.pathname}${hash}`);
  const peer = createFixturePeer(state);
  const rolls = [1, 3];
  const app = createApp({
    bridge: peer.bridge,
    clock: createBrowserClock(),
    random: { below: (limit) => (rolls.shift() ?? 0) % limit },
    window,
  });
  app.start();
  onTestFinished(() => {
    app.stop();
  });
  await render(App, { app });
  return { peer, app };
}
