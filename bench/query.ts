/**
 * One peer in a ring of its own and 100,000 items in one account on LevelDB: what the first page of
 * a query (100 items, sealed values opened) costs beside one point read, through the app's own
 * methods. `--short`: 10,000 items.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSilentLogger } from '../src-main/base/logger.ts';
import { createPeer, type Peer } from '../src-main/peer.ts';
import { drive, nowMs, quantile, round } from './figures.ts';

const BATCH = 25;
const IN_FLIGHT = 8;
const PAGE = 100;
const TIMES = 200;
const MARK_MS = 20;
const WORDS = 'rice beans coffee soap bread milk'.split(' ');

export async function benchQuery({ short }: { short: boolean }): Promise<void> {
  const items = short ? 10_000 : 100_000;
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const logger = createSilentLogger();
  const listen = ['/ip4/127.0.0.1/tcp/0'];
  const peer = await createPeer({ dataDir: dir, host: 'test', mdns: false, logger, listen });
  await peer.start();
  try {
    await peer.app.ring.create({ name: '', n: 'auto', r: 2, w: 2 });
    await peer.app.accounts.create({ name: 'bench' });
    const began = nowMs();
    await drive(items / BATCH, IN_FLIGHT, (i) => writeBatch(peer, i));
    const filledMs = nowMs() - began;
    console.log(`${items} items of one account in ${round(filledMs / 1000)} s`);
    report(items, await measure(peer, items));
  } finally {
    await peer.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const keyOf = (i: number): string => `item#${String(i).padStart(6, '0')}`;

function writeBatch(peer: Peer, i: number): Promise<unknown> {
  const writes = Array.from({ length: BATCH }, (_, at) => {
    const number = i * BATCH + at;
    const title = WORDS[number % WORDS.length] ?? '';
    const price = { amount: number % 1000, currency: 'EUR' };
    return { sortKey: keyOf(number), value: { title, price, note: 'x'.repeat(200) } };
  });
  return peer.app.batch.write({ writes });
}

interface Row {
  readonly what: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function measure(peer: Peer, items: number): Promise<readonly Row[]> {
  const { app } = peer;
  // Far apart, so that most of them are no longer in memory.
  const place = (i: number): number => (i * 7919) % (items - PAGE);
  const page = { limit: PAGE, reverse: false };
  const work: readonly [string, (i: number) => Promise<unknown>][] = [
    ['point read', (i) => app.items.get({ sortKey: keyOf(place(i)) })],
    ['first page of all', () => app.items.query({ ...page, prefix: 'item#' })],
    ['first page of a range', (i) => app.items.query({ ...page, from: keyOf(place(i)) })],
    ['last page, backwards', () => app.items.query({ ...page, prefix: 'item#', reverse: true })],
  ];
  const rows: Row[] = [];
  for (const [what, run] of work) {
    await drive(20, 1, (i) => run(i + TIMES));
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const t = nowMs();
      await run(i);
      times.push(nowMs() - t);
    }
    rows.push({ what, p50Ms: round(quantile(times, 0.5)), p99Ms: round(quantile(times, 0.99)) });
  }
  const began = nowMs();
  await app.items.query({ ...page, prefix: 'item#', groupBy: 'title', sum: 'price' });
  const ms = round(nowMs() - began);
  return [...rows, { what: 'all in groups, with a sum', p50Ms: ms, p99Ms: ms }];
}

function report(items: number, rows: readonly Row[]): void {
  console.table(rows);
  const of = (what: string): number => rows.find((row) => row.what === what)?.p50Ms ?? Number.NaN;
  const moreMs = round(of('first page of a range') - of('point read'));
  const marked = moreMs < MARK_MS ? 'within' : 'OVER';
  console.log(`a first page is ${moreMs} ms more than a point read: ${marked} ${MARK_MS} ms`);
  console.log(JSON.stringify({ bench: 'query', items, rows, moreMs, markMs: MARK_MS }));
}
