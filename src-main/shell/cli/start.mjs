// `npm start`: builds what is older than its source, then opens the app in Electron where it is
// installed, else runs the same peer with the same page in the browser. Plain JavaScript: it is
// what runs before anything is built. Options are passed on: npm start -- --data DIR
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newestChange } from './newest-change.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(dirname(here)));
const given = process.argv.slice(2);

/** The Node that comes with the packages, where it is newer than the one we run on. */
function newestNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const exe = process.platform === 'win32' ? 'node.exe' : join('bin', 'node');
  const carried = join(root, 'node_modules', `node-${platform}-${process.arch}`, exe);
  return existsSync(carried) ? carried : process.execPath;
}

/** On a clean clone there are no packages yet. */
function install() {
  if (existsSync(join(root, 'node_modules', 'vite', 'package.json'))) return;
  console.error('Installing the packages (once)…');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status === 0) return;
  console.error('carrossel: the packages could not be installed; what is above says why.');
  process.exit(1);
}

function build() {
  const parts = [
    {
      from: ['src-main', 'package-lock.json'],
      to: 'dist/main/cli.js',
      args: ['src-main/vite.config.ts'],
    },
    {
      from: ['src-main/shell/electron', 'src-main/vite.config.ts'],
      to: 'dist/preload/preload.cjs',
      args: ['src-main/vite.config.ts', '--mode', 'preload'],
    },
    {
      from: ['src-renderer', 'src-main/app/views.ts', 'package-lock.json'],
      to: 'dist/renderer/index.html',
      args: ['src-renderer/vite.config.ts'],
    },
  ];
  const old = parts.filter(({ from, to }) => {
    const built = newestChange(join(root, to));
    return built === 0 || from.some((path) => newestChange(join(root, path)) > built);
  });
  if (old.length === 0) return;
  console.error('Building (once after each change)…');
  const vite = join(
    dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin/vite.js',
  );
  for (const { args } of old) {
    const built = spawnSync(newestNode(), [vite, 'build', '--logLevel', 'warn', '-c', ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (built.status !== 0) {
      console.error('carrossel: the build failed; what is above says why.');
      process.exit(1);
    }
  }
}

function electronBinary() {
  const inside = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  };
  const path = join(root, 'node_modules/electron/dist', inside[process.platform] ?? 'electron');
  return existsSync(path) ? path : undefined;
}

/** Runs a program in our place: its output, its signals, its end. */
function become(command, args) {
  const child = spawn(command, args, { cwd: process.cwd(), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`carrossel: cannot start ${command}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

install();
build();
const electron = electronBinary();
if (electron !== undefined) {
  become(electron, [root, ...given]);
} else {
  console.error(
    "Electron's program is not here: the app opens in your browser instead (same peer, same page). " +
      'For a window of its own, once: node node_modules/electron/install.js',
  );
  become(newestNode(), [join(here, 'carrossel.mjs'), 'peer', '--open', '--no-steady', ...given]);
}
