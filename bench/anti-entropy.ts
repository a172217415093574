/**
 * Two members over real libp2p on loopback, LevelDB stores of 100,000 items (signed, sealed), with
 * 0, 1, 10, 100 and 1,000 items different: what a meeting costs until both hold the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreEpoch } from '../src-main/domain/ids.ts';
import { actorOf } from '../src-main/security/actor.ts';
import { createPeerKey } from '../src-main/security/peer-key.ts';
import type { SignedVersion } from '../src-main/security/signed-version.ts';
import type { ItemStore } from '../src-main/storage/item-store.ts';
import { createRoll, random } from '../test/network/real-peer.ts';
import type { AccountKit } from '../test/sim/account-kit.ts';
import { createRingFixture, type RingFixture } from '../test/sim/ring-fixture.ts';
import { SIM_SETTINGS } from '../test/sim/world.ts';
import { startCountedPeer, type CountedPeer } from './counted-peer.ts';
import { nowMs, round } from './figures.ts';

const ACCOUNTS = 10;
const Q = 1024;
const EPOCH = 'e0'.repeat(16) as StoreEpoch;
/** Some 300 bytes of JSON beside what the envelope needs. */
const VALUE_BYTES = 300;
const BATCH = 2000;
const LIMIT_MS = 180_000;

interface Row {
  readonly different: number;
  readonly requests: number;
  readonly bytes: number;
  readonly ms: number;
  readonly byVerb: Record<string, number>;
}

