/**
 * Changing who acts for an account. Each function takes the directory as it is and returns the new
 * whole record, to be written as a version of `account#devices` (`devices-version.ts`).
 */
import { AppError } from '../base/app-error.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { DeviceKey, PartitionKey, StoreEpoch } from '../domain/ids.ts';
import {
  askedFields,
  issueAccountCertificate,
  type AccountCertificate,
  type AccountRights,
  type CertificateRequest,
} from './account-certificate.ts';
import type { AccountKeys, DeviceKeys } from './account-keys.ts';
import { issueAccountRevocation, keptName } from './account-revocation.ts';
import type { DeviceDirectory } from './device-directory.ts';
import { NO_LABEL, sealLabel, type DeviceLabel } from './device-label.ts';
import { unionRecords, type DevicesRecord, type SealedKey } from './devices-record.ts';
import type { SigningKey } from './ed25519.ts';
import type { Keyring, SealingKey } from './envelope.ts';
import type { PeerKey } from './peer-key.ts';
import { findKey, sealKeyFor } from './sealing-keys.ts';
import { signFields } from './signed-record.ts';

/** Who signs: the account's master, or a certifier of a shared cart. */
export interface Issuer {
  readonly signing: SigningKey;
}

/** A new account's record: the master's own X25519 key, and sealing key 1 sealed to it. */
export function startRecord(
  account: AccountKeys,
  components: { readonly random: Random },
): DevicesRecord {
  const request = requestCertificate({
    account: account.account,
    keys: {
      device: toHex(account.master.publicKey) as DeviceKey,
      signing: account.master,
      sealing: account.masterSeal,
    },
    issuer: account.master.publicKey,
  });
  const rights = { write: false, certify: true };
  const own = issueAccountCertificate(request, { rights, label: NO_LABEL }, account.master);
  const first = { number: 1, key: account.sealingKey(1) };
  const receivers = [account.masterSeal.publicKey];
  const sealed = sealKeyFor(account.account, first, receivers, components.random);
  return { certificates: [own], revocations: [], sealingKeys: [sealed] };
}

/** Asks the holder of `issuer` to certify the keys. */
export function requestCertificate(init: {
  readonly account: PartitionKey;
  readonly keys: DeviceKeys;
  /** Public key that is asked. */
  readonly issuer: Uint8Array;
  /** The machine the device is on; left out for a certifier. */
  readonly peer?: PeerKey | undefined;
}): CertificateRequest {
  const { account, keys, issuer, peer } = init;
  const asked = {
    account,
    subject: keys.device,
    sealKey: keys.sealing.publicKey,
    peer: peer?.publicKey,
    issuer,
  };
  const fields = askedFields(asked);
  const peerSignature =
    peer === undefined
      ? new Uint8Array(0)
      : signFields(peer, 'carrossel/account-request-peer/1', fields);
  const subjectSignature = signFields(keys.signing, 'carrossel/account-request/1', fields);
  return { ...asked, peerSignature, subjectSignature };
}

/**
 * The record with the request granted, and every sealing key of the keyring sealed to all who are
 * in force and lack a box of it.
 * @param input.request made here, or read by `decodeRequest`.
 * @param input.label none for a certifier.
 * @throws FORBIDDEN when the issuer may not certify, BAD_REQUEST for a request to another issuer.
 */
export function certify(
  input: {
    readonly directory: DeviceDirectory;
    readonly issuer: Issuer;
    readonly request: CertificateRequest;
    readonly rights: AccountRights;
    readonly keyring: Keyring;
    readonly label?: DeviceLabel | undefined;
  },
  components: { readonly random: Random },
): { record: DevicesRecord; certificate: AccountCertificate } {
  const { directory, issuer, request, rights, keyring } = input;
  const { account } = directory;
  checkIssuer(directory, issuer);
  const asksUs = equalBytes(request.issuer, issuer.signing.publicKey);
  if (request.account !== account || !asksUs) {
    throw new AppError('BAD_REQUEST', 'A certificate was asked of another key.');
  }
  const whose = { account, device: request.subject };
  const label =
    input.label === undefined
      ? NO_LABEL
      : sealLabel(input.label, whose, keyring.current, components.random);
  const certificate = issueAccountCertificate(request, { rights, label }, issuer.signing);
  const receivers = [...receiversOf(directory), request.sealKey];
  const sealed = missingBoxes(directory, keyring, receivers, components.random);
  const added = { certificates: [certificate], revocations: [], sealingKeys: sealed };
  return { record: unionRecords([directory.record, added]), certificate };
}

/**
 * The record with the device taken off and the next sealing key started. What the device certified
 * stays certified; revoke those one by one.
 * @param input.lastCounters of each of its store epochs, what was written before and still counts.
 * @param input.nextKey 32 bytes: `account.sealingKey(n + 1)`, or random for a shared cart.
 * @throws FORBIDDEN, NOT_FOUND
 */
export function revokeDevice(
  input: {
    readonly directory: DeviceDirectory;
    readonly issuer: Issuer;
    readonly device: DeviceKey;
    readonly lastCounters: ReadonlyMap<StoreEpoch, number>;
    readonly keyring: Keyring;
    readonly nextKey: Uint8Array;
  },
  components: { readonly random: Random },
): DevicesRecord {
  const { directory, issuer, device, keyring } = input;
  const { account, record } = directory;
  checkIssuer(directory, issuer);
  if (directory.lookup(device) === undefined) {
    throw new AppError('NOT_FOUND', 'This account knows no such device.');
  }
  const acts = [...record.certificates, ...record.revocations];
  const keep = acts.filter((act) => toHex(act.issuer) === (device as string)).map(keptName);
  const revocation = issueAccountRevocation(
    { account, subject: device, limits: input.lastCounters, keep: new Set(keep) },
    issuer.signing,
  );
  const receivers = receiversOf(directory, device);
  const newest = record.sealingKeys.at(-1)?.number ?? keyring.current.number;
  const next: SealingKey = { number: newest + 1, key: input.nextKey };
  const started = sealKeyFor(account, next, receivers, components.random);
  const filled = missingBoxes(directory, keyring, receivers, components.random);
  const added = {
    certificates: [],
    revocations: [revocation],
    sealingKeys: [...filled, started],
  };
  return unionRecords([record, added]);
}

function checkIssuer(directory: DeviceDirectory, issuer: Issuer): void {
  if (directory.mayCertify(toHex(issuer.signing.publicKey) as DeviceKey)) return;
  throw new AppError('FORBIDDEN', 'This key may not change who uses the account.');
}

/** X25519 keys of the master and of all in force, but for one device. */
function receiversOf(directory: DeviceDirectory, except?: DeviceKey): Uint8Array[] {
  const { masterSealKey } = directory;
  const devices = directory
    .entries()
    .filter(({ device, revoked }) => revoked === undefined && device !== except);
  const keys = devices.map(({ sealKey }) => sealKey);
  return masterSealKey === undefined ? keys : [masterSealKey, ...keys];
}

/** Boxes for receivers that lack one of a key we have. */
function missingBoxes(
  directory: DeviceDirectory,
  keyring: Keyring,
  receivers: readonly Uint8Array[],
  random: Random,
): SealedKey[] {
  return directory.record.sealingKeys.flatMap((sealedKey) => {
    const key = findKey(directory.account, keyring, sealedKey);
    const lacking = receivers.filter(
      (receiver) => !sealedKey.boxes.some((box) => equalBytes(box.receiver, receiver)),
    );
    if (key === undefined || lacking.length === 0) return [];
    return [sealKeyFor(directory.account, key, lacking, random)];
  });
}
