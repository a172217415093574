import { _electron, expect, type ElectronApplication, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ElectronHost } from '../electron-hosts.ts';

/** The desktop app, running: started on one of the hosts, and reached by the command line too. */

const carrossel = fileURLToPath(
  new URL('../../../src-main/shell/cli/carrossel.mjs', import.meta.url),
);

export interface Running {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  readonly errors: string[];
}

export async function launch(
  host: ElectronHost,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  ...words: readonly string[]
): Promise<Running> {
  const app = await start(host, dataDir, env, ...words);
  const page = await app.firstWindow();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await expect(page.locator('[data-link=live]')).toBeAttached();
  return { app, page, dataDir, errors };
}

/** The same without waiting for a window. */
export function start(
  host: ElectronHost,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  ...words: readonly string[]
): Promise<ElectronApplication> {
  return _electron.launch({
    executablePath: host.program,
    args: [...host.words, '--data', dataDir, '--no-mdns', '--name', 'desk', ...words],
    env: {
      ...(process.env as Record<string, string>),
      // Nothing of the person who runs the tests is touched.
      XDG_CONFIG_HOME: join(dataDir, 'config'),
      ...host.env,
      ...env,
    },
  });
}

export async function command(dataDir: string, ...words: string[]): Promise<unknown> {
  const all = [carrossel, ...words, '--json', '--data', dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return JSON.parse(stdout);
}

interface ApiFile {
  readonly pid: number;
  readonly peerId: string;
  readonly origin: string;
  readonly token: string;
}

export const apiFile = (dataDir: string): ApiFile =>
  JSON.parse(readFileSync(join(dataDir, 'api.json'), 'utf8')) as ApiFile;
