/**
 * Sharing a cart: a link with a one-time secret, redeemed at its maker for a certificate (DESIGN
 * §2: "a share link is a one-time request for a certificate; it carries no seed"). The redeemer
 * makes a certifier key of its own and asks to have it certified for the shared account.
 */
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { encodeCbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import type { PartitionKey, PeerId, RingId } from '../domain/ids.ts';
import { PUBLIC_KEY_BYTES } from './ed25519.ts';
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

export interface Share extends Offer {
  readonly ring: RingId;
  /** The shared account. */
  readonly account: PartitionKey;
  readonly maker: PeerId;
}

export interface ShareLink {
  readonly id: string;
  readonly ring: RingId;
  readonly account: PartitionKey;
  readonly maker: PeerId;
  /** Public key of the certifier that will sign: what `requestCertificate` asks. */
  readonly issuer: Uint8Array;
  readonly secret: Uint8Array;
  readonly expiryMs: number;
  readonly addresses: readonly string[];
}

export type ShareOutcome =
  | { readonly outcome: 'admit' | 'again'; readonly share: Share }
  | { readonly outcome: 'refused'; readonly code: OfferRefusal; readonly share: Share };

/** What a proof is bound to. */
export interface ShareClaim {
  readonly ring: RingId;
  readonly account: PartitionKey;
  readonly maker: PeerId;
  readonly redeemer: PeerId;
  /** The session nonce both ends know (`transport.sessionNonce`). */
  readonly nonce: Uint8Array;
  /** The certificate request's bytes (`encodeRequest`). */
  readonly request: Uint8Array;
}

const FORMAT = 1;
const MAX_BYTES = 4096;
const PROOF_LABEL = utf8('carrossel/share-proof/1');

export function newShare(
  init: Pick<Share, 'ring' | 'account' | 'maker' | 'expiryMs'>,
  components: { readonly random: Random },
): Share {
  return { ...init, ...newOffer(init.expiryMs, components.random) };
}

/** @param issuer public key of the certifier that will sign. */
export function shareLink(share: Share, issuer: Uint8Array, addresses: readonly string[]): string {
  const record = encodeCbor([
    FORMAT,
    fromHex(share.ring),
    fromHex(share.account),
    publicKeyOf(share.maker),
    issuer,
    share.secret,
    share.expiryMs,
    linkAddresses(addresses),
  ]);
  return linkText('share', record);
}

/** @throws INVALID_LINK, UNSUPPORTED_FORMAT. Expiry is not checked: the maker's clock counts. */
export function parseShareLink(text: string): ShareLink {
  return readLink(text, 'share', FORMAT, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const account = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as PartitionKey;
    const maker = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const issuer = fields.fixed(PUBLIC_KEY_BYTES);
    const secret = fields.fixed(SECRET_BYTES);
    const expiryMs = fields.uint();
    const addresses = readAddresses(fields);
    return { id: offerIdOf(secret), ring, account, maker, issuer, secret, expiryMs, addresses };
  });
}

/** HMAC-SHA256(secret, label ‖ ring ‖ account ‖ maker ‖ redeemer ‖ H(nonce) ‖ H(request)). */
export function shareProof(secret: Uint8Array, claim: ShareClaim): Uint8Array {
  const message = concatBytes(
    PROOF_LABEL,
    fromHex(claim.ring),
    fromHex(claim.account),
    publicKeyOf(claim.maker),
    publicKeyOf(claim.redeemer),
    sha256(claim.nonce),
    sha256(claim.request),
  );
  return hmacSha256(secret, message);
}

/**
 * Judges a redeemer's proof. Whatever comes out: store `share` durably first, then act. 'again'
 * comes only for the same peer with the same request.
 */
export function redeemShare(
  share: Share,
  attempt: {
    readonly redeemer: PeerId;
    readonly nonce: Uint8Array;
    readonly request: Uint8Array;
    readonly proof: Uint8Array;
    readonly nowMs: number;
  },
): ShareOutcome {
  const { redeemer, nonce, request, proof, nowMs } = attempt;
  const { ring, account, maker } = share;
  const claim = { ring, account, maker, redeemer, nonce, request };
  const proven = equalSecrets(proof, shareProof(share.secret, claim));
  const judged = judgeAttempt(share, {
    proven,
    newcomer: redeemer,
    nowMs,
    serial: 0,
    asked: sha256(request),
  });
  const next: Share = judged.offer === share ? share : { ...judged.offer, ring, account, maker };
  return judged.outcome === 'refused'
    ? { outcome: 'refused', code: judged.code, share: next }
    : { outcome: judged.outcome, share: next };
}

export function closeShare(share: Share): Share {
  return closeOffer(share);
}

/** For the maker's disk. */
export function encodeShare(share: Share): Uint8Array {
  return encodeCbor([
    FORMAT,
    fromHex(share.ring),
    fromHex(share.account),
    publicKeyOf(share.maker),
    offerFields(share),
  ]);
}

/** @throws BAD_ENCODING, UNSUPPORTED_FORMAT */
export function decodeShare(bytes: Uint8Array): Share {
  const limits = { what: 'share', format: FORMAT, maxBytes: MAX_BYTES };
  return readRecord(bytes, limits, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const account = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as PartitionKey;
    const maker = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    return { ring, account, maker, ...fields.nested(readOffer) };
  });
}
