import { expect, test, type ElectronApplication } from '@playwright/test';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, launch, start } from './support/desktop-app.ts';
import {
  inside,
  standIn as host,
  toolTip,
  whyNoStandIn as reason,
  windowsOf,
  type StandIn,
} from './support/stand-in.ts';

/**
 * The ways in which the app is started and opened: by links as each system hands them over, without
 * a window, where the window was, with a key store and without; and who may speak to it.
 */

const LINK = `carrossel://join/${'A'.repeat(60)}`;

test.describe('starting and opening', () => {
  test.skip(reason !== undefined, reason ?? '');
  let dataDir: string;
  test.beforeAll(() => {
    host.prepare();
  });
  test.beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'carrossel-starts-'));
  });
  test.afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  test('a link that starts the app is in its page: by a word of the command line', async () => {
    const { app, page } = await launch(host, dataDir, {}, LINK);
    await expect(page.getByLabel('Invite link')).toHaveValue(LINK);
    expect(page.url()).not.toContain('link=');
    await app.close();
  });

  test('and by an event before the app is ready, while it runs, and without a window', async () => {
    const { app, page } = await launch(host, dataDir, { FAKE_OPEN_URL: LINK });
    await expect(page.getByLabel('Invite link')).toHaveValue(LINK);
    const other = LINK.replace('AAA', 'BBB');
    expect(await openUrl(app, other)).toBe(true);
    await expect(page.getByLabel('Invite link')).toHaveValue(other);
    await openUrl(app, 'carrossel://elsewhere/x');
    await expect(page.getByLabel('Invite link')).toHaveValue(other);
    await closeWindow(app);
    const third = LINK.replace('AAA', 'CCC');
    const opened = app.waitForEvent('window');
    await openUrl(app, third);
    await expect((await opened).getByLabel('Invite link')).toHaveValue(third);
    await app.close();
  });

  test('hidden it has no window until somebody wants one', async () => {
    const app = await start(host, dataDir, {}, '--hidden');
    await expect.poll(() => toolTip(app)).toContain('In no ring yet');
    expect(await windowsOf(app)).toBe(0);
    await inside(app, (electron) => {
      electron.app.emit('activate', {});
    });
    const pages = () =>
      inside(app, ({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(({ webContents }) => webContents.mainFrame.url),
      );
    await expect.poll(pages).toEqual([expect.stringMatching(/^app:\/\/carrossel\/index\.html/)]);
    await app.close();
  });

  test('the window comes back as large as it was', async () => {
    const first = await launch(host, dataDir);
    await inside(first.app, ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 300, y: 200, width: 800, height: 500 });
      window?.maximize();
    });
    await first.app.close();
    const { app } = await launch(host, dataDir);
    const how = await inside(app, ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return [window?.isMaximized(), window?.getNormalBounds()];
    });
    expect(how).toEqual([true, { x: 300, y: 200, width: 800, height: 500 }]);
    await app.close();
  });

  test('without a key store secrets are files that only the person reads', async () => {
    const keyring = { FAKE_KEYRING: 'basic_text' };
    const { app } = await launch(host, dataDir, keyring);
    await command(dataDir, 'ring', 'create', 'Home');
    await app.close();
    expect(existsSync(join(dataDir, 'wrapping-key'))).toBe(false);
    const secrets = readdirSync(join(dataDir, 'secrets'));
    expect(secrets.length).toBeGreaterThan(0);
    for (const name of secrets) {
      const path = join(dataDir, 'secrets', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path).includes('carrwrp1')).toBe(false);
    }
    const again = await launch(host, dataDir, keyring);
    await expect.poll(() => toolTip(again.app)).toContain('Home: only this machine');
    await again.app.close();
  });

  test('with the key store of another login it says so, and touches nothing', async () => {
    const { app } = await launch(host, dataDir);
    await command(dataDir, 'ring', 'create', 'Home');
    await app.close();
    const wrapped = readFileSync(join(dataDir, 'wrapping-key'));
    rmSync(join(dataDir, 'window', 'fake-keyring'));
    const child = spawn(host.program, [...host.words, '--data', dataDir, '--no-mdns'], {
      env: { ...process.env, ...host.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(1);
    expect(said).toContain('[dialog] Carrossel cannot start');
    expect(readFileSync(join(dataDir, 'wrapping-key'))).toEqual(wrapped);
  });

  test('only its own page may speak to it, and nothing but the camera is ever given', async () => {
    const { app, page } = await launch(host, dataDir);
    const heard = await app.evaluate(async (electron) => {
      const { ipcMain, BrowserWindow, session } = electron as unknown as StandIn;
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const url = 'app://carrossel/index.html';
      const senders = [
        { sender: contents, senderFrame: { url: 'https://evil.example/', parent: null } },
        { sender: contents, senderFrame: { url: 'app://carrossel.evil/', parent: null } },
        { sender: contents, senderFrame: { url, parent: { url } } },
        { sender: contents, senderFrame: null },
        { sender: {}, senderFrame: { url, parent: null } },
      ];
      const refused = ['carrossel:connect', 'carrossel:switches', 'carrossel:scan'].map(
        (channel) =>
          senders.filter((sender) => {
            let closed = false;
            const close = (): void => void (closed = true);
            const none = (): void => undefined;
            const port = { close, on: none, start: none, postMessage: none };
            ipcMain.emit(channel, { ...sender, ports: [port] });
            return closed;
          }).length,
      );
      const ours = session.fromPartition('persist:carrossel');
      const wishes = 'media notifications geolocation clipboard-read midi hid serial usb'.split(
        ' ',
      );
      const details = { requestingUrl: url, isMainFrame: true, mediaTypes: ['video'] };
      const given = [];
      for (const wish of wishes) {
        if (contents && (await ours.mayUse(contents, wish, details))) given.push(wish);
      }
      return { refused, given };
    });
    expect(heard.refused).toEqual([5, 5, 5]);
    expect(heard.given).toEqual([]);
    await expect(page.locator('[data-link=live]')).toBeAttached();
    await app.close();
  });
});

/** As macOS hands a link over; true if the app took it. */
function openUrl(app: ElectronApplication, link: string): Promise<boolean> {
  return app.evaluate((electron, url) => {
    let taken = false;
    const event = { preventDefault: () => void (taken = true) };
    (electron as unknown as StandIn).app.emit('open-url', event, url);
    return taken;
  }, link);
}

async function closeWindow(app: ElectronApplication): Promise<void> {
  await inside(app, ({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
  await expect.poll(() => windowsOf(app)).toBe(0);
}
