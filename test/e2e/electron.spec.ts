import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ELECTRON_HOSTS, type ElectronHost } from './electron-hosts.ts';
import { apiFile, command, launch, type Running } from './support/desktop-app.ts';

/** The desktop shell: the real bundles, preload, page and peer process, on each host there is. */

async function staysInside({ app, page }: Running, host: ElectronHost): Promise<void> {
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://evil.example/';
  });
  await page.evaluate(() => {
    window.open('https://example.org/');
    window.open('javascript:alert(1)');
  });
  if (!host.real) {
    await expect
      .poll(() => app.evaluate(({ shell }) => (shell as unknown as { opened: string[] }).opened))
      .toEqual(['https://example.org/']);
  }
  expect(app.windows()).toHaveLength(1);
  expect(page.url()).toBe(before);
  const sent = page.evaluate(() =>
    fetch('https://evil.example/').then(
      () => 'sent',
      () => 'blocked',
    ),
  );
  await expect(sent).resolves.toBe('blocked');
}

async function keepsPageHarmless({ page }: Running): Promise<void> {
  const reach = await page.evaluate(() =>
    ['require', 'process', '__electron', 'ipcRenderer'].map(
      (name) => typeof (globalThis as Record<string, unknown>)[name],
    ),
  );
  expect(new Set(reach)).toEqual(new Set(['undefined']));
  const sink = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>';
      return 'ran';
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(sink).toBe('TypeError');
  const directive = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          resolve(event.effectiveDirective);
        });
        new Image().src = 'http://evil.example/x.png';
      }),
  );
  expect(directive).toBe('img-src');
}

for (const host of ELECTRON_HOSTS) {
  test.describe(`the desktop app on ${host.name}`, () => {
    const reason = host.whyNot();
    test.skip(reason !== undefined, reason ?? '');
    let dataDir: string;
    test.beforeAll(() => {
      host.prepare();
    });
    test.beforeEach(() => {
      dataDir = mkdtempSync(join(tmpdir(), 'carrossel-desk-'));
    });
    test.afterEach(() => {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    });

    test('opens a locked-down window on the peer', async ({}, info) => {
      const running = await launch(host, dataDir);
      const { app, page } = running;
      await keepsPageHarmless(running);
      await staysInside(running, host);
      const address = await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()),
      );
      expect(address).toEqual(['app://carrossel/index.html']);
      await page.screenshot({ path: info.outputPath('window.png') });
      await page.reload();
      await expect(page.locator('[data-link=live]')).toBeAttached();
      await app.close();
      expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
    });

    test('shares its peer with the command line, and its secrets with nobody', async () => {
      const { app, page, errors } = await launch(host, dataDir);
      const step = page.locator('[aria-current=step]');
      const first = await step.textContent();
      await command(dataDir, 'ring', 'create');
      await expect(step).not.toHaveText(first ?? '');
      await command(dataDir, 'account', 'create', 'Ana');
      await command(dataDir, 'cart', 'add', 'Rice 5 kg', '--quantity', '2');
      await expect(page.getByText('Rice 5 kg').first()).toBeVisible();
      await app.close();
      const secrets = readdirSync(join(dataDir, 'secrets'));
      expect(secrets.length).toBeGreaterThan(0);
      for (const name of secrets) {
        const path = join(dataDir, 'secrets', name);
        // Windows knows no modes: there the folder is the person's.
        if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
        if (!host.real) expect(readFileSync(path).includes('carrwrp1')).toBe(true);
      }
      expect(errors).toEqual([]);
      const again = await launch(host, dataDir);
      await expect(again.page.getByText('Rice 5 kg').first()).toBeVisible();
      await again.app.close();
    });

    test('outlives the death of its peer process without losing a write', async () => {
      const { app, page } = await launch(host, dataDir);
      await command(dataDir, 'ring', 'create');
      await command(dataDir, 'account', 'create', 'Ana');
      await command(dataDir, 'cart', 'add', 'Rice 5 kg');
      const { pid, peerId } = apiFile(dataDir);
      process.kill(pid, 'SIGKILL');
      await expect(page.locator('[data-link=lost], [data-link=connecting]')).toBeAttached();
      await expect(page.locator('[data-link=live]')).toBeAttached();
      expect(apiFile(dataDir).peerId).toBe(peerId);
      expect(apiFile(dataDir).pid).not.toBe(pid);
      await expect(page.getByText('Rice 5 kg').first()).toBeVisible();
      await app.close();
    });

    test('is one instance for a folder and takes links from a second start', async () => {
      const { app, page } = await launch(host, dataDir);
      const link = `carrossel://join/${'A'.repeat(60)}`;
      const second = spawn(host.program, [...host.words, '--data', dataDir, link], {
        env: { ...process.env, ...host.env },
        stdio: 'ignore',
      });
      const code = await new Promise((resolve) => second.once('exit', resolve));
      expect(code).toBe(0);
      await expect
        .poll(() =>
          page.evaluate(() =>
            [...document.querySelectorAll('input, textarea')].map(
              (field) => (field as HTMLInputElement).value,
            ),
          ),
        )
        .toContain(link);
      expect(page.url()).not.toContain('link=');
      await app.close();
    });
  });
}
