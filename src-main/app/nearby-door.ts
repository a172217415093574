/**
 * "Who is nearby?" on an admin's machine: while somebody looks at it, strangers of the LAN may ask
 * to be let in, and the admin says yes to one whose six digits are the same on both screens
 * (security/nearby.ts). Nothing of the ring but its name is told before that. Bounds: 8 wait at
 * once, 16 ask in all before it has to be opened anew (each is one chance in a million for somebody
 * in between), 3 minutes to be compared, 10 minutes open.
 */
import { AppError } from '../base/app-error.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { JoinDialog } from '../network/join.ts';
import { readCertificate, type Chain } from '../security/certificate.ts';
import { NEARBY_NONCE_BYTES, nearbyCommitment, nearbyDigits } from '../security/nearby.ts';
import type { PeerKey } from '../security/peer-key.ts';
import { createWakes, endingWith } from './coalescing.ts';
import type { InviteBook } from './invite-book.ts';
import { encodeDone } from './join-messages.ts';
import { introduce, welcomeOf } from './join-welcome.ts';
import {
  decodeNearbyWord,
  decodeReveal,
  encodeAsked,
  encodeNotYet,
  encodeSeen,
} from './nearby-messages.ts';
import { createNearbyOpening } from './nearby-opening.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { NearbyDoor as DoorView } from './views/nearby.ts';

export const MAX_WAITING = 8;
export const MAX_ASKED = 16;
export const COMPARE_MS = 3 * 60_000;
const OPEN_MS = 10 * 60_000;
/** One that was let in comes for its certificate within this time, or has to ask again. */
const COLLECT_MS = 60_000;

export interface NearbyDoor {
  /** Strangers may knock: it is open, or one that was let in has not come yet. */
  strangersWelcome(): boolean;
  /** Open for as long as it is read. @throws NO_RING, NOT_ADMIN */
  watch(signal?: AbortSignal): AsyncIterableIterator<DoorView>;
  /** A dialog that begins with this message; undefined if it is about an invite. */
  dialog(first: Uint8Array, newcomer: PeerId): JoinDialog | undefined;
  /** @throws NOT_ADMIN, NEARBY_GONE, DIGITS_DIFFER */
  admit(input: { id: string; digits: string; admin: boolean }): Promise<{ admitted: boolean }>;
  refuse(input: { id: string }): Promise<{ refused: boolean }>;
  /** Names of those whose digits are still to be compared. */
  waiting(): readonly string[];
  stop(): Promise<void>;
}

export interface NearbyDoorComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly invites: InviteBook;
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
  running(): RingServices | undefined;
  /** The running floors of a ring of which this machine is an admin. @throws NO_RING, NOT_ADMIN */
  asAdmin(): RingServices;
  ringName(): string;
  /** Somebody asks, or no longer: the app's shells may tell the person. */
  onChange(): void;
}

interface Newcomer {
  readonly peer: PeerId;
  readonly name: string;
  readonly digits: string;
  /** Undefined until the admin has said yes. */
  readonly chain: Chain | undefined;
  readonly forget: Cancel;
}

