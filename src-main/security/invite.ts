/**
 * Invites into a ring (DESIGN §2 Admission and trust): a link with a one-time secret. The newcomer
 * proves to hold it without sending it; only the invite's maker can tell, and lets in one peer.
 */
import { AppError } from '../base/app-error.ts';
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { encodeCbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import { issueCertificate, type MembershipGrant, type RingCertificate } from './certificate.ts';
import { PUBLIC_KEY_BYTES, type SigningKey } from './ed25519.ts';
import { equalSecrets, hmacSha256 } from './key-derivation.ts';
import { linkAddresses, linkText, readAddresses, readLink } from './link-text.ts';
import {
  closeOffer,
  judgeAttempt,
  newOffer,
  offerFields,
  offerIdOf,
  readOffer,
  SECRET_BYTES,
  type Offer,
  type OfferRefusal,
} from './one-time-offer.ts';
import { peerIdOf, publicKeyOf } from './peer-key.ts';
import { readRecord } from './positional.ts';

export interface Invite extends Offer {
  readonly ring: RingId;
  readonly maker: PeerId;
  readonly grant: MembershipGrant;
}

/** What a link tells the newcomer. */
export interface InviteLink {
  readonly id: string;
  readonly ring: RingId;
  readonly maker: PeerId;
  readonly secret: Uint8Array;
  readonly expiryMs: number;
  /** Multiaddrs of members, the maker's first. */
  readonly addresses: readonly string[];
  readonly admin: boolean;
}

export type InviteOutcome =
  | { readonly outcome: 'admit' | 'again'; readonly invite: Invite }
  | { readonly outcome: 'refused'; readonly code: OfferRefusal; readonly invite: Invite };

/** The maker's nonce that a proof answers. */
export const JOIN_NONCE_BYTES = 32;
const FORMAT = 1;
const MAX_BYTES = 4096;
const FLAG_ADMIN = 1;
const PROOF_LABEL = utf8('carrossel/join-proof/1');

export function newInvite(
  init: Pick<Invite, 'ring' | 'maker' | 'expiryMs' | 'grant'>,
  components: { readonly random: Random },
): Invite {
  return { ...init, ...newOffer(init.expiryMs, components.random) };
}

/** @param addresses multiaddrs of members, the maker's first; the first 16 are taken. */
export function inviteLink(invite: Invite, addresses: readonly string[]): string {
  const record = encodeCbor([
    FORMAT,
    fromHex(invite.ring),
    publicKeyOf(invite.maker),
    invite.secret,
    invite.expiryMs,
    linkAddresses(addresses),
    invite.grant.admin ? FLAG_ADMIN : 0,
  ]);
  return linkText('join', record);
}

/** @throws INVALID_LINK, UNSUPPORTED_FORMAT. Expiry is not checked: the maker's clock counts. */
export function parseInviteLink(text: string): InviteLink {
  return readLink(text, 'join', FORMAT, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const maker = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const secret = fields.fixed(SECRET_BYTES);
    const expiryMs = fields.uint();
    const addresses = readAddresses(fields);
    const admin = (fields.uint() & FLAG_ADMIN) !== 0;
    return { id: offerIdOf(secret), ring, maker, secret, expiryMs, addresses, admin };
  });
}

/** HMAC-SHA256(secret, label ‖ ring id ‖ maker ‖ newcomer ‖ the maker's nonce), 32 bytes. */
export function joinProof(
  secret: Uint8Array,
  claim: {
    readonly ring: RingId;
    readonly maker: PeerId;
    readonly newcomer: PeerId;
    readonly nonce: Uint8Array;
  },
): Uint8Array {
  const { ring, maker, newcomer, nonce } = claim;
  const keys = [publicKeyOf(maker), publicKeyOf(newcomer)];
  return hmacSha256(secret, concatBytes(PROOF_LABEL, fromHex(ring), ...keys, nonce));
}

/**
 * Judges a newcomer's proof. Whatever comes out: store `invite` durably first, then answer.
 * @param attempt.nonce the 32 bytes this maker gave that newcomer, fresh for each dialog.
 * @param attempt.serial number of the certificate, should it be let in.
 */
export function redeemInvite(
  invite: Invite,
  attempt: {
    readonly newcomer: PeerId;
    readonly nonce: Uint8Array;
    readonly proof: Uint8Array;
    readonly nowMs: number;
    readonly serial: number;
  },
): InviteOutcome {
  const { newcomer, nonce, proof, nowMs, serial } = attempt;
  const { ring, maker, grant } = invite;
  const expected = joinProof(invite.secret, { ring, maker, newcomer, nonce });
  const proven = nonce.length === JOIN_NONCE_BYTES && equalSecrets(proof, expected);
  const asked = new Uint8Array(0);
  const judged = judgeAttempt(invite, { proven, newcomer, nowMs, serial, asked });
  const next: Invite = judged.offer === invite ? invite : { ...judged.offer, ring, maker, grant };
  return judged.outcome === 'refused'
    ? { outcome: 'refused', code: judged.code, invite: next }
    : { outcome: judged.outcome, invite: next };
}

/**
 * The certificate of the peer the invite went to: the same bytes each time.
 * @param issuer the maker's peer key.
 * @throws INVITE_INVALID when it went to nobody.
 */
export function certificateOf(invite: Invite, issuer: SigningKey): RingCertificate {
  const { spent, ring, grant } = invite;
  if (spent === undefined) throw new AppError('INVITE_INVALID', 'This invite was not used.');
  const { to: subject, serial, atMs: issuedMs } = spent;
  return issueCertificate({ ...grant, ring, subject, issuer, serial, issuedMs });
}

export function closeInvite(invite: Invite): Invite {
  return closeOffer(invite);
}

/** For the maker's disk. */
export function encodeInvite(invite: Invite): Uint8Array {
  const { admin, maxCapacity, zones } = invite.grant;
  return encodeCbor([
    FORMAT,
    fromHex(invite.ring),
    publicKeyOf(invite.maker),
    [admin, maxCapacity, zones],
    offerFields(invite),
  ]);
}

/** @throws BAD_ENCODING, UNSUPPORTED_FORMAT */
export function decodeInvite(bytes: Uint8Array): Invite {
  const limits = { what: 'invite', format: FORMAT, maxBytes: MAX_BYTES };
  return readRecord(bytes, limits, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const maker = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const grant = fields.nested((one) => ({
      admin: one.flag(),
      maxCapacity: one.uint(),
      zones: one.list(16, (zone) => zone.text(64)),
    }));
    return { ring, maker, grant, ...fields.nested(readOffer) };
  });
}
