/** Checks of this machine, each with what was found and what to do about it (DESIGN §4 doctor). */
import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';
import { hostOf } from '../network/addresses.ts';
import type { Refused } from '../network/offences.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { AccountBook } from './account-book.ts';
import { isUnknownHere, lacksNewestKey } from './account.ts';
import type { Machine, RingServices } from './ring-lifecycle.ts';
import type { RingSession } from './ring-session.ts';
import { addressOf, isOut, presentMembers } from './ring-views.ts';
import { damageFinding, repairFinding } from './store-words.ts';
import type { Finding } from './views.ts';

/** Below this share of free disk no hints are taken any more (DESIGN §2 quotas). */
const LOW_DISK = 0.05;
const GIB = 1024 ** 3;
/** Earlier than this no version of Carrossel existed: the clock is wrong. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** Certificates are dated by whoever let a machine in: a later one than now means a wrong clock. */
const CLOCK_SLACK_MS = 5 * 60 * 1000;

export interface Doctor {
  findings(): Promise<Finding[]>;
}

export function createDoctor(components: {
  readonly clock: Clock;
  readonly store: ItemStore;
  readonly machine: Machine;
  readonly session: RingSession;
  readonly book: AccountBook;
}): Doctor {
  const { clock, store, machine, session, book } = components;
  return {
    async findings() {
      const services = session.running();
      return [
        await diskFinding(machine),
        clockFinding(clock, services),
        ...portFindings(machine, services),
        ...(services === undefined ? [] : reachabilityFindings(services, machine)),
        ...(await storeFindings(machine, store)),
        ringFinding(services),
        ...accountFindings(book, session.peerKey.peerId),
      ];
    },
  };
}

async function diskFinding(machine: Machine): Promise<Finding> {
  const check = 'disk';
  const space = await machine.diskSpace();
  if (space === undefined) return ok(check, 'The system does not say how full the disk is.');
  const free = `${(space.freeBytes / GIB).toFixed(1)} GiB of the disk are free.`;
  if (space.freeBytes >= space.totalBytes * LOW_DISK) return ok(check, free);
  return warn(check, free, 'Free some space: with less than 5 % this machine helps others less.');
}

function clockFinding(clock: Clock, services: RingServices | undefined): Finding {
  const check = 'clock';
  const now = clock.wallMs();
  const latest = Math.max(
    EARLIEST_MS,
    ...(services?.members.entries() ?? []).flatMap(({ chain }) =>
      chain.map(({ issuedMs }) => issuedMs),
    ),
  );
  const shown = `The clock says ${new Date(now).toISOString()}`;
  if (now + CLOCK_SLACK_MS >= latest) return ok(check, `${shown}.`);
  return warn(
    check,
    `${shown}, but a member was let in later than that.`,
    'Set this clock, or the other one; times are only shown, no cart depends on them.',
  );
}

function portFindings(machine: Machine, services: RingServices | undefined): Finding[] {
  const check = 'ports';
  const ports = machine.ports();
  if (ports.length === 0) {
    const why = services === undefined ? 'Nothing listens while there is no ring.' : '';
    return why === ''
      ? [warn(check, 'Nothing listens for the other machines.', 'Start the app again.')]
      : [ok(check, why)];
  }
  return ports.map(({ name, address, listening }) =>
    listening
      ? ok(check, `The ${name} listens on ${spoken(address)}.`)
      : warn(
          check,
          `The ${name} should listen on ${spoken(address)} and does not.`,
          'Is the port in use?',
        ),
  );
}

function reachabilityFindings(services: RingServices, machine: Machine): Finding[] {
  const { members, transport } = services;
  const check = 'reachability';
  // Who was taken out hears of nobody; why is said under `ring`.
  if (isOut(services)) return [];
  const others = presentMembers(services).filter(({ peer }) => peer !== members.self);
  if (others.length === 0) return [ok(check, 'There is no other machine in the ring yet.')];
  return others.map((member) => {
    const { peer, name, addresses } = member;
    const who = name === '' ? `…${peer.slice(-6)}` : name;
    if (transport.isConnected(peer)) {
      const ms = transport.roundTripMs(peer);
      const time = ms === undefined ? '' : ` in ${ms.toFixed(1)} ms`;
      const where = whereText(addressOf(member, services), machine);
      return ok(check, `${who} answers ${where}${time}.`);
    }
    const refused = services.refused().find((one) => one.peer === peer);
    if (refused !== undefined) return refusedFinding(who, refused);
    const tried = addresses.length === 0 ? 'no address known' : addresses.map(spoken).join(', ');
    return warn(
      check,
      `${who} does not answer (${tried}).`,
      'If it is on, check that both are in one network and no firewall blocks the port.',
    );
  });
}

