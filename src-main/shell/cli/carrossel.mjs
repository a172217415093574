#!/usr/bin/env node
// The `carrossel` command. Plain JavaScript that an older Node can read: it finds a Node that is
// new enough (this one, or the one that comes with the packages) and the newest form of the
// program.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newestChange } from './newest-change.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(dirname(here)));
const NEEDED = [22, 12];

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The bundle when it is not older than the source, else the source where this Node can run it. */
function findProgram() {
  const bundle = join(root, 'dist', 'main', 'cli.js');
  const source = join(here, 'cli.ts');
  const runsSource = Boolean(process.features.typescript);
  const built = newestChange(bundle);
  if (built > 0 && (!runsSource || built >= newestChange(join(root, 'src-main')))) return bundle;
  if (runsSource && existsSync(source)) return source;
  return undefined;
}

/** Runs this same file with another Node, with signals passed on, and ends as that one does. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel tells the child when this process is gone, even by kill -9.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the child by itself; a second one would cut its stop short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    process.exit(code === null ? 1 : code);
  });
}

if (isNewEnough(process.versions.node)) {
  const program = findProgram();
  if (program === undefined) {
    console.error('carrossel: not built yet. Run: npm run build');
    process.exit(1);
  }
  await import(pathToFileURL(program).href);
} else {
  const exe = process.platform === 'win32' ? 'node.exe' : join('bin', 'node');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const carried = join(root, 'node_modules', name, exe);
  if (existsSync(carried)) {
    runWith(carried);
  } else {
    console.error(
      `carrossel: this is Node ${process.versions.node}; it needs ${NEEDED.join('.')} or newer: https://nodejs.org`,
    );
    process.exit(1);
  }
}
