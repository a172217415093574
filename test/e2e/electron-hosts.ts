import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../support/find-chromium.ts';

/** What the Electron spec runs on: the real thing where it is, and the stand-in twice. */
export interface ElectronHost {
  readonly name: string;
  readonly real: boolean;
  readonly program: string;
  /** Words before the app's own options. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Builds what it needs; throws when that fails. */
  prepare(): void;
  /** Why it cannot run here; undefined when it can. */
  whyNot(): string | undefined;
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const inside: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};
const realProgram = at(`node_modules/electron/dist/${inside[process.platform] ?? 'electron'}`);
const standInDist = at('dist/fake-electron-dist');
const standInEnv = {
  FAKE_NODE: process.execPath,
  FAKE_ELECTRON: at('test/fake-electron/run.mjs'),
  CHROMIUM: findChromium() ?? '',
};

function whyNotBuilt(): string | undefined {
  const missing = ['dist/main/electron.js', 'dist/preload/preload.cjs', 'dist/renderer/index.html']
    .filter((path) => !existsSync(at(path)))
    .join(', ');
  return missing === '' ? undefined : `not built: ${missing} (npm run build)`;
}

function whyNoStandIn(): string | undefined {
  if (process.platform !== 'linux') return 'the stand-in runs on Linux';
  if (findChromium() === undefined) return 'the stand-in needs Chromium';
  return whyNotBuilt();
}

function makeStandIn(): void {
  execFileSync(process.execPath, [at('test/fake-electron/make-dist.mjs'), standInDist]);
}

/** Packs as for release, but with the stand-in for Electron's own files. */
function packApp(): void {
  makeStandIn();
  const words = ['--linux', 'dir', '--publish', 'never', `-c.electronDist=${standInDist}`];
  execFileSync(process.execPath, [at('node_modules/electron-builder/cli.js'), ...words], {
    cwd: at('.'),
    stdio: 'pipe',
  });
}

export const ELECTRON_HOSTS: readonly ElectronHost[] = [
  {
    name: 'real Electron',
    real: true,
    program: realProgram,
    words: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), at('.')],
    env: {},
    prepare: () => undefined,
    whyNot: () =>
      existsSync(realProgram) ? whyNotBuilt() : "Electron's own program is not installed here",
  },
  {
    name: 'the stand-in, app folder',
    real: false,
    program: `${standInDist}/electron`,
    words: [at('.')],
    env: standInEnv,
    prepare: makeStandIn,
    whyNot: whyNoStandIn,
  },
  {
    name: 'the stand-in, packaged app.asar',
    real: false,
    program: at('dist/packages/linux-unpacked/carrossel'),
    words: [],
    env: standInEnv,
    prepare: packApp,
    whyNot: whyNoStandIn,
  },
];