export async function benchAntiEntropy({ short }: { short: boolean }): Promise<void> {
  const items = short ? 10_000 : 100_000;
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-bench-'));
  const { fixture, seeds } = makeRing();
  const roll = createRoll();
  const peers: CountedPeer[] = [];
  try {
    for (const [i, machine] of fixture.machines.slice(0, 2).entries()) {
      const seed = seeds[i];
      if (seed === undefined) throw new Error('no seed');
      roll.members.set(machine.peer.peerId, []);
      peers.push(
        await startCountedPeer({ dir: join(dir, String(i)), seed, machine, fixture, roll }),
      );
    }
    for (const one of peers) {
      for (const other of peers) {
        await one.members.addMemberEntries(other.members.memberEntries());
      }
    }
    const writer = createWriter(fixture);
    const stores = peers.map((one) => one.store);
    const began = nowMs();
    for (const kit of fixture.accounts) await fillDevices(fixture, kit, stores);
    for (let at = 0; at < items; at += BATCH) {
      const versions = Array.from({ length: Math.min(BATCH, items - at) }, () => writer.next());
      for (const store of stores) await mergeAll(store, versions);
    }
    console.log(`${items} items at both in ${round((nowMs() - began) / 1000)} s`);
    const rows: Row[] = [];
    await meet(peers, () => Promise.resolve());
    for (const different of [0, 1, 10, 100, 1000]) {
      const versions = Array.from({ length: different }, () => writer.next());
      rows.push({
        different,
        ...(await meet(peers, (store, i) => {
          return mergeAll(
            store,
            versions.filter((_, at) => at % 2 === i),
          );
        })),
      });
    }
    report(items, rows);
  } finally {
    for (const peer of peers) await peer.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The seeds of the peers' keys are among the random bytes that made the ring. */
function makeRing(): { fixture: RingFixture; seeds: readonly (Uint8Array | undefined)[] } {
  const drawn: Uint8Array[] = [];
  const recording = {
    bytes(count: number) {
      const bytes = random.bytes(count);
      if (count === 32) drawn.push(bytes);
      return bytes;
    },
  };
  const settings = { ...SIM_SETTINGS, q: Q };
  const fixture = createRingFixture(
    { machines: 3, settings, accounts: ACCOUNTS },
    { random: recording },
  );
  const seeds = fixture.machines.map(({ peer }) =>
    drawn.find((seed) => createPeerKey(seed).peerId === peer.peerId),
  );
  return { fixture, seeds };
}

/** Writes of the third machine, which is not there: half of them in one account. */
function createWriter(fixture: RingFixture): { next(): SignedVersion } {
  const machine = fixture.machines[2];
  if (machine === undefined) throw new Error('no third machine');
  let written = 0;
  return {
    next() {
      const number = ++written;
      const kit = fixture.accounts[number % 2 === 0 ? 0 : number % ACCOUNTS] ?? fixture;
      const id = `w${number}`;
      const sortKey = `cart#${String((number * 7_368_787) % 10_000_000).padStart(16, '0')}`;
      const input = { sortKey, id, extraBytes: VALUE_BYTES, replaces: () => [] };
      const actor = actorOf(machine.peer.publicKey, EPOCH, kit.account);
      const given = { epoch: EPOCH, actor, counter: number, lastOwn: number - 1, siblings: [] };
      return kit.write(machine, input).build(given);
    },
  };
}

async function fillDevices(fixture: RingFixture, kit: AccountKit, stores: readonly ItemStore[]) {
  const machine = fixture.machines[2];
  if (machine === undefined) throw new Error('no third machine');
  const actor = actorOf(machine.peer.publicKey, EPOCH, kit.account);
  const given = { epoch: EPOCH, actor, counter: 1e9, lastOwn: 1e9 - 1, siblings: [] };
  const version = kit.devicesVersion(machine, given);
  for (const store of stores) await mergeAll(store, [version]);
}

async function mergeAll(store: ItemStore, versions: readonly SignedVersion[]): Promise<void> {
  await Promise.all(versions.map((version) => store.merge(version.key, [version])));
}

/**
 * Lets `change` happen, parts them, and lets them meet until both hold the same. Nothing compares
 * before (exchangeMs of a counted peer), and apart they would look for each other again meanwhile.
 */
async function meet(
  peers: readonly CountedPeer[],
  change: (store: ItemStore, i: number) => Promise<void>,
): Promise<Omit<Row, 'different'>> {
  const [a, b] = peers;
  if (a === undefined || b === undefined) throw new Error('two peers');
  for (const [i, peer] of peers.entries()) await change(peer.store, i);
  for (const peer of peers) peer.reset();
  const up = a.nextUp();
  a.disconnect(b.peer);
  for (const peer of peers) peer.refresh();
  await up;
  const began = nowMs();
  let ms = 0;
  // Both have compared when the second one has, 0.3 s after the first; gossip comes each second.
  for (let quiet = 0; quiet < 20; quiet++) {
    if (nowMs() - began > LIMIT_MS) throw new Error('they do not come to the same');
    const before = a.traffic.bytes + b.traffic.bytes;
    await pause(25);
    if ((await rootOf(a)) !== (await rootOf(b))) quiet = 0;
    else if (ms === 0) ms = nowMs() - began;
    if (a.traffic.bytes + b.traffic.bytes !== before) quiet = 0;
  }
  const byVerb: Record<string, number> = {};
  for (const { traffic } of peers) {
    for (const [verb, bytes] of traffic.byVerb) byVerb[verb] = (byVerb[verb] ?? 0) + bytes;
  }
  const requests = a.traffic.requests + b.traffic.requests;
  return { requests, bytes: a.traffic.bytes + b.traffic.bytes, ms: Math.round(ms), byVerb };
}

async function rootOf({ store }: CountedPeer): Promise<string> {
  const all = Array.from({ length: Q }, (_, partition) => partition);
  return JSON.stringify([...(await store.trees.partitions(all))]);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function report(items: number, rows: readonly Row[]): void {
  console.log('\ndifferent   requests       bytes        ms   bytes by verb');
  for (const { different, requests, bytes, ms, byVerb } of rows) {
    const cells = [different, requests, bytes, ms].map((one) => String(one).padStart(9));
    const verbs = Object.entries(byVerb).map(([verb, sum]) => `${verb} ${sum}`);
    console.log(`${cells.join('  ')}   ${verbs.join(', ')}`);
  }
  console.log('first mark, 10 different of 100,000: < 200,000 bytes, < 2,000 ms');
  console.log(JSON.stringify({ bench: 'anti-entropy', items, rows }));
}
