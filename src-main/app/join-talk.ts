/** The newcomer's half of a join: it trusts nobody before a chain leads to the link's ring. */
import { AppError } from '../base/app-error.ts';
import type { RingId } from '../domain/ids.ts';
import { seatOf, type Seat } from '../domain/member.ts';
import type { JoinTalk } from '../network/join.ts';
import { chainHash, decodeChain, verifyChain, type Chain } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { joinProof, type InviteLink } from '../security/invite.ts';
import {
  decodeMemberEntry,
  issueMemberRecord,
  SPEAKS,
  type MemberRecord,
} from '../security/member-record.ts';
import type { PeerKey } from '../security/peer-key.ts';
import {
  decodeChallenge,
  decodeDone,
  decodeWelcome,
  encodeIntroduction,
  encodeKnock,
  encodeProof,
  type Welcome,
} from './join-messages.ts';

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

type Standing = Pick<MemberRecord, 'state' | 'wanted' | keyof Seat>;

const NO_PLACE_YET: Standing = {
  ...{ state: 'joining', capacity: 0, steady: false, host: '00'.repeat(16), zone: '' },
};

function standingOf({ state, wanted, ...seat }: MemberRecord): Standing {
  return { state, ...seatOf(seat), ...(wanted !== undefined && { wanted }) };
}

/**
 * What the newcomer says of itself first: no place in the ring yet (capacity 0), so that nothing
 * moves before it runs. It is newer than what the ring knows of it from an earlier stay, and leaves
 * that as it was: who is an owner stays one until others have what it kept.
 */
export function firstRecord(
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
      ...(before === undefined ? NO_PLACE_YET : standingOf(before)),
      name,
      addresses: [],
      speaks: SPEAKS,
      chain: chainHash(chain),
    },
    peer,
  );
}

export function otherRing(): AppError {
  return new AppError('WRONG_RING', 'The machine that answered is not of the ring in the link.');
}

export function inviterUnreachable(cause?: unknown): AppError {
  return new AppError(
    'INVITER_UNREACHABLE',
    'The machine that made this invite cannot be reached. It has to be on and connected.',
    { cause },
  );
}
