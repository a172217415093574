import { expect, test } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import playwrightConfig from '../playwright.config.ts';
import { writeFilm } from './support/camera-film.ts';
import { invite, watchConsole } from './support/household.ts';
import { makeDir, removeDirs, startPeer, type PeerProcess } from './support/peer-process.ts';

/** An invite goes over by QR code, through a real camera's pictures (Chromium's fake camera). */

const folder = mkdtempSync(join(tmpdir(), 'carrossel-film-'));
const film = join(folder, 'code.y4m');
const launch = playwrightConfig.use?.launchOptions ?? {};
test.use({
  launchOptions: {
    ...launch,
    args: [
      ...(launch.args ?? []),
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  },
});

const dirs: string[] = [];
const peers: PeerProcess[] = [];
test.afterAll(async () => {
  for (const peer of peers) await peer.kill();
  removeDirs(dirs);
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, ...args: string[]): Promise<PeerProcess> {
  const dir = makeDir(name);
  dirs.push(dir);
  const peer = await startPeer({ name, dir, args: ['--no-mdns', ...args] });
  peers.push(peer);
  return peer;
}

test('a new machine joins by the code its camera sees', async ({ page }) => {
  const [kitchen, desk] = [await open('kitchen', '--create-ring'), await open('desk')];
  writeFilm(film, await invite(kitchen));
  const complaints = watchConsole(page);
  await page.goto(desk.pageUrl);
  await page.getByRole('radio', { name: /Join a ring/ }).click();
  await page.getByRole('button', { name: 'Scan a QR code' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByLabel('Invite link')).toHaveValue(/^carrossel:\/\/join\//);
  const camera = page.evaluate(() => document.querySelector('video')?.srcObject ?? null);
  expect(await camera).toBeNull();
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Whose carts are these?' })).toBeVisible();
  expect((await desk.status()).ring?.members).toBe(2);
  expect(complaints).toEqual([]);
});
