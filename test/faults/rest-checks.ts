/** The end of a run of real processes: mended, quiet, and judged by the simulation's checkers. */
import { createSystemClock } from '../../src-main/base/clock.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import type { MemberInStep } from '../../src-main/app/views/in-step.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { accountKeysFromPhrase } from '../../src-main/security/account-keys.ts';
import { createDeviceDirectory, openKeyring } from '../../src-main/security/device-directory.ts';
import { readDevicesRecord } from '../../src-main/security/devices-record.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { openEnvelope } from '../../src-main/security/envelope.ts';
import { DEVICES_SORT_KEY, readEnvelope } from '../../src-main/security/envelope-format.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { isSigned } from '../../src-main/security/verify-version.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { createLevelDisk, storePaths } from '../../src-main/storage/level-disk.ts';
import { createStore, type Store } from '../../src-main/storage/store.ts';
import { runCheckers } from '../sim/activity.ts';
import { PEOPLE_CHECKERS } from '../sim/app-checkers.ts';
import { createOnlineChecks } from '../sim/online-checks.ts';
import { ORDER_CHECKERS } from '../sim/order-checkers.ts';
import { nothingWaits, STORED_CHECKERS } from '../sim/stored-checkers.ts';
import { readsOnlyGrow } from './history.ts';
import { NOTE_CHECKERS } from './notes.ts';
import type { RealMachine } from './real-machine.ts';
import { pause, type RealPerson, type RealWorld } from './real-world.ts';

const LONGEST_REST_S = 180;
const LOOK_EVERY_MS = 500;

/** Waits until nothing is on its way any more. @returns seconds it took, undefined if never */
export async function waitForRest(world: RealWorld): Promise<number | undefined> {
  const begun = world.history.now();
  let unrest: string | undefined;
  while (world.history.now() - begun < LONGEST_REST_S) {
    unrest = await unrestOf(world);
    if (unrest === undefined) return world.history.now() - begun;
    await pause(LOOK_EVERY_MS);
  }
  world.fail(`invariant 3 (comes to rest): ${unrest}`);
  return undefined;
}

async function unrestOf(world: RealWorld): Promise<string | undefined> {
  const joined = world.joined();
  for (const { name, client } of joined) {
    const { outbox, hints } = await client.system.status();
    if (outbox > 0 || hints > 0) return `${name}: ${outbox} in the outbox, ${hints} hints`;
    const members = await client.ring.members();
    const away = members.filter(
      ({ own, state, connected }) => !own && state === 'up' && !connected,
    );
    if (away.length > 0) return `${name} does not reach ${away.map((one) => one.name).join(' ')}`;
    const transfers = await client.membership.transfers();
    if (transfers.length > 0) return `${name}: ${JSON.stringify(transfers)}`;
    const { allEqual, members: each } = await client.picture.inStep();
    const odd = each.filter(({ accounts }) => accounts.some(({ state }) => state !== 'equal'));
    if (!allEqual) return `${name} is not in step with ${odd.map(howOdd).join('; ')}`;
  }
  return undefined;
}

/** What the page would say of a machine that is not in step. */
function howOdd({ name, connected, away, lastError, accounts }: MemberInStep): string {
  const where = connected ? 'connected' : `away (${away ?? '?'}, ${lastError ?? 'no error'})`;
  const items = accounts.flatMap((one) => one.items.map(({ sortKey }) => sortKey));
  return `${name}: ${where}, ${accounts.map(({ state }) => state).join(' ')} ${items.join(' ')}`;
}

/** By what people see on the running machines. */
export async function checkShown(world: RealWorld): Promise<void> {
  const checkers = [...PEOPLE_CHECKERS, ...ORDER_CHECKERS, ...NOTE_CHECKERS];
  await runCheckers(checkers, world.kit, world.fail);
  readsOnlyGrow(world.history.calls, world.kit.items, world.fail);
}

/** Owners of the accounts as the machines tell; they have to tell the same. */
export async function ownersOf(
  world: RealWorld,
): Promise<ReadonlyMap<PartitionKey, readonly string[]>> {
  const owners = new Map<PartitionKey, readonly string[]>();
  for (const { account, name, peers } of world.people) {
    for (const peer of peers) {
      const { place } = await peer.client.picture.ring({ account });
      const told = place?.owners ?? [];
      const before = owners.get(account as PartitionKey) ?? told;
      if (before.join() !== told.join() || told.length !== 3) {
        world.fail(`invariant 5 (all have the same lists): ${name}: ${before} and ${told}`);
      }
      owners.set(account as PartitionKey, told);
    }
  }
  return owners;
}

