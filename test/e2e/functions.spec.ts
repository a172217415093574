import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('GET /events goes on behind the last event that arrived', async () => {
  const { dir, peer } = await freshPeer('events');
  try {
    for (let n = 0; n < 5; n++) await put(peer, `note#${n}`, n);
    const read = async (headers: Record<string, string>, query: string, upTo: number) => {
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
          if (event.type !== 'change') continue;
          ids.push(id);
          keys.push(event.sortKey);
        }
        if (keys.length >= upTo) break;
      }
      stop.abort();
      return { ids, keys };
    };
    const all = ['note#0', 'note#1', 'note#2', 'note#3', 'note#4'];
    const first = await read({}, '?from=start&prefix=note%23', 5);
    expect(first.keys).toEqual(all);
    const later = read({ 'last-event-id': first.ids[4] ?? '' }, '?prefix=note%23', 2);
    await put(peer, 'note#5', 5);
    await put(peer, 'note#0', 'again');
    expect((await later).keys).toEqual(['note#5', 'note#0']);
  } finally {
    await peer.kill();
    removeDirs([dir]);
  }
});
