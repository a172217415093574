import { expect, test } from '@playwright/test';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFilm } from './support/camera-film.ts';
import { apiFile, command, launch } from './support/desktop-app.ts';
import {
  inside,
  shown,
  standIn as host,
  toolTip,
  whyNoStandIn as reason,
  windowsOf,
  type StandIn,
} from './support/stand-in.ts';

/**
 * What is around the window: tray, menus, notifications, sleep, camera, crashes. On the stand-in,
 * which lets a test look at them and click.
 */

test.describe('around the window', () => {
  test.skip(reason !== undefined, reason ?? '');
  let dataDir: string;
  test.beforeAll(() => {
    host.prepare();
  });
  test.beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'carrossel-around-'));
  });
  test.afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  test('the tray says how the ring is, and the peer goes on without a window', async () => {
    const { app, page } = await launch(host, dataDir);
    await expect.poll(() => toolTip(app)).toContain('In no ring yet');
    await command(dataDir, 'ring', 'create', 'Home');
    await expect.poll(() => toolTip(app)).toContain('Home: only this machine');
    await inside(app, ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 40, y: 50, width: 900, height: 600 });
      window?.close();
    });
    await expect.poll(() => windowsOf(app)).toBe(0);
    await expect.poll(() => shown(app)).toHaveLength(1);
    expect((await command(dataDir, 'ring', 'status')) as object).toHaveProperty('ring');
    const reopened = app.waitForEvent('window');
    await inside(app, ({ Tray }) => {
      Tray.made[0]?.menu.items.find(({ label }) => label === 'Open Carrossel')?.click();
    });
    const again = await reopened;
    await expect(again.locator('[data-link=live]')).toBeAttached();
    const place = await inside(app, ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    );
    expect(place).toEqual({ x: 40, y: 50, width: 900, height: 600 });
    const kept = JSON.parse(readFileSync(join(dataDir, 'window/desktop.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ bounds: { x: 40, y: 50, width: 900, height: 600 } });
    expect(page.isClosed()).toBe(true);
    await app.close();
    expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
  });

  test('without that wish, to close the window is to quit', async () => {
    const { app } = await launch(host, dataDir);
    await inside(app, ({ Tray }) => {
      Tray.made[0]?.menu.items.find(({ label }) => label?.startsWith('Keep running'))?.click();
    });
    const closed = app.waitForEvent('close');
    await inside(app, ({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
    });
    await closed;
    expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
  });

  test('menus lead to the places of the page, in the language of the system', async () => {
    const { app, page } = await launch(host, dataDir, { FAKE_LANGUAGES: 'pt-BR,en' });
    await command(dataDir, 'ring', 'create', 'Casa');
    await command(dataDir, 'account', 'create', 'Ana');
    const labels = await inside(app, ({ Menu }) =>
      Menu.getApplicationMenu().items.map(({ label }) => label),
    );
    expect(labels).toEqual(['Arquivo', 'Editar', 'Exibir', 'Janela']);
    await inside(app, ({ Menu }) => {
      const view = Menu.getApplicationMenu().items.find(({ label }) => label === 'Exibir');
      view?.submenu?.items.find(({ label }) => label === 'Máquinas')?.click();
    });
    await expect(page).toHaveURL(/#\/peers$/);
    await app.close();
  });

  test('the page and the tray turn the same switches', async () => {
    const config = join(dataDir, 'config');
    const { app, page } = await launch(host, dataDir, {
      FAKE_PACKAGED: '1',
      XDG_CONFIG_HOME: config,
    });
    await command(dataDir, 'ring', 'create', 'Home');
    await command(dataDir, 'account', 'create', 'Ana');
    await page.getByRole('link', { name: 'Settings' }).click();
    const file = join(config, 'autostart/carrossel.desktop');
    await page.getByLabel('Start when I log in').check();
    await expect.poll(() => existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('--hidden');
    const ticked = (start: string): Promise<boolean | undefined> =>
      app.evaluate(
        (electron, label) =>
          (electron as unknown as StandIn).Tray.made[0]?.menu.items.find((item) =>
            item.label?.startsWith(label),
          )?.checked,
        start,
      );
    await expect.poll(() => ticked('Start when')).toBe(true);
    await page.getByLabel('Start when I log in').uncheck();
    await expect.poll(() => existsSync(file)).toBe(false);
    // And from the tray to the page.
    await expect(page.getByLabel('Keep running')).toBeChecked();
    await inside(app, ({ Tray }) => {
      Tray.made[0]?.menu.items.find(({ label }) => label?.startsWith('Keep running'))?.click();
    });
    await expect(page.getByLabel('Keep running')).not.toBeChecked();
    await app.close();
  });

  test('sleep and network changes wake the peer, and nothing breaks', async () => {
    const { app, page } = await launch(host, dataDir, { CARROSSEL_LOG: 'info' });
    let log = '';
    app.process().stderr?.on('data', (chunk) => (log += String(chunk)));
    const wakes = (): number => log.split('looking after the connections').length - 1;
    await command(dataDir, 'ring', 'create');
    const { pid } = apiFile(dataDir);
    for (const [i, event] of ['resume', 'unlock-screen'].entries()) {
      await app.evaluate((electron, name) => {
        (electron as unknown as StandIn).powerMonitor.emit(name);
      }, event);
      await expect.poll(wakes).toBe(i + 1);
    }
    await command(dataDir, 'ring', 'status');
    expect(apiFile(dataDir).pid).toBe(pid);
    await expect(page.locator('[data-link=live]')).toBeAttached();
    await app.close();
  });

  test('the system shuts down or the session ends: the peer stops in good order', async () => {
    const ends = [
      ({ powerMonitor }: StandIn) => {
        powerMonitor.emit('shutdown', { preventDefault: () => undefined });
      },
      ({ BrowserWindow }: StandIn) => {
        BrowserWindow.getAllWindows()[0]?.emit('session-end');
      },
    ];
    for (const end of ends) {
      const { app } = await launch(host, dataDir);
      await expect.poll(() => toolTip(app)).toContain('ring');
      const gone = app.waitForEvent('close');
      await inside(app, end);
      await gone;
      // A peer that was killed leaves it.
      expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
    }
  });

  test('the camera serves the QR scanner and nothing else', async () => {
    const film = join(dataDir, 'code.y4m');
    const link = `carrossel://join/${'A'.repeat(60)}`;
    writeFilm(film, link);
    const { app, page } = await launch(host, dataDir, { FAKE_CAMERA: film });
    const ask = (wanted: object): Promise<string> =>
      page.evaluate(
        (constraints) =>
          navigator.mediaDevices.getUserMedia(constraints).then(
            () => 'given',
            (error: unknown) => (error as Error).name,
          ),
        wanted,
      );
    expect(await ask({ video: true })).toBe('NotAllowedError');
    await page.getByRole('radio', { name: /Join a ring/ }).click();
    await page.getByRole('button', { name: 'Scan a QR code' }).click();
    await expect(page.getByLabel('Invite link')).toHaveValue(link);
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await ask({ video: true })).toBe('NotAllowedError');
    // What the scanner says opens the camera, and no microphone, until it lets go.
    await page.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      (globalThis as { held?: MessagePort }).held = port1;
      window.postMessage('carrossel:scan', window.location.origin, [port2]);
    });
    await expect.poll(() => ask({ video: true })).toBe('given');
    expect(await ask({ audio: true })).toBe('NotAllowedError');
    expect(await ask({ video: true, audio: true })).toBe('NotAllowedError');
    await page.evaluate(() => {
      (globalThis as { held?: MessagePort }).held?.close();
    });
    await expect.poll(() => ask({ video: true })).toBe('NotAllowedError');
    await app.close();
  });

  test('a peer that keeps dying is given up with a clear question, and tried again', async () => {
    test.setTimeout(180_000);
    const { app, page } = await launch(host, dataDir);
    await command(dataDir, 'ring', 'create');
    const { pid } = apiFile(dataDir);
    let last = pid;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => toolTip(app)).toContain('is being started again');
    for (let i = 0; i < 5; i++) {
      await expect
        .poll(() => (existsSync(join(dataDir, 'api.json')) ? apiFile(dataDir).pid : last), {
          timeout: 40_000,
        })
        .not.toBe(last);
      last = apiFile(dataDir).pid;
      process.kill(last, 'SIGKILL');
    }
    const asked = (): Promise<string[]> =>
      inside(app, ({ dialog }) => dialog.asked.map(({ message }) => message));
    await expect.poll(asked).toEqual(['The peer keeps stopping']);
    expect(await toolTip(app)).toContain('The peer does not run');
    await inside(app, ({ dialog }) => {
      dialog.answer(0);
    });
    await expect(page.locator('[data-link=live]')).toBeAttached({ timeout: 40_000 });
    await app.close();
  });
});
