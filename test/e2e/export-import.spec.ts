import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { ImportProgress } from '../../src-main/app/views/archive.ts';
import type { ItemView } from '../../src-main/app/views.ts';
import type { SpendingView } from '../../src-main/app/views/orders.ts';
import {
  carrossel,
  cli,
  makeDir,
  removeDirs,
  startPeer,
  type PeerProcess,
} from './support/peer-process.ts';

async function freshPeer(name: string, account: string) {
  const dir = makeDir(name);
  const peer = await startPeer({ name, dir, args: ['--no-mdns', '--create-ring'] });
  await peer.call('POST', '/accounts', { name: account });
  return { dir, peer };
}

const run = (dir: string, ...words: readonly string[]) => {
  const ran = cli([...words, '--data', dir]);
  expect(ran.status, ran.stderr).toBe(0);
  return ran;
};

async function fill(peer: PeerProcess, count: number): Promise<void> {
  for (let at = 0; at < count; at += 25) {
    const writes = Array.from({ length: 25 }, (_, i) => ({
      ...{ sortKey: `note#${String(at + i).padStart(5, '0')}`, value: { n: at + i } },
    }));
    await peer.call('POST', '/batch/write', { writes });
  }
}

/** Every note once, and with one version. */
async function expectNotes(peer: PeerProcess, count: number): Promise<void> {
  const seen: unknown[] = [];
  for (let after = ''; ;) {
    const path = `/items?prefix=note%23&limit=1000&after=${encodeURIComponent(after)}`;
    const page = await peer.call<{ items: ItemView[]; next?: string }>('GET', path);
    for (const { siblings } of page.items) {
      expect(siblings).toHaveLength(1);
      seen.push((siblings[0]?.value as { n: number }).n);
    }
    if (page.next === undefined) break;
    after = page.next;
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, i) => i));
}

test('an account goes into a fresh ring by a file, readable or sealed', async () => {
  const home = await freshPeer('home', 'Ana');
  const attic = await freshPeer('attic', 'Ana again');
  try {
    await home.peer.call('POST', '/carts', { name: 'Groceries' });
    const price = { amount: 450, currency: 'EUR' };
    for (const title of ['Rice', 'Tea']) {
      const line = { product: { title, price, category: 'Food' }, quantity: 2, note: '' };
      await home.peer.call('POST', '/carts/Groceries/lines', { lines: [line] });
    }
    run(home.dir, 'cart', 'checkout');
    await home.peer.add('Groceries', 'Soap');
    await fill(home.peer, 50);
    const plain = join(home.dir, 'home.jsonl');
    expect(run(home.dir, 'export', plain).stdout).toContain('Exported: ');
    expect(readFileSync(plain, 'utf8')).toContain('"Soap"');
    const { stdout } = run(attic.dir, 'import', plain);
    expect(stdout).toMatch(/Imported: \d+ written, 0 were here, 0 left/);
    expect(await attic.peer.titles('Groceries')).toEqual(['Soap']);
    await expectNotes(attic.peer, 50);
    const spending = (peer: PeerProcess) => peer.call<SpendingView>('GET', '/spending');
    expect(await spending(attic.peer)).toEqual(await spending(home.peer));
    // Sealed: nobody reads it, a part of it is no file, and the passphrase opens it.
    const file = join(home.dir, 'home.sealed');
    process.env['CARROSSEL_PASSPHRASE'] = 'correct horse battery';
    run(home.dir, 'export', file, '--sealed');
    const sealed = readFileSync(file, 'utf8');
    expect(sealed).not.toContain('Soap');
    writeFileSync(`${file}.cut`, sealed.slice(0, -100));
    const cut = cli(['import', `${file}.cut`, '--sealed', '--data', attic.dir]);
    expect([cut.status, cut.stderr]).toEqual([1, expect.stringContaining('FILE_NOT_WHOLE')]);
    expect(run(attic.dir, 'import', file, '--sealed').stdout).toContain('Imported: 0 written');
  } finally {
    delete process.env['CARROSSEL_PASSPHRASE'];
    await home.peer.kill();
    await attic.peer.kill();
    removeDirs([home.dir, attic.dir]);
  }
});

test('an import that was killed is run again, and everything is there once', async () => {
  const count = 3000;
  const home = await freshPeer('full', 'Ben');
  const target = await freshPeer('target', 'Ben');
  let { peer } = target;
  try {
    await fill(home.peer, count);
    const file = join(home.dir, 'full.jsonl');
    run(home.dir, 'export', file);
    // Peer and command are killed in the middle: some of it is written, not all.
    const child = spawn(process.execPath, [carrossel, 'import', file, '--data', target.dir]);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await expect.poll(() => said, { intervals: [5], timeout: 60_000 }).toContain('Imported');
    await peer.kill();
    child.kill('SIGKILL');
    await ended;
    peer = await startPeer({ name: 'target', dir: target.dir, args: ['--no-mdns'] });
    const ran = run(target.dir, 'import', file, '--json');
    const progress = JSON.parse(ran.stdout) as ImportProgress;
    expect(progress.there).toBeGreaterThan(0);
    expect(progress.written).toBeGreaterThan(0);
    expect(progress.written + progress.there).toBe(progress.total);
    expect(progress).toMatchObject({ kept: 0, finished: true });
    await expectNotes(peer, count);
  } finally {
    await home.peer.kill();
    await peer.kill();
    removeDirs([home.dir, target.dir]);
  }
});
