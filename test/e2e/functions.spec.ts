import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { FunctionView, StreamEvent } from '../../src-main/app/views/functions.ts';
import type { ItemView } from '../../src-main/app/views.ts';
import {
  carrossel,
  makeDir,
  removeDirs,
  startPeer,
  type PeerProcess,
} from './support/peer-process.ts';

const DOCS = new URL('../../docs/FUNCTIONS.md', import.meta.url);

/** The example of the docs, word for word, and its commands. */
function fromTheDocs(): { module: string; commands: string[] } {
  const text = readFileSync(DOCS, 'utf8');
  const module = /```js\n([^]*?)```/.exec(text)?.[1] ?? '';
  const block = /```\n(carrossel functions list[^]*?)```/.exec(text)?.[1] ?? '';
  return { module, commands: block.trim().split('\n') };
}

/** A command line as a shell would split it: words, and what is in single quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '').slice(1);

async function freshPeer(name: string) {
  const dir = makeDir(name);
  const args = ['--no-mdns', '--create-ring'];
  const peer = await startPeer({ name, dir, args });
  await peer.call('POST', '/accounts', { name: 'Ana' });
  return { dir, peer };
}

const find = async (peer: PeerProcess, name: string): Promise<FunctionView | undefined> => {
  const { functions } = await peer.call<{ functions: FunctionView[] }>('GET', '/functions');
  return functions.find((one) => one.name === name);
};
const valueOf = async (peer: PeerProcess, sortKey: string): Promise<unknown> => {
  const item = await peer.call<ItemView>('GET', `/items/${encodeURIComponent(sortKey)}`);
  expect(item.siblings.length).toBeLessThan(2);
  return item.siblings[0]?.value;
};
const put = (peer: PeerProcess, sortKey: string, value: unknown) =>
  peer.call('PUT', `/items/${encodeURIComponent(sortKey)}`, { value });

test('a function written by the docs alone does what they say', async () => {
  const { dir, peer } = await freshPeer('docs');
  try {
    const { module, commands } = fromTheDocs();
    writeFileSync(join(dir, 'functions', 'shelf-sum.mjs'), module);
    await expect.poll(() => find(peer, 'shelf-sum')).toMatchObject({ state: 'running' });
    expect(commands).toHaveLength(5);
    const said: string[] = [];
    for (const line of commands) {
      if (line.includes(' get ')) {
        await expect.poll(() => valueOf(peer, 'sum#shelf')).toEqual({ sum: 5 });
      }
      const args = [carrossel, ...wordsOf(line), '--data', dir];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
      expect(stderr).toBe('');
      said.push(stdout);
    }
    expect(said[0]).toMatch(/shelf-sum +running +shelf#/);
    expect(said[3]).toContain('5');
    expect(said[4]).toMatch(/the sum is 5/);
    writeFileSync(join(dir, 'functions', 'shelf-sum.mjs'), 'export default 7;');
    await expect.poll(() => find(peer, 'shelf-sum.mjs')).toMatchObject({ state: 'broken' });
  } finally {
    await peer.kill();
    removeDirs([dir]);
  }
});

/** Written by docs/FUNCTIONS.md alone: warns when a month comes to more than was set aside. */
const BUDGET = `// @ts-check
/** @type {import('carrossel/function').CarrosselFunction<{ limit?: number, amount?: number }>} */
export default {
  name: 'budget',
  on: { prefix: 'spent#' },
  async handler(events, context) {
    // spent#2026-11#milk: the month stands in the middle.
    const months = new Set(events.map(({ key }) => key.split('#')[1] ?? ''));
    for (const month of months) {
      const [budget] = await context.get('budget#' + month);
      const limit = budget?.value?.limit;
      if (limit === undefined) throw new Error('no budget for ' + month);
      let sum = 0;
      for (const { values } of await context.query({ prefix: 'spent#' + month + '#' })) {
        for (const { value } of values) sum += value?.amount ?? 0;
      }
      await context.get('warning#' + month);
      if (sum > limit) context.put('warning#' + month, { sum, limit });
      else context.delete('warning#' + month);
      context.log(month + ': ' + sum + ' of ' + limit);
    }
  },
};
`;

