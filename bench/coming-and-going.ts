/**
 * Four real peers in network namespaces: how soon the others see that one is gone (killed, paused,
 * its cable cut) and that it is back, and how long a leave takes. First mark: 3 s each.
 */
import { execFileSync } from 'node:child_process';
import { makeHousehold, type Household } from '../test/e2e/support/household.ts';
import type { PeerProcess } from '../test/e2e/support/peer-process.ts';
import { nowMs, quantile } from './figures.ts';

const NAMES = ['ana', 'ben', 'eva', 'rui'];
const LOOK_MS = 20;
const LONG_S = 20;
const LIMIT_MS = 60_000;

interface Row {
  readonly what: string;
  readonly goneMs: readonly number[];
  readonly backMs: readonly number[];
}

export async function benchComingAndGoing({ short }: { short: boolean }): Promise<void> {
  const home = await makeHousehold({ names: NAMES, apart: true, createRing: ['--n', '3'] });
  const rows: Row[] = [];
  try {
    const ana = home.peer('ana');
    await ana.call('POST', '/carts', { name: 'Home' });
    for (const title of ['Bread', 'Milk', 'Rice']) await ana.add('Home', title);
    for (const seconds of short ? [4] : [4, 12]) {
      rows.push(await measure(home, `killed, off for ${seconds} s`, seconds, kill));
      rows.push(await measure(home, `paused for ${seconds} s`, seconds, pausing));
      rows.push(await measure(home, `cable out for ${seconds} s`, seconds, cut));
    }
    // Longer than a session lives and than who was lost lately is dialled without a pause.
    rows.push(await measure(home, `cable out for ${LONG_S} s`, LONG_S, cut));
    const leaveMs = await measureLeave(home);
    report(rows, leaveMs);
  } finally {
    await home.close();
  }
}

/** Does it to the last machine; what it gives brings the machine back. */
type Strike = (home: Household) => Promise<() => Promise<void>>;

async function kill(home: Household): Promise<() => Promise<void>> {
  await home.peer('rui').kill();
  // Back from when the process is up and listens: its start is no matter of the ring.
  return async () => void (await home.restart('rui'));
}

function pausing(home: Household): Promise<() => Promise<void>> {
  home.peer('rui').pause();
  return Promise.resolve(() => {
    home.peer('rui').resume();
    return Promise.resolve();
  });
}

function cut(home: Household): Promise<() => Promise<void>> {
  home.lab?.isolate('rui');
  return Promise.resolve(() => {
    home.lab?.heal();
    return Promise.resolve();
  });
}

async function measure(
  home: Household,
  what: string,
  seconds: number,
  strike: Strike,
): Promise<Row> {
  const others = home.peers.filter(({ name }) => name !== 'rui');
  let began = nowMs();
  const bringBack = await strike(home);
  const goneMs = await Promise.all(others.map((one) => untilSeen(one, false, began)));
  await pause(Math.max(0, seconds * 1000 - (nowMs() - began)));
  began = nowMs();
  await bringBack();
  if (what.startsWith('killed')) began = nowMs();
  const backMs = await Promise.all(others.map((one) => untilSeen(one, true, began)));
  await pause(6000);
  return { what, goneMs, backMs };
}

async function untilSeen(at: PeerProcess, connected: boolean, began: number): Promise<number> {
  while (nowMs() - began < LIMIT_MS) {
    const rui = (await at.members()).find(({ name }) => name === 'rui');
    if (rui?.connected === connected) return nowMs() - began;
    await pause(LOOK_MS);
  }
  return Number.POSITIVE_INFINITY;
}

/** From the request until every other machine shows it as one that has left. */
async function measureLeave(home: Household): Promise<number> {
  const began = nowMs();
  await home.peer('rui').call('POST', '/ring/leave', {});
  for (const peer of home.peers) {
    while ((await peer.members()).find(({ name }) => name === 'rui')?.state !== 'left') {
      if (nowMs() - began > LIMIT_MS) return Number.POSITIVE_INFINITY;
      await pause(LOOK_MS);
    }
  }
  return nowMs() - began;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function report(rows: readonly Row[], leaveMs: number): void {
  console.log(
    'what                       gone after (median, most)    back after (median, most), ms',
  );
  for (const { what, goneMs, backMs } of rows) {
    const cells = [goneMs, backMs].map((all) =>
      [quantile(all, 0.5), Math.max(...all)].map((ms) => String(Math.round(ms)).padStart(10)),
    );
    console.log(`${what.padEnd(24)}${cells.flat().join('')}`);
  }
  console.log(`a leave of one of four, with little data: ${Math.round(leaveMs)} ms`);
  console.log(JSON.stringify({ bench: 'coming-and-going', kernel: kernel(), rows, leaveMs }));
}

const kernel = (): string => execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim();
