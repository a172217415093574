/** The newcomer's half of the three dialogs (nearby-messages.ts). */
import { AppError } from '../base/app-error.ts';
import type { Random } from '../base/random.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { JoinTalk } from '../network/join.ts';
import { decodeChain, verifyChain } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { NEARBY_NONCE_BYTES, nearbyCommitment, nearbyDigits } from '../security/nearby.ts';
import type { PeerKey } from '../security/peer-key.ts';
import { decodeDone, decodeWelcome, encodeIntroduction, type Welcome } from './join-messages.ts';
import { firstRecord } from './join-talk.ts';
import {
  decodeAsked,
  decodeSeen,
  encodeNearbyWord,
  encodeReveal,
  isNotYet,
} from './nearby-messages.ts';

/** Asks what the ring is called. */
export function createLookTalk(): JoinTalk & { ringName(): string | undefined } {
  let name: string | undefined;
  return {
    ringName: () => name,
    first: () => encodeNearbyWord({ word: 'look' }),
    next(reply) {
      name = decodeSeen(reply);
      return undefined;
    },
  };
}

export interface Asked {
  readonly ringName: string;
  readonly digits: string;
}

/** Commits, hears the admin's nonce, then reveals; `asked()` is there when all went well. */
export function createAskTalk(
  admin: PeerId,
  own: { readonly peer: PeerId; readonly name: string },
  random: Random,
): JoinTalk & { asked(): Asked | undefined } {
  const nonce = random.bytes(NEARBY_NONCE_BYTES);
  let heard: Asked | undefined;
  let asked: Asked | undefined;
  return {
    asked: () => asked,
    first: () =>
      encodeNearbyWord({
        word: 'ask',
        commitment: nearbyCommitment({ newcomer: own.peer, admin }, nonce),
        machineName: own.name,
      }),
    next(reply) {
      if (heard !== undefined) {
        decodeDone(reply);
        asked = heard;
        return undefined;
      }
      const { nonce: theirs, ringName } = decodeAsked(reply);
      const meeting = { newcomer: own.peer, admin, machineName: own.name, ringName };
      const digits = nearbyDigits(meeting, { newcomer: nonce, admin: theirs });
      heard = { ringName, digits };
      return encodeReveal(nonce);
    },
  };
}

/**
 * Asks whether the admin has said yes. The certificate must be of the very machine whose digits
 * were compared, and lead to a ring.
 */
export function createFetchTalk(
  admin: PeerId,
  own: { readonly peer: PeerKey; readonly name: string },
  verifier: Verifier,
): JoinTalk & { welcome(): { readonly ring: RingId; readonly given: Welcome } | undefined } {
  let given: { readonly ring: RingId; readonly given: Welcome } | undefined;
  let done = false;
  return {
    welcome: () => (done ? given : undefined),
    first: () => encodeNearbyWord({ word: 'fetch' }),
    next(reply) {
      if (given !== undefined) {
        decodeDone(reply);
        done = true;
        return undefined;
      }
      if (isNotYet(reply)) return undefined;
      const welcome = decodeWelcome(reply);
      const chain = decodeChain(welcome.chain);
      const [certificate, issuer] = chain;
      if (certificate?.subject !== own.peer.peerId || issuer?.subject !== admin) {
        throw new AppError('WRONG_RING', 'The answer is not of the machine that was compared.');
      }
      verifyChain(chain, certificate.ring, verifier);
      given = { ring: certificate.ring, given: welcome };
      return encodeIntroduction(firstRecord(welcome, chain, own).bytes);
    },
  };
}