export function createNearbyDoor(components: NearbyDoorComponents): NearbyDoor {
  const { clock, invites, identity, asAdmin, onChange } = components;
  const newcomers = new Map<PeerId, Newcomer>();
  const refused = new Set<PeerId>();
  let asked = 0;
  const opening = createNearbyOpening(() => {
    asked = 0;
    refused.clear();
    for (const { peer, chain } of newcomers.values()) if (chain === undefined) forget(peer);
  });

  function changed(): void {
    opening.wake();
    onChange();
  }
  function forget(peer: PeerId): void {
    newcomers.get(peer)?.forget();
    newcomers.delete(peer);
    changed();
  }
  function remember(one: Omit<Newcomer, 'forget'>, forMs: number): void {
    newcomers.get(one.peer)?.forget();
    const end = clock.schedule(forMs, () => {
      forget(one.peer);
    });
    newcomers.set(one.peer, { ...one, forget: end });
    changed();
  }
  /** One that asks again takes its own place; its old digits are void at once. */
  function count(peer: PeerId): void {
    const others = newcomers.size - (newcomers.has(peer) ? 1 : 0);
    if (asked >= MAX_ASKED || others >= MAX_WAITING) {
      throw new AppError('OVERLOADED', 'Too many machines have asked; open "nearby" there anew.');
    }
    asked++;
    if (newcomers.has(peer)) forget(peer);
  }
  const view = (): DoorView => ({
    newcomers: [...newcomers.values()].map(({ peer, name, digits, chain }) => {
      return { id: peer, name, digits, state: chain === undefined ? 'waiting' : 'admitted' };
    }),
    full: asked >= MAX_ASKED,
  });
  const doorKeeper: DoorKeeper = {
    count,
    wait(newcomer) {
      remember({ ...newcomer, chain: undefined }, COMPARE_MS);
    },
    find(peer) {
      if (refused.has(peer)) {
        throw new AppError('NEARBY_REFUSED', 'The person at the other machine said no.');
      }
      return newcomers.get(peer);
    },
    forget,
  };
  return {
    strangersWelcome: () =>
      opening.isOpen() || [...newcomers.values()].some(({ chain }) => chain !== undefined),
    watch(signal) {
      const services = asAdmin();
      const wakes = createWakes(signal);
      const close = opening.open(services, wakes);
      const tooLong = clock.schedule(OPEN_MS, wakes.end);
      const release = (): void => {
        tooLong();
        close();
      };
      signal?.addEventListener('abort', release, { once: true });
      wakes.wake();
      const views = async function* (): AsyncGenerator<DoorView, void, undefined> {
        try {
          while (await wakes.next()) yield view();
        } finally {
          release();
        }
      };
      return endingWith(wakes, views(), release);
    },
    dialog(first, newcomer) {
      const said = decodeNearbyWord(first);
      if (said === undefined) return undefined;
      // Who was let in may still come for its certificate after the screen was closed.
      if (!opening.isOpen() && said.word !== 'fetch') throw gone();
      if (said.word === 'look') return lookDialog(components);
      return said.word === 'ask'
        ? askDialog({ newcomer, ...said }, doorKeeper, components)
        : fetchDialog(newcomer, doorKeeper, components);
    },
    async admit({ id, digits, admin }) {
      const { members } = asAdmin();
      const own = members.chainOf(identity().peer.peerId)?.map(readCertificate);
      const found = newcomers.get(id as PeerId);
      if (found === undefined || own === undefined) throw gone();
      if (found.digits !== digits) {
        throw new AppError('DIGITS_DIFFER', 'These are not the digits of the machine that asks.');
      }
      if (found.chain !== undefined) return { admitted: true };
      const certificate = await invites.certify({ newcomer: found.peer, admin });
      remember({ ...found, chain: [certificate, ...own] }, COLLECT_MS);
      return { admitted: true };
    },
    refuse({ id }) {
      const found = newcomers.get(id as PeerId);
      if (found === undefined || found.chain !== undefined) {
        return Promise.resolve({ refused: false });
      }
      refused.add(found.peer);
      forget(found.peer);
      return Promise.resolve({ refused: true });
    },
    waiting: () =>
      [...newcomers.values()].filter(({ chain }) => chain === undefined).map(({ name }) => name),
    async stop() {
      for (const peer of [...newcomers.keys()]) forget(peer);
      await opening.stop();
    },
  };
}

/** What the dialogs may do with the list of those who ask. */
interface DoorKeeper {
  count(peer: PeerId): void;
  wait(newcomer: { peer: PeerId; name: string; digits: string }): void;
  /** @throws NEARBY_REFUSED */
  find(peer: PeerId): Newcomer | undefined;
  forget(peer: PeerId): void;
}

function lookDialog({ ringName }: NearbyDoorComponents): JoinDialog {
  return { answer: () => Promise.resolve({ reply: encodeSeen(ringName()), done: true }) };
}

/** Nonce against commitment, then the newcomer's nonce: only then it is on the screen. */
function askDialog(
  asking: { newcomer: PeerId; commitment: Uint8Array; machineName: string },
  door: DoorKeeper,
  { random, identity, ringName }: NearbyDoorComponents,
): JoinDialog {
  const { newcomer, commitment, machineName } = asking;
  const admin = identity().peer.peerId;
  const nonce = random.bytes(NEARBY_NONCE_BYTES);
  const meeting = { newcomer, admin, machineName, ringName: ringName() };
  let committed = false;

  function answer(message: Uint8Array): { reply: Uint8Array; done: boolean } {
    if (!committed) {
      door.count(newcomer);
      committed = true;
      return { reply: encodeAsked(nonce, meeting.ringName), done: false };
    }
    const theirs = decodeReveal(message);
    if (!equalBytes(nearbyCommitment(meeting, theirs), commitment)) {
      throw new AppError('DIGITS_DIFFER', 'The other machine changed its mind about its number.');
    }
    const digits = nearbyDigits(meeting, { newcomer: theirs, admin: nonce });
    door.wait({ peer: newcomer, name: machineName, digits });
    return { reply: encodeDone(), done: true };
  }
  return { answer: (message) => Promise.resolve().then(() => answer(message)) };
}

/** Whether the admin has said yes; if so, all that an invite would have given. */
function fetchDialog(
  newcomer: PeerId,
  door: DoorKeeper,
  { running, ringName }: NearbyDoorComponents,
): JoinDialog {
  let welcomed: Chain | undefined;
  return {
    async answer(message) {
      const members = running()?.members;
      const found = door.find(newcomer);
      if (members === undefined || found === undefined) throw gone();
      if (welcomed !== undefined) {
        const reply = await introduce(message, welcomed, members);
        door.forget(newcomer);
        return { reply, done: true };
      }
      if (found.chain === undefined) return { reply: encodeNotYet(), done: true };
      welcomed = found.chain;
      return { reply: welcomeOf(welcomed, members, ringName()), done: false };
    },
  };
}

function gone(): AppError {
  return new AppError(
    'NEARBY_GONE',
    'Nobody waits for this any more: open "who is nearby?" on the admin\'s machine and ask again.',
  );
}
