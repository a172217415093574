/**
 * The members' half of a join. This machine answers for its own invites; for another member's it
 * passes the newcomer's messages on, word for word (DESIGN §2 Admission: only the maker redeems).
 * So that a newcomer gets that far, an admin that has invites open says so to the members it is
 * connected to, and they let strangers speak the join protocol as long: a day at most, said again
 * while it is connected and forgotten when it is not, so that no word outlives who gave it.
 */
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { createRepeating } from '../base/repeating.ts';
import type { Startable } from '../base/startable.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { JoinDialog } from '../network/join.ts';
import { joinForwardMessage as joinForward } from '../network/messages/join-forward.ts';
import { createBoundedMap } from '../base/bounded-map.ts';
import { encodeChain, readCertificate, type Chain } from '../security/certificate.ts';
import type { PeerKey } from '../security/peer-key.ts';
import type { InviteBook } from './invite-book.ts';
import {
  decodeExpecting,
  decodeKnock,
  decodeProof,
  encodeChallenge,
  encodeDone,
  encodeExpecting,
  NONCE_BYTES,
} from './join-messages.ts';
import { inviterUnreachable, otherRing } from './join-talk.ts';
import { introduce, welcomeOf } from './join-welcome.ts';
import type { NearbyDoor } from './nearby-door.ts';
import type { RingServices } from './ring-lifecycle.ts';

const FORWARD_TIMEOUT_MS = 8000;
const MAX_FORWARDED = 64;
/** How long a word of an open invite counts; it is said again well before. */
const MAX_EXPECTING_MS = 24 * 3600 * 1000;
const TELL_AGAIN_MS = 8 * 3600 * 1000;

export interface JoinDesk extends Startable {
  /** Strangers may speak the join protocol here now. */
  strangersWelcome(): boolean;
  /** A dialog with a newcomer on the line. */
  open(newcomer: PeerId): JoinDialog;
  /** Answers joins that other members pass on, and tells them of invites that are open. */
  attach(services: RingServices): void;
  /** Invites were made, used or closed: the members connected now are told. */
  invitesChanged(): void;
}

export interface JoinDeskComponents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly invites: InviteBook;
  /** Newcomers of the LAN, while an admin looks who is nearby. */
  readonly door: NearbyDoor;
  readonly random: Random;
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
  running(): RingServices | undefined;
  /** What this machine calls the ring. */
  ringName(): string;
}

export function createJoinDesk(components: JoinDeskComponents): JoinDesk {
  const { clock, logger, invites, door, identity, running } = components;
  const forwarded = createBoundedMap<string, JoinDialog>({ maxSize: 2 * MAX_FORWARDED });
  /** Until when (monotonic ms) other members expect newcomers. */
  const expecting = new Map<PeerId, number>();
  const renewal = createRepeating({
    clock,
    intervalMs: () => TELL_AGAIN_MS,
    work() {
      if (invites.openForMs() > 0) tellAll();
      return Promise.resolve();
    },
    onError(error) {
      logger.warn('telling of open invites failed', { error: toAppError(error).message });
    },
  });
  /** Only an admin can have invites, so only an admin's word opens the door. */
  function mayInvite(peer: PeerId): boolean {
    const member = running()?.members.get(peer);
    return member?.admin === true && (member.state === 'up' || member.state === 'joining');
  }

  function tell(peer: PeerId): void {
    const newcomer = identity().peer.peerId;
    const message = encodeExpecting(invites.openForMs());
    const request = { newcomer, conversation: new Uint8Array(16), message };
    running()?.transport.notify(peer, joinForward.verb, joinForward.encodeRequest(request));
  }
  function tellAll(): void {
    for (const peer of running()?.transport.connected() ?? []) tell(peer);
  }
  function note(peer: PeerId, forMs: number): void {
    if (forMs === 0 || !mayInvite(peer)) expecting.delete(peer);
    else expecting.set(peer, clock.monotonicMs() + Math.min(forMs, MAX_EXPECTING_MS));
  }
  async function answer(body: Uint8Array, from: PeerId, signal: AbortSignal): Promise<Uint8Array> {
    const { newcomer, conversation, message } = joinForward.decodeRequest(body);
    if (newcomer === from) {
      note(from, decodeExpecting(message));
      return joinForward.encodeResponse({ reply: encodeDone(), done: true });
    }
    const name = `${from} ${newcomer} ${toHex(conversation)}`;
    const dialog = forwarded.get(name) ?? ownDialog(newcomer, components);
    forwarded.set(name, dialog);
    return joinForward.encodeResponse(await dialog.answer(message, signal));
  }
  return {
    strangersWelcome: () =>
      invites.anyAnswerable() ||
      door.strangersWelcome() ||
      [...expecting].some(([peer, until]) => clock.monotonicMs() < until && mayInvite(peer)),
    open(newcomer) {
      let dialog: JoinDialog | undefined;
      return {
        answer(message, signal) {
          dialog ??=
            door.dialog(message, newcomer) ??
            dialogFor(decodeKnock(message).maker, newcomer, components);
          return dialog.answer(message, signal);
        },
      };
    },
    attach({ transport, members }) {
      expecting.clear();
      transport.handle(joinForward.verb, (body, { from, signal }) => answer(body, from, signal));
      transport.on('up', ({ peer }) => {
        if (invites.openForMs() > 0) tell(peer);
      });
      transport.on('down', ({ peer }) => {
        expecting.delete(peer);
      });
      members.on('changed', ({ peers }) => {
        for (const peer of peers) if (!mayInvite(peer)) expecting.delete(peer);
      });
      members.on('revoked', ({ peer }) => {
        expecting.delete(peer);
      });
    },
    invitesChanged: tellAll,
    start: () => renewal.start(),
    stop: () => renewal.stop(),
  };
}

