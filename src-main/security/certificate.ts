/**
 * Membership of a ring (DESIGN §2 Admission and trust): certificates, each naming one peer, signed
 * by an admin or the root; a chain of them leads from a member to the root, and the root is known
 * by its hash, the ring id. Nothing else has to be known of a ring to tell its members from
 * strangers.
 */
import { AppError } from '../base/app-error.ts';
import { compareUtf8, concatBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts';
import { encodeCbor } from '../base/cbor.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PeerId, RingId } from '../domain/ids.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';
import { peerIdOf, publicKeyOf } from './peer-key.ts';
import { bad, readRecord } from './positional.ts';
import { isRootOf } from './ring-keys.ts';
import { isSignedBy, signRecord } from './signed-record.ts';

/** What a certificate allows its subject. */
export interface MembershipGrant {
  /** May certify and revoke others, and change the ring's settings. */
  readonly admin: boolean;
  /** Greatest share of the ring it may ask for, in hundredths (100 = a normal member). */
  readonly maxCapacity: number;
  /** Zones it may claim; none named: any. */
  readonly zones: readonly string[];
}

export interface RingCertificate extends MembershipGrant {
  readonly ring: RingId;
  readonly subject: PeerId;
  /** Public key of the root or of the admin that signed. */
  readonly issuer: Uint8Array;
  /** Issuers number what they sign; for people, no decision rests on it. */
  readonly serial: number;
  /** By the issuer's clock; for people. */
  readonly issuedMs: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes: how a revocation names it. */
  readonly hash: Hash;
}

/** The member's certificate first, then its issuer's, up to one that the root signed. */
export type Chain = readonly RingCertificate[];

export const MAX_CHAIN = 8;
const FORMAT = 1;
const COUNT = 10;
const MAX_BYTES = 4096;
const RIGHT = { member: 1, admin: 2 } as const;
const MAX_CAPACITY = 6400;
const MAX_ZONES = 16;
const MAX_ZONE = 64;

export function issueCertificate(
  init: MembershipGrant &
    Pick<RingCertificate, 'ring' | 'subject' | 'serial' | 'issuedMs'> & { issuer: SigningKey },
): RingCertificate {
  const zones = [...new Set(init.zones)].sort(compareUtf8);
  const bytes = signRecord(init.issuer, 'carrossel/ring-certificate/1', [
    FORMAT,
    fromHex(init.ring),
    publicKeyOf(init.subject),
    init.issuer.publicKey,
    init.serial,
    RIGHT.member | (init.admin ? RIGHT.admin : 0),
    init.maxCapacity,
    zones,
    Math.max(0, Math.trunc(init.issuedMs)),
  ]);
  return readCertificate(bytes);
}

/** Reads the form; who signed is checked by `verifyChain`. BAD_ENCODING, UNSUPPORTED_FORMAT. */
export function readCertificate(bytes: Uint8Array): RingCertificate {
  const what = 'ring certificate';
  return readRecord(bytes, { what, format: FORMAT, maxBytes: MAX_BYTES }, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const subject = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const issuer = fields.fixed(PUBLIC_KEY_BYTES);
    const serial = fields.uint();
    const rights = fields.uint(RIGHT.member, RIGHT.member | RIGHT.admin);
    const maxCapacity = fields.uint(0, MAX_CAPACITY);
    const zones = fields.list(MAX_ZONES, (one) => one.text(MAX_ZONE));
    const issuedMs = fields.uint();
    fields.fixed(SIGNATURE_BYTES);
    if ((rights & RIGHT.member) === 0) throw bad(what, 'does not make a member');
    if (zones.some((zone, i) => i > 0 && compareUtf8(zones[i - 1] ?? '', zone) >= 0)) {
      throw bad(what, 'has zones that are not in order');
    }
    const admin = (rights & RIGHT.admin) !== 0;
    const hash = sha256Hex(bytes) as Hash;
    return { ring, subject, issuer, serial, admin, maxCapacity, zones, issuedMs, bytes, hash };
  });
}

/** The certificates' bytes as one array; `decodeChain` reads them back. */
export function encodeChain(chain: Chain): Uint8Array {
  return encodeCbor([FORMAT, ...chain.map(({ bytes }) => bytes)]);
}

export function decodeChain(bytes: Uint8Array): Chain {
  const limits = { what: 'chain', format: FORMAT, maxBytes: MAX_CHAIN * (MAX_BYTES + 16) };
  return readRecord(bytes, limits, (fields) => {
    const chain: RingCertificate[] = [];
    while (!fields.done && chain.length < MAX_CHAIN) {
      chain.push(readCertificate(fields.bytes(MAX_BYTES)));
    }
    return chain;
  });
}

/** Names a chain as a whole: a member signs it into its own record. */
export function chainHash(chain: Chain): Hash {
  return sha256Hex(concatBytes(...chain.map(({ hash }) => fromHex(hash)))) as Hash;
}

/**
 * Checks that the chain leads from its first subject to the root of `ring`: every issuer an admin
 * under the next certificate, every signature good, no peer twice. Revocations: `checkInForce`.
 * @throws WRONG_RING, NOT_ADMIN, BAD_SIGNATURE, BAD_ENCODING (empty, too long, going in circles)
 */
export function verifyChain(chain: Chain, ring: RingId, verifier: Verifier): void {
  if (chain.length === 0 || chain.length > MAX_CHAIN) throw bad('chain', 'is empty or too long');
  if (new Set(chain.map(({ subject }) => subject)).size !== chain.length) {
    throw bad('chain', 'goes in circles');
  }
  for (const [i, certificate] of chain.entries()) {
    if (certificate.ring !== ring) throw wrongRing();
    const above = chain[i + 1];
    if (above === undefined) {
      if (!isRootOf(ring, certificate.issuer)) throw wrongRing();
    } else if (!equalBytes(certificate.issuer, publicKeyOf(above.subject))) {
      throw new AppError('BAD_SIGNATURE', 'A chain of certificates is broken.');
    } else if (!above.admin) {
      throw new AppError('NOT_ADMIN', 'A membership was signed by a peer that is no admin.');
    }
  }
  for (const { bytes, issuer } of chain) {
    const record = { bytes, count: COUNT };
    if (!isSignedBy(verifier, 'carrossel/ring-certificate/1', record, issuer)) {
      throw new AppError('BAD_SIGNATURE', 'The signature of a membership is wrong.');
    }
  }
}

function wrongRing(): AppError {
  return new AppError('WRONG_RING', 'This membership is of another ring.');
}
