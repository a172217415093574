/**
 * How rings grow (docs/SCALE.md): placement of 3 to 10,000 members by the real code; tables and
 * gossip by the real code up to 100 members, beyond that counted from the sizes measured there.
 */
import { sha256Hex } from '../src-main/base/sha256.ts';
import { utf8 } from '../src-main/base/bytes.ts';
import type { PeerId } from '../src-main/domain/ids.ts';
import type { Member } from '../src-main/domain/member.ts';
import { createPlacement, type Placement } from '../src-main/domain/placement.ts';
import { digestOf } from '../src-main/replication/gossip.ts';
import { gossipMessage } from '../src-main/network/messages/gossip.ts';
import { createSeededRandom } from '../test/sim/seeded-random.ts';
import { nowMs, round } from './figures.ts';
import { makeTables, startScaleRing } from './scale-ring.ts';

const SIZES = [3, 10, 30, 100, 1000, 10_000];
const Q = 1024;
/** Up to here gossip runs as it is. */
const REAL_GOSSIP = 100;
const SETTINGS = { number: 1, n: 3, r: 2, w: 2, q: Q } as const;
const PUSH_WIDTH = 12;
const DELAY_MS = 5;

interface PlacementRow {
  readonly members: number;
  readonly maxOverMean: number;
  /** Partitions of which the least loaded member has a copy. */
  readonly least: number;
  /** Part of all copies that moves, and what would move at best: 1 / members. */
  readonly movedByJoin: number;
  readonly movedByLeave: number;
  readonly fromScratchMs: number;
  readonly afterJoinMs: number;
}

interface GossipRow {
  readonly members: number;
  readonly how: 'real' | 'modelled';
  readonly quietBytesAMinute: number;
  readonly changeBytesEach: number;
  readonly allKnowMs: number;
}

export async function benchScale({ short }: { short: boolean }): Promise<void> {
  const sizes = short ? SIZES.slice(0, 4) : SIZES;
  const placement = sizes.map(measurePlacement);
  const table = await measureTable(short ? 100 : 1000);
  const gossip: GossipRow[] = [];
  for (const members of sizes) {
    const real = gossip.filter(({ how }) => how === 'real').at(-1);
    gossip.push(
      members <= (short ? 30 : REAL_GOSSIP)
        ? await measureGossip(members)
        : modelGossip(members, table.entryBytes, real?.quietBytesAMinute ?? 0),
    );
  }
  report(placement, gossip, table);
}

function memberOf(i: number): Member {
  const seat = { capacity: 1, steady: false, host: `host ${i}`, zone: '' };
  return { peer: sha256Hex(utf8(`member ${i}`)) as string as PeerId, state: 'up', ...seat };
}

function measurePlacement(members: number): PlacementRow {
  const all = Array.from({ length: members + 1 }, (_, i) => memberOf(i));
  const whole = all.slice(0, members);
  const began = nowMs();
  const before = createPlacement(whole, SETTINGS);
  for (let p = 0; p < Q; p++) before.owners(p);
  const fromScratchMs = nowMs() - began;
  const loads = whole.map(({ peer }) => before.partitionsOf(peer).size);
  const mean = loads.reduce((sum, one) => sum + one, 0) / members;
  const again = nowMs();
  const joined = createPlacement(all, SETTINGS, [before]);
  for (let p = 0; p < Q; p++) joined.owners(p);
  const afterJoinMs = nowMs() - again;
  const left = createPlacement(whole.slice(1), SETTINGS, [before]);
  return {
    members,
    maxOverMean: round(Math.max(...loads) / mean),
    least: Math.min(...loads),
    movedByJoin: round(moved(before, joined)),
    movedByLeave: round(moved(before, left)),
    fromScratchMs: round(fromScratchMs),
    afterJoinMs: round(afterJoinMs),
  };
}

/** Part of all copies whose owner is another one now. */
function moved(before: Placement, after: Placement): number {
  let changed = 0;
  for (let p = 0; p < Q; p++) {
    const was = new Set(before.owners(p));
    changed += after.owners(p).filter((peer) => !was.has(peer)).length;
  }
  return changed / (Q * SETTINGS.n);
}

