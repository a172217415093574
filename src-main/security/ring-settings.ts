/**
 * The ring's settings as a signed, numbered record; the greatest (number, hash) wins (DESIGN §1).
 */
import { AppError } from '../base/app-error.ts';
import { equalBytes, fromHex, toHex } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, RingId } from '../domain/ids.ts';
import type { RingSettings } from '../domain/member.ts';
import { verifyChain, type Chain } from './certificate.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';
import { peerIdOf, publicKeyOf } from './peer-key.ts';
import { bad, readRecord } from './positional.ts';
import { actCounts, type Revocation } from './revocation.ts';
import { isRootOf } from './ring-keys.ts';
import { isSignedBy, signRecord } from './signed-record.ts';

export interface SignedSettings {
  readonly ring: RingId;
  readonly settings: RingSettings;
  /** Public key of the root or of an admin. */
  readonly issuer: Uint8Array;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

const FORMAT = 1;
const COUNT = 10;
const MAX_BYTES = 65_536;
const MAX_RETIRED = 1000;
const MAX_COPIES = 64;
const MAX_PARTITIONS = 65_536;

export function issueSettings(init: {
  readonly ring: RingId;
  readonly settings: RingSettings;
  readonly issuer: SigningKey;
}): SignedSettings {
  const { number, n, r, w, q, retired = [] } = init.settings;
  const bytes = signRecord(init.issuer, 'carrossel/ring-settings/1', [
    FORMAT,
    fromHex(init.ring),
    number,
    n === 'auto' ? 0 : n,
    r,
    w,
    q,
    retired.map((one) => [publicKeyOf(one.peer), one.epochCounter]),
    init.issuer.publicKey,
  ]);
  return readSettings(bytes);
}

/** Reads the form. BAD_ENCODING, UNSUPPORTED_FORMAT */
export function readSettings(bytes: Uint8Array): SignedSettings {
  const what = 'settings record';
  return readRecord(bytes, { what, format: FORMAT, maxBytes: MAX_BYTES }, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const number = fields.uint(1);
    const copies = fields.uint(0, MAX_COPIES);
    const n: RingSettings['n'] = copies === 0 ? 'auto' : copies;
    const most = copies === 0 ? MAX_COPIES : copies;
    const r = fields.uint(1, most);
    const w = fields.uint(1, most);
    const q = fields.uint(1, MAX_PARTITIONS);
    const retired = fields.list(MAX_RETIRED, (list) =>
      list.nested((one) => ({
        peer: peerIdOf(one.fixed(PUBLIC_KEY_BYTES)),
        epochCounter: one.uint(),
      })),
    );
    const issuer = fields.fixed(PUBLIC_KEY_BYTES);
    fields.fixed(SIGNATURE_BYTES);
    if ((q & (q - 1)) !== 0) throw bad(what, 'has partitions that are no power of two');
    return {
      ring,
      settings: { number, n, r, w, q, ...(retired.length > 0 && { retired }) },
      issuer,
      bytes,
      hash: sha256Hex(bytes) as Hash,
    };
  });
}

/**
 * @param chain the issuer's; [] when the root signed.
 * @throws WRONG_RING, NOT_ADMIN, REVOKED, BAD_SIGNATURE
 */
export function verifySettings(
  signed: SignedSettings,
  chain: Chain,
  ring: RingId,
  revocations: readonly Revocation[],
  verifier: Verifier,
): void {
  if (signed.ring !== ring) throw new AppError('WRONG_RING', 'Settings of another ring.');
  const leaf = chain[0];
  if (leaf === undefined) {
    if (!isRootOf(ring, signed.issuer)) throw notAdmin();
  } else {
    verifyChain(chain, ring, verifier);
    if (!leaf.admin || !equalBytes(publicKeyOf(leaf.subject), signed.issuer)) throw notAdmin();
    if (!actCounts(signed, chain, revocations)) {
      throw new AppError('REVOKED', 'These settings were signed by a member that was taken out.');
    }
  }
  const record = { bytes: signed.bytes, count: COUNT };
  if (!isSignedBy(verifier, 'carrossel/ring-settings/1', record, signed.issuer)) {
    throw new AppError('BAD_SIGNATURE', 'The signature of the ring settings is wrong.');
  }
}

/** The one that is in force of the two: commutative, so every member ends with the same. */
export function greaterSettings(a: SignedSettings, b: SignedSettings): SignedSettings {
  const byNumber = a.settings.number - b.settings.number;
  if (byNumber !== 0) return byNumber > 0 ? a : b;
  return a.hash >= b.hash ? a : b;
}

function notAdmin(): AppError {
  return new AppError('NOT_ADMIN', 'The ring settings were signed by a peer that is no admin.');
}
