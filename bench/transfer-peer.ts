/**
 * One of the processes of the transfer bench: a whole peer; one of them has people's requests, and
 * one becomes a new machine again and again.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { drive, nowMs, round } from './figures.ts';
import { CART, context, ringCommands, startRingPeer } from './ring-peer.ts';
import { serveCommands } from './worker.ts';

let peer = await startRingPeer();
const accounts: string[] = [];
let filled = 0;

const keyOf = (i: number): string => `item#${String(i).padStart(6, '0')}`;

/** Item number i: neighbours lie in different accounts, and those all over the ring. */
function place(i: number): { account: string | undefined; sortKey: string } {
  const at = i % filled;
  return { account: accounts[at % accounts.length], sortKey: keyOf(at) };
}

async function write(i: number): Promise<void> {
  const { safety } = await peer.app.items.put({ ...place(i), value: CART }, context);
  if (safety.state === 'pending') throw new Error('not safe in time');
}

async function read(i: number): Promise<void> {
  const asked = { ...place(i), r: 2, consistency: 'eventual' as const };
  const { siblings } = await peer.app.items.get(asked, context);
  if (siblings.length === 0) throw new Error('nothing there');
}

/** One request of people: when it was due, since the load began, and what it took from then on. */
export interface Sample {
  readonly atMs: number;
  readonly tookMs: number;
}

export interface Steady {
  readonly write: readonly Sample[];
  readonly read: readonly Sample[];
  /** How often, by what was said. */
  readonly failed: Readonly<Record<string, number>>;
}

let stop: (() => Promise<Steady>) | undefined;
/** Of all steady loads, so that no item comes again soon. */
let launched = 0;

/**
 * People's requests at a steady rate, however long each takes: counted from when they were due, so
 * that what waits behind a slow one is counted, too.
 */
function begin(perSecond: number): void {
  const times = { write: [] as Sample[], read: [] as Sample[] };
  const underWay = new Set<Promise<void>>();
  const began = nowMs();
  const failed: Record<string, number> = {};
  let next = 0;
  const launch = (what: 'write' | 'read', i: number, dueMs: number): void => {
    // Far apart, and not one that was written a moment ago.
    const done = (what === 'write' ? write(i * 7919) : read(i * 7919 + 4001))
      .then(
        () => void times[what].push({ atMs: dueMs - began, tookMs: nowMs() - dueMs }),
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
      launch('write', launched, dueMs);
      launch('read', launched++, dueMs);
    }
  }, 1);
  stop = async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    return { ...times, failed };
  };
}

/** What a process had to do since it was last asked. */
export interface Work {
  /** Seconds of a processor in a second. */
  readonly cpu: number;
  /** How late its event loop was. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

const lateness = monitorEventLoopDelay({ resolution: 2 });
lateness.enable();
let worked = { cpu: process.cpuUsage(), atMs: nowMs() };

function work(): Work {
  const { user, system } = process.cpuUsage(worked.cpu);
  const figures = {
    cpu: round((user + system) / 1000 / (nowMs() - worked.atMs)),
    lateP99Ms: round(lateness.percentile(99) / 1e6),
    lateMaxMs: round(lateness.max / 1e6),
  };
  lateness.reset();
  worked = { cpu: process.cpuUsage(), atMs: nowMs() };
  return figures;
}

const BURN_EVERY_MS = 10;
let burning: NodeJS.Timeout | undefined;

/** Uses so much of a processor for nothing, as another program beside the peers; 0 ends it. */
function burn(share: number): void {
  clearInterval(burning);
  let owedMs = 0;
  let last = nowMs();
  const turn = (): void => {
    owedMs += (nowMs() - last) * share;
    last = nowMs();
    // Work comes in turns, not in one piece that a late turn makes ever longer.
    owedMs = Math.min(owedMs, 2 * BURN_EVERY_MS);
    const until = nowMs() + owedMs;
    while (nowMs() < until);
    owedMs = 0;
  };
  burning = share > 0 ? setInterval(turn, BURN_EVERY_MS) : undefined;
}

serveCommands({
  ...ringCommands({
    get app() {
      return peer.app;
    },
  }),
  /** So many items in so many accounts. */
  async fill({ items, inAccounts }: { items: number; inAccounts: number }) {
    for (let i = 0; i < inAccounts; i++) {
      accounts.push((await peer.app.accounts.create({ name: `bench ${i}` }, context)).account.id);
    }
    filled = items;
    return drive(items, 64, write);
  },
  /** The machine goes, and another one is there, with another folder and the code warm. */
  async anew(dataDir: string) {
    await peer.stop();
    peer = await startRingPeer({ dataDir });
  },
  peerId: () => peer.peerId,
  retire: (peerId: string) => peer.app.membership.retire({ peerId }),
  ready: () => undefined,
  begin,
  end: () => stop?.(),
  work,
  burn,
  transfers: () => peer.app.membership.transfers(),
});