test('one’s own function runs, breaks, is seen to, mended and given again', async () => {
  const { dir, peer } = await freshPeer('budget');
  const file = join(dir, 'functions', 'budget.mjs');
  const command = async (...words: string[]): Promise<string> => {
    const args = [carrossel, ...words, '--data', dir];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  };
  try {
    writeFileSync(file, BUDGET);
    await expect.poll(() => find(peer, 'budget')).toMatchObject({ state: 'running' });
    // What the editor makes of it, with nothing installed but what the peer put there.
    const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
    const config = join(dir, 'functions', 'jsconfig.json');
    expect(spawnSync(process.execPath, [tsc, '-p', config]).stdout.toString()).toBe('');

    await put(peer, 'budget#2026-11', { limit: 100 });
    await put(peer, 'spent#2026-11#milk', { amount: 40 });
    await expect.poll(() => find(peer, 'budget')).toMatchObject({ events: 1, writes: 0 });
    await put(peer, 'spent#2026-11#rice', { amount: 70 });
    await expect.poll(() => valueOf(peer, 'warning#2026-11')).toEqual({ sum: 110, limit: 100 });
    await put(peer, 'spent#2026-11#rice', { amount: 50 });
    await expect.poll(() => valueOf(peer, 'warning#2026-11')).toBeUndefined();

    // A month without a budget: tried five times, then put aside, and the others go on.
    await put(peer, 'spent#2026-12#tea', { amount: 7 });
    await put(peer, 'spent#2026-11#salt', { amount: 3 });
    const patient = { timeout: 60_000 };
    await expect.poll(async () => (await find(peer, 'budget'))?.deadLetters, patient).toBe(1);
    await expect.poll(async () => (await find(peer, 'budget'))?.lag, patient).toBe(0);
    expect(await command('functions', 'list')).toMatch(
      /^budget: no budget for 2026-12 \(line 12\)$/mu,
    );
    const logs = await command('functions', 'logs', 'budget');
    expect(logs).toContain('2026-11: 93 of 100');
    expect(logs).toMatch(/dead letter \d+: spent#2026-12#tea, 5 tries: no budget for 2026-12/u);
    expect(await command('functions', 'retry', 'budget')).toBe('0 done, 1 failed again.\n');

    // Broken while it is mended: its place stays.
    writeFileSync(file, BUDGET.replace('export default {', 'export defualt {'));
    await expect
      .poll(() => find(peer, 'budget.mjs'))
      .toMatchObject({
        ...{ state: 'broken', problem: expect.stringMatching(/\(line 3\)$/u) as unknown },
      });
    writeFileSync(file, BUDGET.replace(/throw new Error.*/u, 'continue;'));
    await expect.poll(() => find(peer, 'budget')).toMatchObject({ state: 'running', events: 5 });
    expect(await command('functions', 'retry', 'budget')).toBe('1 done, 0 failed again.\n');
    const mended = await find(peer, 'budget');
    expect(mended).toMatchObject({ deadLetters: 0, lag: 0 });
    expect(mended).not.toHaveProperty('problem');
  } finally {
    await peer.kill();
    removeDirs([dir]);
  }
});

test('what a function writes is there once, though it was killed in the middle', async () => {
  const { dir, peer } = await freshPeer('killed');
  let running = peer;
  try {
    const slow = (turns: number) => `export default {
      name: 'slow', on: { prefix: 'note#' }, batch: 1,
      async handler([{ key }], context) {
        const [sum] = await context.get('sum#notes');
        context.put('sum#notes', (sum?.value ?? 0) + 1);
        context.put('seen#' + key.slice(5), 1);
        for (let n = 0; n < ${turns}; n++) Math.sqrt(n);
        await context.get('sum#notes');
      } };`;
    writeFileSync(join(dir, 'functions', 'slow.mjs'), slow(1e8));
    await expect.poll(() => find(peer, 'slow')).toMatchObject({ state: 'running' });
    for (let n = 0; n < 6; n++) await put(peer, `note#${n}`, n);
    await expect.poll(async () => (await find(running, 'slow'))?.writes).toBeGreaterThan(0);
    for (let round = 0; round < 3; round++) {
      // In the middle of a handler, since it does nothing else.
      await running.kill();
      running = await startPeer({ name: 'killed', dir, args: ['--no-mdns'] });
    }
    await expect.poll(async () => (await find(running, 'slow'))?.lag, { timeout: 60_000 }).toBe(0);
    expect(await valueOf(running, 'sum#notes')).toBe(6);
    expect(await find(running, 'slow')).toMatchObject({ events: 6, writes: 12, deadLetters: 0 });
  } finally {
    await running.kill();
    removeDirs([dir]);
  }
});

/** The changes that server-sent events tell, until there are so many. */
async function eventsOf(
  peer: PeerProcess,
  query: string,
  upTo: number,
  headers: Record<string, string> = {},
) {
  const stop = new AbortController();
  const response = await fetch(`${peer.ready.api.replace(/\/$/, '')}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${peer.ready.token}`, ...headers },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  const ids: string[] = [];
  const keys: string[] = [];
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    ids.length = keys.length = 0;
    for (const block of text.split('\n\n').slice(0, -1)) {
      const id = /^id: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (id === undefined || data === undefined) continue;
      const event = JSON.parse(data) as StreamEvent;
      if (event.type === 'gap') throw new Error('a gap');
      if (event.type !== 'change') continue;
      ids.push(id);
      keys.push(event.sortKey);
    }
    if (keys.length >= upTo) break;
  }
  stop.abort();
  return { ids, keys };
}

