/** One of the three processes of the query bench: a whole peer; one of them fills and asks. */
import { drive, nowMs, quantile, round } from './figures.ts';
import { context, ringCommands, startRingPeer } from './ring-peer.ts';
import { serveCommands } from './worker.ts';

const peer = await startRingPeer();
const { app } = peer;

/** Items in one write: as many as go in one message to each owner. */
const BATCH = 100;
const IN_FLIGHT = 4;
const PAGE = 100;
const TIMES = 200;
const WORDS = 'rice beans coffee soap bread milk'.split(' ');
/** As a ring of many reads: of two owners, also where this machine could answer by itself. */
const READING = { r: 2, consistency: 'eventual' } as const;

/** A row of the table. */
export interface QueryRow {
  readonly what: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const keyOf = (i: number): string => `item#${String(i).padStart(6, '0')}`;

async function writeBatch(i: number): Promise<void> {
  const writes = Array.from({ length: BATCH }, (_, at) => {
    const number = i * BATCH + at;
    const title = WORDS[number % WORDS.length] ?? '';
    const price = { amount: number % 1000, currency: 'EUR' };
    return { sortKey: keyOf(number), value: { title, price, note: 'x'.repeat(200) } };
  });
  // `placed` sees to those that were not safe within the two seconds that a write waits.
  await app.batch.write({ writes }, context);
}

/** Far apart, so that most of them are no longer in memory. */
const place = (i: number, items: number): number => (i * 7919) % (items - PAGE);

async function read(sortKey: string): Promise<void> {
  const { siblings, answeredOwners } = await app.items.get({ sortKey, ...READING }, context);
  if (siblings.length !== 1 || answeredOwners < 2) throw new Error(`${sortKey}: not read of two`);
}

async function firstPage(asked: { prefix?: string; from?: string; reverse?: boolean }) {
  const query = { limit: PAGE, reverse: false, ...asked, ...READING };
  const { items, answeredOwners } = await app.items.query(query, context);
  if (items.length !== PAGE || answeredOwners < 2) throw new Error('not a page of two owners');
}

async function measure(items: number): Promise<readonly QueryRow[]> {
  const work: readonly [string, (i: number) => Promise<void>][] = [
    ['point read', (i) => read(keyOf(place(i, items)))],
    ['first page of all', () => firstPage({ prefix: 'item#' })],
    ['first page of a range', (i) => firstPage({ from: keyOf(place(i, items)) })],
    ['last page, backwards', () => firstPage({ prefix: 'item#', reverse: true })],
  ];
  const rows: QueryRow[] = [];
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
  const all = { prefix: 'item#', limit: PAGE, reverse: false, groupBy: 'title', sum: 'price' };
  const { groups = [] } = await app.items.query({ ...all, consistency: 'local' }, context);
  const counted = groups.reduce((sum, { count }) => sum + count, 0);
  if (counted !== items) throw new Error(`${counted} of ${items} counted`);
  const ms = round(nowMs() - began);
  return [...rows, { what: 'all in groups, with a sum (own disk)', p50Ms: ms, p99Ms: ms }];
}

serveCommands({
  ...ringCommands(peer),
  /** So many items in one account; gives the seconds it took. */
  async fill(items: number) {
    await app.accounts.create({ name: 'bench' }, context);
    const began = nowMs();
    await drive(items / BATCH, IN_FLIGHT, writeBatch);
    return round((nowMs() - began) / 1000);
  },
  /** Until all owners have all of it: what is measured is reading alone. */
  async placed() {
    while ((await app.system.status()).outbox > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  measure,
});
