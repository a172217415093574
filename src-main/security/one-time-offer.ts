/**
 * A secret that lets exactly one in: the pure state machine behind invites and share links. Who
 * keeps it stores every new state durably before acting on it (DESIGN §2 Admission and trust).
 */
import { concatBytes, toHex, utf8 } from '../base/bytes.ts';
import type { Cbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import type { PeerId } from '../domain/ids.ts';
import { PUBLIC_KEY_BYTES } from './ed25519.ts';
import { peerIdOf, publicKeyOf } from './peer-key.ts';
import type { Fields } from './positional.ts';

export interface Offer {
  /** 16 hex digits made of the secret: names the offer without telling it. */
  readonly id: string;
  /** 16 bytes. */
  readonly secret: Uint8Array;
  /** By its maker's clock, the only one that is asked. */
  readonly expiryMs: number;
  readonly wrongProofs: number;
  /** By its maker, or by wrong proofs. */
  readonly closed: boolean;
  readonly spent: Spent | undefined;
}

/** To whom it went, and what its maker needs to give the same answer again. */
export interface Spent {
  readonly to: PeerId;
  readonly atMs: number;
  /** The maker's number of the certificate. */
  readonly serial: number;
  /** SHA-256 of what was asked for (a certificate request); empty for an invite. */
  readonly asked: Uint8Array;
}

export type OfferRefusal = 'INVITE_INVALID' | 'INVITE_USED' | 'INVITE_EXPIRED' | 'INVITE_CLOSED';

export interface OfferAttempt {
  /** The proof fits secret and newcomer. */
  readonly proven: boolean;
  readonly newcomer: PeerId;
  readonly nowMs: number;
  readonly serial: number;
  readonly asked: Uint8Array;
}

export type OfferOutcome =
  /** 'again': the same newcomer as before; give the same answer. */
  | { readonly outcome: 'admit' | 'again'; readonly offer: Offer }
  | { readonly outcome: 'refused'; readonly code: OfferRefusal; readonly offer: Offer };

export const SECRET_BYTES = 16;
const MAX_WRONG_PROOFS = 5;
const ID_LABEL = utf8('carrossel/offer-id/1');
const ID_BYTES = 8;
const MAX_ASKED = 32;

export function newOffer(expiryMs: number, random: Random): Offer {
  const secret = random.bytes(SECRET_BYTES);
  return {
    id: offerIdOf(secret),
    secret,
    expiryMs: Math.trunc(expiryMs),
    wrongProofs: 0,
    closed: false,
    spent: undefined,
  };
}

export function offerIdOf(secret: Uint8Array): string {
  return toHex(sha256(concatBytes(ID_LABEL, secret)).subarray(0, ID_BYTES));
}

/**
 * What an attempt comes to. The proof is judged first: who does not hold the secret learns nothing
 * of the offer's state. Wrong proofs count only while there is something to protect.
 */
export function judgeAttempt(offer: Offer, attempt: OfferAttempt): OfferOutcome {
  const { spent } = offer;
  if (!attempt.proven) {
    if (offer.closed || spent !== undefined) return refused('INVITE_INVALID', offer);
    const wrongProofs = offer.wrongProofs + 1;
    const closed = wrongProofs >= MAX_WRONG_PROOFS;
    return refused('INVITE_INVALID', { ...offer, wrongProofs, closed });
  }
  if (spent !== undefined) {
    const same = spent.to === attempt.newcomer && toHex(spent.asked) === toHex(attempt.asked);
    return same ? { outcome: 'again', offer } : refused('INVITE_USED', offer);
  }
  if (offer.closed) return refused('INVITE_CLOSED', offer);
  if (attempt.nowMs >= offer.expiryMs) return refused('INVITE_EXPIRED', offer);
  const { newcomer: to, nowMs, serial, asked } = attempt;
  const taken = { to, atMs: Math.max(0, Math.trunc(nowMs)), serial, asked };
  return { outcome: 'admit', offer: { ...offer, spent: taken } };
}

/** Closed by its maker; what was spent stays spent. */
export function closeOffer<O extends Offer>(offer: O): O {
  return { ...offer, closed: true };
}

export function offerFields(offer: Offer): Cbor[] {
  const { secret, expiryMs, wrongProofs, closed, spent } = offer;
  const taken =
    spent === undefined ? [] : [publicKeyOf(spent.to), spent.atMs, spent.serial, spent.asked];
  return [secret, expiryMs, wrongProofs, closed, taken];
}

export function readOffer(fields: Fields): Offer {
  const secret = fields.fixed(SECRET_BYTES);
  const expiryMs = fields.uint();
  const wrongProofs = fields.uint(0, MAX_WRONG_PROOFS);
  const closed = fields.flag();
  const spent = fields.nested((taken): Spent | undefined => {
    if (taken.done) return undefined;
    const to = peerIdOf(taken.fixed(PUBLIC_KEY_BYTES));
    return { to, atMs: taken.uint(), serial: taken.uint(), asked: taken.bytes(MAX_ASKED) };
  });
  return { id: offerIdOf(secret), secret, expiryMs, wrongProofs, closed, spent };
}

function refused(code: OfferRefusal, offer: Offer): OfferOutcome {
  return { outcome: 'refused', code, offer };
}