test('GET /events goes on behind the last event that arrived', async () => {
  const { dir, peer } = await freshPeer('events');
  try {
    for (let n = 0; n < 5; n++) await put(peer, `note#${n}`, n);
    const all = ['note#0', 'note#1', 'note#2', 'note#3', 'note#4'];
    const first = await eventsOf(peer, '?from=start&prefix=note%23', 5);
    expect(first.keys).toEqual(all);
    const last = { 'last-event-id': first.ids[4] ?? '' };
    const later = eventsOf(peer, '?prefix=note%23', 2, last);
    await put(peer, 'note#5', 5);
    await put(peer, 'note#0', 'again');
    expect((await later).keys).toEqual(['note#5', 'note#0']);
  } finally {
    await peer.kill();
    removeDirs([dir]);
  }
});

/** The lines that `carrossel watch` prints, until there are so many. */
async function watched(dir: string, from: string, upTo: number): Promise<readonly string[]> {
  const words = ['watch', '--from', from, '--prefix', 'note#', '--json', '--data', dir];
  const child = spawn(process.execPath, [carrossel, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const keys: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line) as StreamEvent;
    if (event.type === 'gap') throw new Error('a gap');
    if (event.type === 'change') keys.push(event.sortKey);
    if (keys.length >= upTo) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
  return keys;
}

test('from any place come the later changes, just those, over a stop and a kill', async () => {
  const { dir, peer } = await freshPeer('places');
  let running = peer;
  try {
    for (let n = 0; n < 6; n++) await put(peer, `note#${n}`, n);
    const { changes } = await peer.call<{ changes: { sortKey: string; position: string }[] }>(
      'GET',
      '/changes/recent?limit=50',
    );
    const notes = changes.filter(({ sortKey }) => sortKey.startsWith('note#')).reverse();
    expect(notes.map(({ sortKey }) => sortKey)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `note#${n}`));
    for (const how of ['running', 'stopped', 'killed']) {
      if (how === 'stopped') expect(await running.stop()).toBe(0);
      if (how === 'killed') await running.kill();
      if (how !== 'running')
        running = await startPeer({ name: 'places', dir, args: ['--no-mdns'] });
      for (const [n, { position }] of notes.slice(0, -1).entries()) {
        const later = notes.slice(n + 1).map(({ sortKey }) => sortKey);
        const query = `?from=${encodeURIComponent(position)}&prefix=note%23`;
        expect((await eventsOf(running, query, later.length)).keys).toEqual(later);
        if (n === 2) expect(await watched(dir, position, later.length)).toEqual(later);
      }
    }
  } finally {
    await running.kill();
    removeDirs([dir]);
  }
});
