import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { DAMAGES } from './damaged-files.ts';
import { actorNamed, itemOf, ownWrite, plainVersion } from './plain-version.ts';

const STARTER = fileURLToPath(new URL('./repair-starter.ts', import.meta.url));
const ITEMS = 300;
/** Times after the process began to work on the folder at which it is killed. */
const KILLS_MS = [0, 5, 10, 20, 30, 40, 55, 70, 85, 100, 120, 140, 170, 200, 240, 300];

let root: string;
const written: SignedVersion[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'carrossel-repair-'));
  const dir = join(root, 'damaged');
  for (let life = 0; life < 2; life++) {
    const store = createLevelStore({ dir }, storeComponents());
    await store.start();
    for (let i = 0; i < ITEMS; i++) {
      const key = itemOf('ana', `cart#${life}-${i}`);
      const dot = { actor: actorNamed(`a${life}`), counter: i + 1 };
      const version = plainVersion({ key, dot, size: 3000 });
      written.push(version);
      await store.items.merge(key, [version]);
    }
    const [own] = await store.items.issue([ownWrite(itemOf('ana', `own#${life}`))]);
    written.push(own!);
    await store.verify();
    await store.stop();
  }
  await DAMAGES['MANIFEST emptied']!(join(dir, 'store'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Starts a process on the folder and kills it so long after it has begun to change something. */
async function startAndKill(dir: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [STARTER, dir], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (;;) {
    if ((await readdir(dir)).length > 2 || child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  await ended;
  clearTimeout(timer);
  return child.signalCode === 'SIGKILL';
}

it('goes on with a repair that was killed at any point, and loses nothing', async () => {
  let killed = 0;
  for (const afterMs of KILLS_MS) {
    const dir = join(root, `at-${afterMs}`);
    await cp(join(root, 'damaged'), dir, { recursive: true });
    // Killed twice: the second time while it goes on with what the first left.
    for (const ms of [afterMs, Math.floor(afterMs / 2)]) {
      if (await startAndKill(dir, ms)) killed++;
    }
    const store = createLevelStore({ dir }, storeComponents());
    await store.start();
    expect(await store.verify()).toMatchObject({ state: 'sound', problems: [] });
    expect(store.health().repair).toMatchObject({ unreadable: 0, missing: 0, outbox: 2 });
    for (const { key, hash } of written) {
      expect((await store.items.read(key)).map((one) => one.hash)).toEqual([hash]);
    }
    expect(await store.items.outboxSize()).toBe(2);
    await store.stop();
    const left = await readdir(dir);
    const aside = left.filter((name) => name.startsWith('store-damaged-'));
    expect(aside).toHaveLength(1);
    expect(left.sort()).toEqual(['store', ...aside, 'store.seq'].sort());
  }
  expect(killed).toBeGreaterThan(KILLS_MS.length / 2);
}, 300_000);
