/** One of the processes of the transfer bench: a whole peer; one of them has people's requests. */
import { drive, nowMs, summarize, type Latencies } from './figures.ts';
import { CART, context, ringCommands, startRingPeer } from './ring-peer.ts';
import { serveCommands } from './worker.ts';

const peer = await startRingPeer();
const { app } = peer;
const accounts: string[] = [];
let filled = 0;

const keyOf = (i: number): string => `item#${String(i).padStart(6, '0')}`;

/** Item number i: neighbours lie in different accounts, and those all over the ring. */
function place(i: number): { account: string | undefined; sortKey: string } {
  const at = i % filled;
  return { account: accounts[at % accounts.length], sortKey: keyOf(at) };
}

async function write(i: number): Promise<void> {
  const { safety } = await app.items.put({ ...place(i), value: CART }, context);
  if (safety.state === 'pending') throw new Error('not safe in time');
}

async function read(i: number): Promise<void> {
  const { siblings } = await app.items.get({ ...place(i), r: 2, consistency: 'eventual' }, context);
  if (siblings.length === 0) throw new Error('nothing there');
}

export interface Steady {
  readonly write: Latencies;
  readonly read: Latencies;
  /** How often, by what was said. */
  readonly failed: Readonly<Record<string, number>>;
}

let stop: (() => Promise<Steady>) | undefined;

/**
 * People's requests at a steady rate, however long each takes: counted from when they were due, so
 * that what waits behind a slow one is counted, too.
 */
function begin(perSecond: number): void {
  const times = { write: [] as number[], read: [] as number[] };
  const underWay = new Set<Promise<void>>();
  const began = nowMs();
  const failed: Record<string, number> = {};
  let next = 0;
  const launch = (what: 'write' | 'read', i: number, dueMs: number): void => {
    // Far apart, and not one that was written a moment ago.
    const done = (what === 'write' ? write(i * 7919) : read(i * 7919 + 4001))
      .then(
        () => void times[what].push(nowMs() - dueMs),
        (error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          failed[said] = (failed[said] ?? 0) + 1;
        },
      )
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };
  const timer = setInterval(() => {
    for (; began + (next * 1000) / perSecond <= nowMs(); next++) {
      const dueMs = began + (next * 1000) / perSecond;
      launch('write', next, dueMs);
      launch('read', next, dueMs);
    }
  }, 1);
  stop = async () => {
    clearInterval(timer);
    const tookMs = nowMs() - began;
    await Promise.all(underWay);
    return { write: summarize(times.write, tookMs), read: summarize(times.read, tookMs), failed };
  };
}

serveCommands({
  ...ringCommands(peer),
  /** So many items in so many accounts. */
  async fill({ items, inAccounts }: { items: number; inAccounts: number }) {
    for (let i = 0; i < inAccounts; i++) {
      accounts.push((await app.accounts.create({ name: `bench ${i}` }, context)).account.id);
    }
    filled = items;
    return drive(items, 64, write);
  },
  ready: () => undefined,
  begin,
  end: () => stop?.(),
  transfers: () => app.membership.transfers(),
});
