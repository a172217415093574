/**
 * Who may act for an account: a certificate names a device key (or a certifier's), what it may do,
 * and the peer it writes on. Three keys sign it: the subject and its peer ask (so nobody can be
 * adopted into another's chain, nor a peer's dots be taken), the issuer grants.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { encodeCbor, type Cbor } from '../base/cbor.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { DeviceKey, Hash, PartitionKey } from '../domain/ids.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';
import { bad, readRecord, type Fields } from './positional.ts';
import { isSignedBy, labelled, signRecord } from './signed-record.ts';

/** What a key asks to be certified for; travels when the certifier is another machine. */
export interface CertificateRequest {
  readonly account: PartitionKey;
  readonly subject: DeviceKey;
  /** X25519: sealing keys are sealed to it. */
  readonly sealKey: Uint8Array;
  /** Public key of the peer it writes on; undefined for a certifier, which writes no values. */
  readonly peer: Uint8Array | undefined;
  /** Public key that is asked. */
  readonly issuer: Uint8Array;
  readonly peerSignature: Uint8Array;
  readonly subjectSignature: Uint8Array;
}

export interface AccountRights {
  /** May write items; needs a peer. */
  readonly write: boolean;
  /** May certify and revoke others, and write the devices record. */
  readonly certify: boolean;
}

/** The device's name and the time, sealed: owners of the account see neither (invariant 9). */
export interface SealedLabel {
  /** Number of the sealing key; 0 = no label. */
  readonly keyNumber: number;
  readonly sealed: Uint8Array;
}

export interface AccountCertificate extends CertificateRequest, AccountRights {
  readonly label: SealedLabel;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

const FORMAT = 1;
const COUNT = 12;
const MAX_LABEL_BYTES = 1024;
export const MAX_CERTIFICATE_BYTES = 2048;
const RIGHT = { write: 1, certify: 2 } as const;
const NOTHING = new Uint8Array(0);

export function encodeRequest(request: CertificateRequest): Uint8Array {
  return encodeCbor([...askedFields(request), request.peerSignature, request.subjectSignature]);
}

/**
 * Reads and checks a request from another machine. BAD_ENCODING, UNSUPPORTED_FORMAT, BAD_SIGNATURE
 */
export function decodeRequest(bytes: Uint8Array, verifier: Verifier): CertificateRequest {
  const limits = { what: 'certificate request', format: FORMAT, maxBytes: 1024 };
  const request = readRecord(bytes, limits, (fields) => {
    const asked = readAsked(fields);
    const peerSignature = readPeerSignature(fields, asked.peer);
    return { ...asked, peerSignature, subjectSignature: fields.fixed(SIGNATURE_BYTES) };
  });
  if (!isRequestSigned(request, verifier)) {
    throw new AppError('BAD_SIGNATURE', 'The signature of a certificate request is wrong.');
  }
  return request;
}

export function issueAccountCertificate(
  request: CertificateRequest,
  granted: { readonly rights: AccountRights; readonly label: SealedLabel },
  issuer: SigningKey,
): AccountCertificate {
  const { rights, label } = granted;
  const bytes = signRecord(issuer, 'carrossel/account-certificate/1', [
    ...askedFields(request),
    (rights.write ? RIGHT.write : 0) | (rights.certify ? RIGHT.certify : 0),
    label.keyNumber,
    label.sealed,
    request.peerSignature,
    request.subjectSignature,
  ]);
  return readAccountCertificate(bytes);
}

/** Reads the form. BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED */
export function readAccountCertificate(bytes: Uint8Array): AccountCertificate {
  const what = 'account certificate';
  const limits = { what, format: FORMAT, maxBytes: MAX_CERTIFICATE_BYTES };
  return readRecord(bytes, limits, (fields) => {
    const asked = readAsked(fields);
    const rights = fields.uint(0, RIGHT.write | RIGHT.certify);
    const keyNumber = fields.uint();
    const sealed = fields.bytes(MAX_LABEL_BYTES);
    const peerSignature = readPeerSignature(fields, asked.peer);
    const subjectSignature = fields.fixed(SIGNATURE_BYTES);
    fields.fixed(SIGNATURE_BYTES);
    const write = (rights & RIGHT.write) !== 0;
    const certify = (rights & RIGHT.certify) !== 0;
    if (write && asked.peer === undefined) throw bad(what, 'lets a key write on no peer');
    if ((keyNumber === 0) !== (sealed.length === 0)) throw bad(what, 'has half a label');
    const hash = sha256Hex(bytes) as Hash;
    const label = { keyNumber, sealed };
    return { ...asked, write, certify, label, peerSignature, subjectSignature, bytes, hash };
  });
}

/** True when subject, peer and issuer have signed. Whether the issuer may: the directory. */
export function isCertificateSigned(certificate: AccountCertificate, verifier: Verifier): boolean {
  const record = { bytes: certificate.bytes, count: COUNT };
  return (
    isSignedBy(verifier, 'carrossel/account-certificate/1', record, certificate.issuer) &&
    isRequestSigned(certificate, verifier)
  );
}

function isRequestSigned(request: CertificateRequest, verifier: Verifier): boolean {
  const body = encodeCbor(askedFields(request));
  const bySubject = labelled('carrossel/account-request/1', body);
  const byPeer = labelled('carrossel/account-request-peer/1', body);
  return (
    verifier.verifyOnce(fromHex(request.subject), bySubject, request.subjectSignature) &&
    (request.peer === undefined || verifier.verifyOnce(request.peer, byPeer, request.peerSignature))
  );
}

/** A request before it is signed. */
export type Asked = Omit<CertificateRequest, 'peerSignature' | 'subjectSignature'>;

/** What subject and peer sign, each under its own label. */
export function askedFields(asked: Asked): Cbor[] {
  return [
    FORMAT,
    fromHex(asked.account),
    fromHex(asked.subject),
    asked.sealKey,
    asked.peer ?? NOTHING,
    asked.issuer,
  ];
}

function readAsked(fields: Fields): Asked {
  const account = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as PartitionKey;
  const subject = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as DeviceKey;
  const sealKey = fields.fixed(32);
  const peer = fields.bytes(PUBLIC_KEY_BYTES);
  const issuer = fields.fixed(PUBLIC_KEY_BYTES);
  if (peer.length !== 0 && peer.length !== PUBLIC_KEY_BYTES) {
    throw bad('certificate', 'names half a peer');
  }
  return { account, subject, sealKey, peer: peer.length === 0 ? undefined : peer, issuer };
}

function readPeerSignature(fields: Fields, peer: Uint8Array | undefined): Uint8Array {
  const signature = fields.bytes(SIGNATURE_BYTES);
  if (signature.length !== (peer === undefined ? 0 : SIGNATURE_BYTES)) {
    throw bad('certificate', 'lacks the signature of its peer');
  }
  return signature;
}