/** One member's table of so many others. */
async function measureTable(members: number) {
  const tables = await makeTables(members);
  const entries = tables.flatMap((table) => table.memberEntries());
  const entryBytes = entries.reduce((sum, one) => sum + one.byteLength, 0) / entries.length;
  const [table] = tables;
  if (table === undefined) throw new Error('no table');
  const heapBefore = heap();
  const began = nowMs();
  await table.addMemberEntries(entries);
  const takeUs = ((nowMs() - began) / members) * 1000;
  const heapBytes = (heap() - heapBefore) / members;
  const digest = { tableHash: '00'.repeat(32) as never, digest: digestOf(table) };
  const digestBytes = gossipMessage.encodeRequest(digest).byteLength / members;
  const rounded = [entryBytes, heapBytes, digestBytes, takeUs].map(round);
  const [a = 0, b = 0, c = 0, d = 0] = rounded;
  return { members, entryBytes: a, heapBytes: b, digestBytes: c, takeUs: d };
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

async function measureGossip(members: number): Promise<GossipRow> {
  const ring = await startScaleRing(members);
  const { clock, all } = ring;
  await clock.advance(2000);
  const before = ring.bytes();
  await clock.advance(60_000);
  const quiet = (ring.bytes() - before) / members;
  const atChange = ring.bytes();
  const began = clock.now();
  await clock.settle(all[0]?.members.announce({ name: 'another name' }) ?? Promise.resolve());
  while (ring.inAgreement() < members) await clock.advance(1);
  const allKnowMs = clock.now() - began;
  await clock.advance(5000);
  const change = (ring.bytes() - atChange) / members - (quiet * (clock.now() - began)) / 60_000;
  for (const { gossip } of all) await clock.settle(gossip.stop());
  return {
    ...{ members, how: 'real', allKnowMs },
    quietBytesAMinute: Math.round(quiet),
    changeBytesEach: Math.round(change),
  };
}

/** Pushes to 12 random others each, then whom none reached by a digest exchange a second. */
function modelGossip(members: number, entryBytes: number, quiet: number): GossipRow {
  const random = createSeededRandom(`model ${members}`);
  const known = new Set([0]);
  let fresh = [0];
  let hops = 0;
  let pushes = 0;
  while (fresh.length > 0) {
    const next: number[] = [];
    for (const _ of fresh) {
      for (let i = 0; i < PUSH_WIDTH; i++) {
        pushes++;
        const to = random.below(members);
        if (known.has(to)) continue;
        known.add(to);
        next.push(to);
      }
    }
    hops++;
    fresh = next;
  }
  let seconds = 0;
  for (; known.size < members; seconds++) {
    for (let from = 0; from < members; from++) {
      const to = random.below(members);
      if (known.has(from) || known.has(to)) for (const one of [from, to]) known.add(one);
    }
  }
  return {
    ...{ members, how: 'modelled', quietBytesAMinute: quiet },
    allKnowMs: hops * DELAY_MS + seconds * 1000,
    changeBytesEach: Math.round((pushes * (entryBytes + 16)) / members),
  };
}

function report(
  placement: readonly PlacementRow[],
  gossip: readonly GossipRow[],
  table: Awaited<ReturnType<typeof measureTable>>,
): void {
  const line = (cells: readonly (string | number)[]): void => {
    console.log(cells.map((cell) => String(cell).padStart(12)).join(' '));
  };
  line(['members', 'max/mean', 'least', 'join moves', 'leave moves', 'place ms', 'after join']);
  for (const row of placement) line(Object.values(row));
  console.log('');
  const { entryBytes, heapBytes, digestBytes, takeUs } = table;
  /** Of the whole table, rows and tokens: what a row took in the table that was measured. */
  const tableKb = (members: number): number => Math.round((members * (heapBytes + 2048)) / 1000);
  line(['members', 'gossip', 'bytes/min', 'per change', 'all know ms', 'table KB']);
  for (const { members, how, ...row } of gossip) {
    const { quietBytesAMinute, changeBytesEach, allKnowMs } = row;
    line([members, how, quietBytesAMinute, changeBytesEach, allKnowMs, tableKb(members)]);
  }
  console.log(
    `\na member in a table of ${table.members}: ${entryBytes} bytes on the wire, ${heapBytes} in ` +
      `memory (and 2,048 of tokens), ${digestBytes} in a digest, ${takeUs} µs to take in`,
  );
  console.log(JSON.stringify({ bench: 'scale', q: Q, n: SETTINGS.n, placement, gossip, table }));
}
