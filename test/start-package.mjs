// Starts what electron-builder has packed for this system, without a window, and asks its peer how
// it is: an app whose signature is broken, or that misses a native module, does not come so far.
// Ends with 1 if it does not. `node test/start-package.mjs [FOLDER]`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { packedApps } from './packed-apps.mjs';

const START_MS = 60_000;
const END_MS = 20_000;
const LOOK_EVERY_MS = 200;

const packages = process.argv[2] ?? fileURLToPath(new URL('../dist/packages', import.meta.url));
const systems = { linux: /linux(-\w+)?-unpacked$/, win32: /win(-\w+)?-unpacked$/, darwin: /mac/ };
const [packed] = packedApps(packages).filter(({ folder }) =>
  systems[process.platform]?.test(folder),
);
if (packed === undefined) throw new Error(`no app for ${process.platform} in ${packages}`);

const dataDir = mkdtempSync(join(tmpdir(), 'carrossel-packed-'));
const words = ['--hidden', '--no-mdns', '--data', dataDir];
if (process.getuid?.() === 0) words.unshift('--no-sandbox');
const child = spawn(join(packed.folder, packed.program), words, {
  stdio: 'inherit',
  env: { ...process.env, CARROSSEL_LOG: 'info' },
});
const gone = new Promise((resolve) => {
  child.once('error', (error) => resolve(String(error)));
  child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
});

/** Where its peer answers, once it does. */
async function answered() {
  const file = join(dataDir, 'api.json');
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
    if (!existsSync(file)) continue;
    const { origin, token } = JSON.parse(readFileSync(file, 'utf8'));
    const authorization = `Bearer ${token}`;
    const answer = await fetch(`${origin}/api/v1/status`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`its peer answers ${answer.status}`);
    return answer.json();
  }
  throw new Error(`no peer after ${START_MS} ms`);
}

try {
  const early = gone.then((how) => Promise.reject(new Error(`no peer: ${how}`)));
  const { host, version } = await Promise.race([answered(), early]);
  if (host !== 'electron') throw new Error(`the peer says it runs on ${host}`);
  console.log(`ok    the packed app starts, and its peer answers (version ${version})`);
} catch (error) {
  console.log(`WRONG ${error.message}`);
  process.exitCode = 1;
} finally {
  child.kill();
  await Promise.race([gone, pause(END_MS)]);
  child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
process.exit();