function refusedFinding(who: string, { reason, leftMs }: Refused): Finding {
  const minutes = Math.ceil(leftMs / 60_000);
  return warn(
    'reachability',
    `${who} is refused for ${minutes} min: it sent again what no working machine sends (${reason}).`,
    'Update Carrossel there. If it goes on, check that machine, or take it out of the ring.',
  );
}

/** `at 192.168.0.7:4001 over eth0`. */
function whereText(address: string | undefined, machine: Machine): string {
  if (address === undefined) return 'here';
  const face = machine.interfaceTo(hostOf(address));
  return `at ${spoken(address)} ${face === undefined ? 'through a router' : `over ${face}`}`;
}

/** A multiaddr as people write one, `192.168.0.7:4001`; another kind as it is. */
function spoken(address: string): string {
  const [, kind, host, transport, port] = address.split('/');
  if (host === undefined || port === undefined || transport !== 'tcp') return address;
  return kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`;
}

async function storeFindings(machine: Machine, store: ItemStore): Promise<Finding[]> {
  const health = machine.storeHealth();
  const damage = damageFinding(health);
  if (damage !== undefined) return [damage];
  const { items, bytes, tombstones, tombstoneBytes } = await store.size();
  const size = `${items} items, ${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  const deleted =
    tombstones === 0
      ? ''
      : `, ${tombstones} of them deletions that are kept, ${(tombstoneBytes / 1024).toFixed(1)} KiB`;
  const sound = ok('store', `The store is sound (${size}${deleted}).`);
  const { repair } = health;
  if (repair === undefined || !(await machine.isKept(repair.aside))) return [sound];
  return [sound, await repairFinding(repair, store)];
}

function ringFinding(services: RingServices | undefined): Finding {
  const check = 'ring';
  if (services === undefined) {
    return warn(check, 'This machine is in no ring.', 'Start a ring, or join one by a link.');
  }
  if (isOut(services)) {
    return {
      check,
      level: 'error',
      found: 'This machine was taken out of the ring; no other machine of it answers any more.',
      advice: 'If that was a mistake: make a new key here, and join again by a new invite.',
    };
  }
  const present = presentMembers(services);
  const steady = present.some(({ steady: stays }) => stays);
  const found = `The ring has ${present.length} ${present.length === 1 ? 'machine' : 'machines'}.`;
  if (steady || present.length < 2) return ok(check, found);
  return warn(check, `${found} None of them is meant to stay on.`, 'Keep one on, if you can.');
}

function accountFindings(book: AccountBook, peer: PeerId): Finding[] {
  const check = 'accounts';
  const accounts = book.all();
  if (accounts.length === 0) {
    return [
      warn(check, 'Nobody is logged in here.', 'Create an account, or log in with a phrase.'),
    ];
  }
  return accounts.map((account) => {
    const entry = account.directory.lookup(account.device.device);
    if (entry?.revoked !== undefined) {
      return warn(
        check,
        `This machine was taken off "${account.label}".`,
        'If that was a mistake, log in again with the account phrase.',
      );
    }
    if (entry !== undefined && !entry.peers.includes(peer)) {
      return warn(check, `"${account.label}" knows this machine by an old key.`, 'Log in again.');
    }
    if (isUnknownHere(account) && !account.shared) {
      return warn(
        check,
        `"${account.label}" does not know this machine: what its log-in wrote was lost.`,
        'Connect to another device; if that does not help, log in again with the account phrase.',
      );
    }
    if (entry === undefined || !account.canOpen()) {
      return warn(check, `"${account.label}" waits for its keys.`, 'Connect to another device.');
    }
    if (lacksNewestKey(account)) {
      return warn(
        check,
        `"${account.label}" has a new key that this machine was not given: some of it stays closed.`,
        'Log in again with the account phrase, here or on any other device.',
      );
    }
    return ok(check, `Logged in to "${account.label}" as ${account.deviceName}.`);
  });
}

function ok(check: Finding['check'], found: string): Finding {
  return { check, level: 'ok', found, advice: '' };
}

function warn(check: Finding['check'], found: string, advice: string): Finding {
  return { check, level: 'warn', found, advice };
}
