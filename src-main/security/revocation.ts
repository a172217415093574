/**
 * Taking trust back: a grow-only set of signed revocations (DESIGN §2 Admission and trust). Only
 * the root, or an admin above the member in its own chain, counts. A revocation also names, by
 * hash, the acts of its subject that still count, so that a stolen admin key cannot add to the past
 * (docs/decisions/0203).
 */
import { AppError } from '../base/app-error.ts';
import { equalBytes, fromHex, toHex } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PeerId, RingId } from '../domain/ids.ts';
import type { Chain } from './certificate.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';
import { peerIdOf, publicKeyOf } from './peer-key.ts';
import { bad, readRecord } from './positional.ts';
import { isRootOf } from './ring-keys.ts';
import { isSignedBy, signRecord } from './signed-record.ts';

export interface Revocation {
  readonly ring: RingId;
  readonly subject: PeerId;
  /** Public key of the root or of an admin. */
  readonly issuer: Uint8Array;
  /** Hashes (their first 16 bytes, hex) of what the subject signed that still counts. */
  readonly keep: ReadonlySet<string>;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

/** Something an admin signed: a certificate, a revocation or a settings record. */
export interface Act {
  readonly issuer: Uint8Array;
  readonly hash: Hash;
}

const FORMAT = 1;
const COUNT = 6;
const KEPT_BYTES = 16;
const MAX_KEPT = 1024;
const MAX_BYTES = 200 + MAX_KEPT * (KEPT_BYTES + 1);

/** @param init.keep what the subject signed that still counts (`keptActsOf`). LIMIT_EXCEEDED */
export function issueRevocation(init: {
  readonly ring: RingId;
  readonly subject: PeerId;
  readonly issuer: SigningKey;
  readonly keep: readonly Act[];
}): Revocation {
  const keep = [...new Set(init.keep.map(keptName))].sort();
  if (keep.length > MAX_KEPT) {
    throw new AppError('LIMIT_EXCEEDED', 'This member has let too many others in to keep them.');
  }
  const bytes = signRecord(init.issuer, 'carrossel/ring-revocation/1', [
    FORMAT,
    fromHex(init.ring),
    publicKeyOf(init.subject),
    init.issuer.publicKey,
    keep.map(fromHex),
  ]);
  return readRevocation(bytes);
}

/** Reads the form. BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED */
export function readRevocation(bytes: Uint8Array): Revocation {
  const what = 'revocation';
  return readRecord(bytes, { what, format: FORMAT, maxBytes: MAX_BYTES }, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const subject = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const issuer = fields.fixed(PUBLIC_KEY_BYTES);
    const keep = fields.list(MAX_KEPT, (one) => toHex(one.fixed(KEPT_BYTES)));
    fields.fixed(SIGNATURE_BYTES);
    if (keep.some((one, i) => i > 0 && (keep[i - 1] ?? '') >= one)) {
      throw bad(what, 'keeps acts that are not in order');
    }
    return { ring, subject, issuer, keep: new Set(keep), bytes, hash: sha256Hex(bytes) as Hash };
  });
}

/**
 * Checks ring and signature. Whether the issuer may revoke the subject is a question of the
 * subject's chain, asked by `checkInForce` each time.
 * @throws WRONG_RING, BAD_SIGNATURE
 */
export function verifyRevocation(revocation: Revocation, ring: RingId, verifier: Verifier): void {
  if (revocation.ring !== ring) {
    throw new AppError('WRONG_RING', 'This revocation is of another ring.');
  }
  const record = { bytes: revocation.bytes, count: COUNT };
  if (!isSignedBy(verifier, 'carrossel/ring-revocation/1', record, revocation.issuer)) {
    throw new AppError('BAD_SIGNATURE', 'The signature of a revocation is wrong.');
  }
}

/**
 * Checks that nothing above the member in its chain has taken its trust back. The revocations have
 * to be verified ones; the order does not matter.
 * @throws REVOKED
 */
export function checkInForce(chain: Chain, revocations: readonly Revocation[]): void {
  const keeps = keptOfChain(chain, revocations);
  const leaf = chain[0];
  const broken = chain.some(
    (certificate, i) => i + 1 < chain.length && !counts(certificate, keeps[i + 1]),
  );
  if (leaf === undefined || keeps[0] !== undefined || broken) {
    throw new AppError('REVOKED', 'This member was taken out of the ring.');
  }
}

/** True when the act counts: its issuer (the leaf of the chain) is in force, or it was kept. */
export function actCounts(act: Act, chain: Chain, revocations: readonly Revocation[]): boolean {
  const keeps = keptOfChain(chain, revocations);
  const sound = chain.every(
    (certificate, i) => i + 1 === chain.length || counts(certificate, keeps[i + 1]),
  );
  return sound && counts(act, keeps[0]);
}

/** All that the subject has signed, of what is known here: what a revocation keeps in force. */
export function keptActsOf(
  subject: PeerId,
  known: {
    readonly chains: readonly Chain[];
    readonly revocations: readonly Revocation[];
    readonly settings: readonly Act[];
  },
): readonly Act[] {
  const key = publicKeyOf(subject);
  const acts: readonly Act[] = [...known.chains.flat(), ...known.revocations, ...known.settings];
  return acts.filter(({ issuer }) => equalBytes(issuer, key));
}

/** For each place of the chain what its subject's revocations keep; undefined: not revoked. */
type Kept = ReadonlySet<string> | undefined;

/** From the root down, since who may revoke depends on who was revoked above. */
function keptOfChain(chain: Chain, revocations: readonly Revocation[]): readonly Kept[] {
  const keeps: Kept[] = chain.map(() => undefined);
  for (let i = chain.length - 1; i >= 0; i--) {
    const certificate = chain[i];
    if (certificate === undefined) continue;
    for (const revocation of revocations) {
      if (revocation.subject !== certificate.subject) continue;
      if (!mayRevoke(revocation, chain, i, keeps)) continue;
      const before = keeps[i];
      keeps[i] =
        before === undefined
          ? revocation.keep
          : new Set([...before].filter((one) => revocation.keep.has(one)));
    }
  }
  return keeps;
}

function mayRevoke(
  revocation: Revocation,
  chain: Chain,
  at: number,
  keeps: readonly Kept[],
): boolean {
  if (isRootOf(revocation.ring, revocation.issuer)) return true;
  const issuer = peerIdOf(revocation.issuer);
  const above = chain.findIndex(({ subject }, i) => i > at && subject === issuer);
  return above >= 0 && counts(revocation, keeps[above]);
}

function counts(act: Act, kept: Kept): boolean {
  return kept === undefined || kept.has(keptName(act));
}

function keptName(act: Act): string {
  return act.hash.slice(0, KEPT_BYTES * 2);
}