function dialogFor(maker: PeerId, newcomer: PeerId, components: JoinDeskComponents): JoinDialog {
  return maker === components.identity().peer.peerId
    ? ownDialog(newcomer, components)
    : forwardingDialog(newcomer, maker, components);
}

/** For an invite of this machine: challenge, then proof and welcome, then the newcomer's record. */
function ownDialog(newcomer: PeerId, components: JoinDeskComponents): JoinDialog {
  const { invites, random, identity, running } = components;
  const nonce = random.bytes(NONCE_BYTES);
  let invite: string | undefined;
  let admitted: Chain | undefined;

  function challenge(message: Uint8Array, own: Chain): Uint8Array {
    const { ring, peer } = identity();
    const knock = decodeKnock(message);
    if (knock.ring !== ring) throw otherRing();
    if (knock.maker !== peer.peerId) throw inviterUnreachable();
    invite = knock.invite;
    return encodeChallenge({ chain: encodeChain(own), nonce });
  }
  return {
    async answer(message) {
      const members = running()?.members;
      const own = members?.chainOf(identity().peer.peerId)?.map(readCertificate);
      if (members === undefined || own === undefined) throw notReady();
      if (invite === undefined) return { reply: challenge(message, own), done: false };
      if (admitted === undefined) {
        const proof = decodeProof(message);
        admitted = [await invites.redeem(invite, { newcomer, nonce, proof }), ...own];
        return { reply: welcomeOf(admitted, members, components.ringName()), done: false };
      }
      return { reply: await introduce(message, admitted, members), done: true };
    },
  };
}

/** For an invite of another member: word for word. */
function forwardingDialog(
  newcomer: PeerId,
  maker: PeerId,
  { random, running }: JoinDeskComponents,
): JoinDialog {
  const conversation = random.bytes(16);
  return {
    async answer(message, signal) {
      const services = running();
      if (services === undefined || !services.members.isMember(maker)) throw inviterUnreachable();
      const body = joinForward.encodeRequest({ newcomer, conversation, message });
      try {
        const answer = await services.transport.request(maker, joinForward.verb, body, {
          timeoutMs: FORWARD_TIMEOUT_MS,
          signal,
        });
        return joinForward.decodeResponse(answer);
      } catch (error) {
        const away = isAppError(error, 'UNREACHABLE') || isAppError(error, 'TIMEOUT');
        throw away ? inviterUnreachable(error) : error;
      }
    },
  };
}

function notReady(): AppError {
  return new AppError('OVERLOADED', 'The other machine is still starting; try again in a moment.');
}
