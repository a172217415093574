import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { containsDot, type Dot } from '../../src-main/domain/causal-context.ts';
import type { Hash, ItemKey, StoreEpoch } from '../../src-main/domain/ids.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { accountOf, ownActor } from './plain-version.ts';

/** Rounds of the kill -9 test; more by hand: CARROSSEL_KILL_ROUNDS=100. */
const ROUNDS = Number(process.env['CARROSSEL_KILL_ROUNDS'] ?? 10);
const WRITER = fileURLToPath(new URL('./store-writer.ts', import.meta.url));

type Line =
  | { health: { state: string; renewed?: string }; epoch: StoreEpoch }
  | { issued: Dot; hash: Hash; key: ItemKey }
  | { merged: Hash; key: ItemKey }
  | { dropped: ItemKey }
  | { record: string; value: string };

/** Runs the writer on the folder, kills it after `acks` acknowledgements, and returns those. */
async function writeAndKill(dir: string, run: number, acks: number): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [WRITER, dir, `${run}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The pipe may be cut in the middle of the last line; that one was not acknowledged to us.
    if (line.endsWith('}')) lines.push(JSON.parse(line) as Line);
    if (lines.length === acks) child.kill('SIGKILL');
  }
  return lines;
}

/** Every acknowledged write is there, or covered by one that followed it. */
async function check(store: Store, lines: readonly Line[], epoch: StoreEpoch): Promise<void> {
  const { items, records } = store;
  const dropped = new Set<string>();
  const values = new Map<string, string>();
  for (const line of lines) {
    if ('dropped' in line) dropped.add(line.dropped.sortKey);
    if ('record' in line) values.set(line.record, line.value);
  }
  let highest = 0;
  for (const line of lines) {
    if ('merged' in line && !dropped.has(line.key.sortKey)) {
      const held = await items.read(line.key);
      // The writer drops each third; that may be durable though nobody was told any more.
      if (held.length === 0) expect(Number(line.key.sortKey.split('-')[2]) % 3).toBe(0);
      else expect(held.map((one) => one.hash)).toEqual([line.merged]);
    } else if ('issued' in line) {
      highest = Math.max(highest, line.issued.counter);
      const held = await items.read(line.key);
      const here = held.some((v) => v.hash === line.hash || containsDot(v.context, line.issued));
      expect(here, `${line.key.sortKey} ${line.issued.counter}`).toBe(true);
    }
  }
  const own = accountOf('own');
  expect(await items.issuedCounter(ownActor(own)(epoch))).toBeGreaterThanOrEqual(highest);
  for (const [name, value] of values) {
    const [run, n] = value.split('-').map(Number);
    const stored = Buffer.from((await records.get('setting', name)) ?? []).toString();
    const [storedRun, storedN] = stored.split('-').map(Number);
    expect(storedRun).toBe(run);
    expect(storedN).toBeGreaterThanOrEqual(n ?? 0);
  }
}

/** The stream tells every change of the own items, each going on from the one before. */
async function checkStream({ items, stream }: Store): Promise<void> {
  const own = accountOf('own');
  const { oldest, newest } = await stream.extent(own);
  const told = new Map<string, string>();
  const mark = (await stream.end(own)).replace(/-[0-9]+$/, '');
  let position = `${mark}-${oldest - 1}`;
  for (let sequence = oldest; sequence <= newest;) {
    const page = await stream.read(own, position, { limit: 200 });
    expect(page.gap).toBe(false);
    for (const change of page.changes) {
      expect(change.sequence).toBe(sequence++);
      const { sortKey } = change.key;
      const before = change.before.map((one) => one.hash).join();
      if (told.has(sortKey)) expect(before).toBe(told.get(sortKey));
      told.set(sortKey, change.after.map((one) => one.hash).join());
    }
    position = page.position;
  }
  for (const [sortKey, hashes] of told) {
    const held = await items.read({ partitionKey: own, sortKey });
    expect(held.map((one) => one.hash).join()).toBe(hashes);
  }
}

/** Runs the writer and kills it at the `event`-th change in its store's folder. */
async function startAndKill(dir: string, event: number): Promise<void> {
  await mkdir(join(dir, 'store'), { recursive: true });
  const watcher = watch(join(dir, 'store'));
  const child = spawn(process.execPath, [WRITER, dir, '0'], { stdio: 'ignore' });
  let seen = 0;
  watcher.on('change', () => {
    if (++seen === event) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  watcher.close();
}

it('opens whenever it was killed while it started', async () => {
  const root = await mkdtemp(join(tmpdir(), 'carrossel-start-'));
  try {
    for (let event = 1; event <= 2 * ROUNDS; event++) {
      const dir = join(root, `${event % 3}`);
      await startAndKill(dir, event);
      const store = createLevelStore({ dir }, storeComponents());
      await store.start();
      expect(await store.verify()).toMatchObject({ state: 'sound', problems: [] });
      expect(['first-start', undefined]).toContain(store.health().renewed);
      await store.stop();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 300_000);

it('loses nothing acknowledged to kill -9, and never calls the store damaged', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-kill-'));
  let epoch: StoreEpoch | undefined;
  let total = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await writeAndKill(dir, round, 40 + ((round * 7919) % 900));
      total += lines.length;
      const store = createLevelStore({ dir }, storeComponents());
      await store.start();
      const health = await store.verify();
      expect(health).toMatchObject({ state: 'sound', problems: [], lostGroups: 0 });
      expect(health.renewed).toBeUndefined();
      epoch ??= store.items.epoch;
      expect(store.items.epoch).toBe(epoch);
      await check(store, lines, epoch);
      await checkStream(store);
      await store.stop();
    }
    expect(total).toBeGreaterThan(ROUNDS * 40);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 300_000);