interface Opened {
  readonly machine: RealMachine;
  readonly disk: Disk;
  readonly store: Store;
}

/** By what the stopped processes left in their folders. */
export async function checkStored(
  world: RealWorld,
  owners: ReadonlyMap<PartitionKey, readonly string[]>,
  peerIds: ReadonlyMap<RealMachine, string>,
): Promise<void> {
  const opened: Opened[] = [];
  try {
    for (const machine of world.machines) opened.push(await open(machine));
    await checkEach(world, opened);
    const names = await createNames(world, opened);
    const checks = createOnlineChecks({
      ledger: world.kit.items,
      fixture: { idOf: names },
      log: (line) => {
        world.history.log(line);
      },
    });
    const keepers = (account: PartitionKey) =>
      opened
        .filter(({ machine }) => {
          const person = world.people.find((one) => one.account === account);
          const owns = owners.get(account)?.includes(peerIds.get(machine) ?? '') === true;
          return owns || person?.peers.has(machine) === true;
        })
        .map(({ machine, store }) => ({ name: machine.name, store: store.items }));
    const accounts = world.people.map(({ account }) => ({ account: account as PartitionKey }));
    const stored = {
      ...{ fixture: { accounts }, ledger: world.kit.items, checks, keepers },
      idsOf: (versions: readonly SignedVersion[]) =>
        versions.map(names).filter((name) => world.kit.items.entry(name) !== undefined),
    };
    await runCheckers(STORED_CHECKERS, stored, world.fail);
    for (const failure of checks.failures) world.fail(failure);
  } finally {
    for (const { store } of opened) await store.stop();
  }
}

async function open(machine: RealMachine): Promise<Opened> {
  const verifier = createVerifier();
  const random = createSystemRandom();
  const disk = createLevelDisk(
    { ...storePaths(machine.dir), holder: () => Promise.resolve(undefined) },
    { random },
  );
  const store = createStore(
    {},
    {
      ...{ disk, random, readEnvelope, clock: createSystemClock(), metrics: createMetrics() },
      logger: createSilentLogger(),
      isSigned: (version) => isSigned(version, verifier),
    },
  );
  await store.start();
  return { machine, disk, store };
}

/** Nothing waits, no record is damaged, no disk thinks it lost something, nothing is readable. */
async function checkEach(world: RealWorld, opened: readonly Opened[]): Promise<void> {
  for (const { machine, store, disk } of opened) {
    const { name } = machine;
    await nothingWaits({ name, store: store.items }, (what) => {
      world.fail(`invariant 10 (nothing piles up): ${what}`);
    });
    if (store.epochs.length > 1) world.fail(`${name} began an epoch though it lost nothing`);
    const health = await store.verify();
    if (JSON.stringify(health).includes('amaged')) world.history.log(JSON.stringify(health));
    for (const person of world.people) {
      if (!person.everAt.has(machine)) await nothingReadable(world, { name, disk }, person);
    }
  }
}

async function nothingReadable(
  world: RealWorld,
  { name, disk }: { readonly name: string; readonly disk: Disk },
  person: RealPerson,
): Promise<void> {
  for await (const chunk of disk.walk()) {
    if (!chunk.some(({ value }) => Buffer.from(value).includes(person.marker))) continue;
    world.fail(`invariant 9 (sealed where the key is not): ${name} can read ${person.name}`);
    return;
  }
}

/** The name of a write inside its seal, opened by the account's master; '' of what has none. */
async function createNames(
  world: RealWorld,
  opened: readonly Opened[],
): Promise<(version: SignedVersion) => string> {
  const verifier = createVerifier();
  const keyrings = new Map<PartitionKey, ReturnType<typeof openKeyring>>();
  for (const person of world.people) {
    const keys = accountKeysFromPhrase(person.phrase);
    const [keeper] = opened.filter(({ machine }) => person.peers.has(machine));
    const key = { partitionKey: keys.account, sortKey: DEVICES_SORT_KEY };
    const records = (await keeper?.store.items.read(key))?.map(readDevicesRecord) ?? [];
    const directory = createDeviceDirectory({ account: keys.account, records }, { verifier });
    keyrings.set(keys.account, openKeyring(directory, { sealing: keys.masterSeal }));
  }
  return (version) => {
    const keyring = keyrings.get(version.key.partitionKey);
    if (keyring === undefined || version.kind !== 'value') return '';
    const { type, value } = openEnvelope(version, keyring);
    if (type !== 'json') return '';
    const said = JSON.parse(Buffer.from(value).toString()) as { readonly id?: string } | string;
    return typeof said === 'object' ? (said.id ?? '') : '';
  };
}
