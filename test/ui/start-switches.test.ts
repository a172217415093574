import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { createBrowserClock } from '../../src-renderer/clock.ts';
import { createHost, type Switches } from '../../src-renderer/host.ts';
import { openPage } from './pages.ts';

/** The window of the app, with its end of the port in our hands. */
function appWindow() {
  const asked: { word: unknown; port: MessagePort }[] = [];
  const window = {
    location: { protocol: 'app:', hostname: 'cart', origin: 'app://cart' },
    postMessage: (word: unknown, _origin: string, [port]: MessagePort[]) => {
      if (port !== undefined) asked.push({ word, port });
    },
  } as unknown as Window;
  return { window, asked };
}

describe('when Carrossel runs', () => {
  it('is not for a page in a browser to choose, and it says where', async () => {
    const { app } = await openPage({}, '#/settings');
    await expect.element(page.getByText(/^This page is in a browser/u)).toBeVisible();
    await expect.element(page.getByLabelText('Start when I log in')).not.toBeInTheDocument();
    expect(app.host.hasSwitches).toBe(false);
  });

  it('is told by the app’s window and turned there', async () => {
    const { window, asked } = appWindow();
    const host = createHost(window, createBrowserClock());
    const told: Switches[] = [];
    const switches = host.switches((state) => told.push(state));
    const [{ word, port } = { word: undefined, port: undefined }] = asked;
    expect(word).toBe('carrossel:switches');
    const wishes: string[] = [];
    port?.addEventListener('message', ({ data }: MessageEvent<string>) => wishes.push(data));
    port?.start();
    port?.postMessage('{"keepRunning":true,"startAtLogin":null}');
    await expect.poll(() => told).toEqual([{ keepRunning: true, startAtLogin: null }]);
    switches.set({ keepRunning: false });
    await expect.poll(() => wishes).toEqual(['{"keepRunning":false}']);
    switches.close();
  });
});
