/**
 * Both halves of a join. The member's half answers for its own invites and passes on what is for
 * another member's; the newcomer's half trusts nobody before a chain leads to the link's ring.
 */
import { AppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { JoinDialog, JoinTalk } from '../network/join.ts';
import { joinForwardMessage as joinForward } from '../network/messages/join-forward.ts';
import {
  chainHash,
  decodeChain,
  encodeChain,
  readCertificate,
  verifyChain,
  type Chain,
} from '../security/certificate.ts';
import {
  decodeMemberEntry,
  encodeMemberEntry,
  issueMemberRecord,
  readMemberRecord,
  SPEAKS,
  type MemberRecord,
} from '../security/member-record.ts';
import type { Verifier } from '../security/ed25519.ts';
import { joinProof, type InviteLink } from '../security/invite.ts';
import { createBoundedMap } from '../security/bounded-map.ts';
import type { InviteBook } from './invite-book.ts';
import {
  decodeChallenge,
  decodeDone,
  decodeIntroduction,
  decodeKnock,
  decodeProof,
  decodeWelcome,
  encodeChallenge,
  encodeDone,
  encodeIntroduction,
  encodeKnock,
  encodeProof,
  encodeWelcome,
  NONCE_BYTES,
  type Welcome,
} from './join-messages.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { PeerKey } from '../security/peer-key.ts';

const FORWARD_TIMEOUT_MS = 8000;
const MAX_FORWARDED = 64;

export interface JoinDesk {
  /** A dialog with a newcomer on the line. */
  open(newcomer: PeerId): JoinDialog;
  /** Answers joins that other members pass on. */
  attach(services: RingServices): void;
}

export interface JoinDeskComponents {
  readonly invites: InviteBook;
  readonly random: Random;
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
  running(): RingServices | undefined;
}

export function createJoinDesk(components: JoinDeskComponents): JoinDesk {
  const { random, identity } = components;
  const forwarded = createBoundedMap<string, JoinDialog>({ maxSize: MAX_FORWARDED });
  return {
    open(newcomer) {
      let dialog: JoinDialog | undefined;
      return {
        answer(message, signal) {
          dialog ??=
            decodeKnock(message).maker === identity().peer.peerId
              ? ownDialog(newcomer, components)
              : forwardingDialog(newcomer, decodeKnock(message).maker, random, components);
          return dialog.answer(message, signal);
        },
      };
    },
    attach({ transport }) {
      transport.handle(joinForward.verb, async (body, { from, signal }) => {
        const { newcomer, conversation, message } = joinForward.decodeRequest(body);
        const name = `${from} ${newcomer} ${toHex(conversation)}`;
        const dialog = forwarded.get(name) ?? ownDialog(newcomer, components);
        forwarded.set(name, dialog);
        return joinForward.encodeResponse(await dialog.answer(message, signal));
      });
    },
  };
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
        const reply = encodeWelcome({
          chain: encodeChain(admitted),
          settings: members.settingsRecord(),
          memberEntries: members.memberEntries(),
          revocations: members.revocations(),
        });
        return { reply, done: false };
      }
      const record = readMemberRecord(decodeIntroduction(message));
      await members.addMemberEntries([encodeMemberEntry({ record, chain: admitted })]);
      return { reply: encodeDone(), done: true };
    },
  };
}

/** For an invite of another member: word for word. */
function forwardingDialog(
  newcomer: PeerId,
  maker: PeerId,
  random: Random,
  { identity, running }: JoinDeskComponents,
): JoinDialog {
  const conversation = random.bytes(16);
  return {
    async answer(message, signal) {
      const services = running();
      if (services === undefined || !services.members.isMember(maker)) throw inviterUnreachable();
      if (maker === identity().peer.peerId) throw inviterUnreachable();
      const body = joinForward.encodeRequest({ newcomer, conversation, message });
      try {
        const answer = await services.transport.request(maker, joinForward.verb, body, {
          timeoutMs: FORWARD_TIMEOUT_MS,
          signal,
        });
        return joinForward.decodeResponse(answer);
      } catch (error) {
        if (error instanceof AppError && error.code !== 'UNREACHABLE' && error.code !== 'TIMEOUT')
          throw error;
        throw inviterUnreachable(error);
      }
    },
  };
}

/** The newcomer's half. `welcome()` is there when the talk has ended well. */
export function createJoinTalk(
  link: InviteLink,
  own: { readonly peer: PeerKey; readonly name: string },
  verifier: Verifier,
): JoinTalk & { welcome(): Welcome | undefined } {
  let given: Welcome | undefined;
  let welcome: Welcome | undefined;
  let challenged = false;

  function prove(reply: Uint8Array): Uint8Array {
    const { chain: bytes, nonce } = decodeChallenge(reply);
    const chain = decodeChain(bytes);
    verifyChain(chain, link.ring, verifier);
    if (chain[0]?.subject !== link.maker) throw otherRing();
    const { ring, maker, secret } = link;
    return encodeProof(joinProof(secret, { ring, maker, newcomer: own.peer.peerId, nonce }));
  }
  function introduce(reply: Uint8Array): Uint8Array {
    given = decodeWelcome(reply);
    const chain = decodeChain(given.chain);
    verifyChain(chain, link.ring, verifier);
    if (chain[0]?.subject !== own.peer.peerId) throw otherRing();
    return encodeIntroduction(firstRecord(given, chain, own).bytes);
  }
  return {
    welcome: () => welcome,
    first: () => encodeKnock({ ring: link.ring, maker: link.maker, invite: link.id }),
    next(reply) {
      if (!challenged) {
        challenged = true;
        return prove(reply);
      }
      if (given === undefined) return introduce(reply);
      decodeDone(reply);
      welcome = given;
      return undefined;
    },
  };
}

/**
 * What the newcomer says of itself first: no place in the ring yet (capacity 0), so that nothing
 * moves before it runs. It is newer than what the ring knows of it from an earlier stay.
 */
function firstRecord(
  { memberEntries }: Welcome,
  chain: Chain,
  { peer, name }: { readonly peer: PeerKey; readonly name: string },
): MemberRecord {
  const before = memberEntries
    .map((bytes) => decodeMemberEntry(bytes).record)
    .find((record) => record.peer === peer.peerId);
  return issueMemberRecord(
    {
      ring: chain[0]?.ring ?? ('' as RingId),
      epochCounter: before?.epochCounter ?? 1,
      n: before === undefined ? 0 : before.n + 1,
      state: 'up',
      name,
      addresses: [],
      capacity: 0,
      steady: false,
      host: '00'.repeat(16),
      zone: '',
      speaks: SPEAKS,
      chain: chainHash(chain),
    },
    peer,
  );
}

function notReady(): AppError {
  return new AppError('OVERLOADED', 'The other machine is still starting; try again in a moment.');
}

function otherRing(): AppError {
  return new AppError('WRONG_RING', 'The machine that answered is not of the ring in the link.');
}

export function inviterUnreachable(cause?: unknown): AppError {
  return new AppError(
    'INVITER_UNREACHABLE',
    'The machine that made this invite cannot be reached. It has to be on and connected.',
    { cause },
  );
}
