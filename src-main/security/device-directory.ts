/**
 * Who acts for an account, worked out of its devices record: from the master down, level by level,
 * each certificate counting only when its issuer may certify and was not revoked by anybody above.
 * A pure function of the record's union, so every peer that has the same records agrees.
 */
import { AppError } from '../base/app-error.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import type { DeviceKey, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { isCertificateSigned, type AccountCertificate } from './account-certificate.ts';
import { isRevocationSigned, keptName, type AccountRevocation } from './account-revocation.ts';
import { openLabel, type DeviceLabel } from './device-label.ts';
import { unionRecords, type DevicesRecord } from './devices-record.ts';
import type { Verifier } from './ed25519.ts';
import type { Keyring } from './envelope.ts';
import { peerIdOf } from './peer-key.ts';
import type { SealKey } from './sealed-box.ts';
import { createKeyring, openSealingKeys } from './sealing-keys.ts';

export interface DeviceEntry {
  readonly device: DeviceKey;
  /** Peers it writes on; none for a certifier. */
  readonly peers: readonly PeerId[];
  /** The public keys in `peers`, same order. */
  readonly peerKeys: readonly Uint8Array[];
  readonly write: boolean;
  readonly certify: boolean;
  /** X25519: sealing keys are sealed to it. */
  readonly sealKey: Uint8Array;
  /** Set when it was taken off: the last counters that count, per store epoch. */
  readonly revoked: RevokedEntry | undefined;
  readonly certificates: readonly AccountCertificate[];
}

export interface RevokedEntry {
  readonly limits: ReadonlyMap<StoreEpoch, number>;
  /** Names (`keptName`) of what it signed that still counts. */
  readonly keep: ReadonlySet<string>;
}

export interface DeviceDirectory {
  readonly account: PartitionKey;
  /** The union of all records given. */
  readonly record: DevicesRecord;
  lookup(device: DeviceKey): DeviceEntry | undefined;
  /** All but the master, revoked ones included. */
  entries(): readonly DeviceEntry[];
  /** The master, or certified and not revoked: may get, list and watch. */
  mayRead(key: DeviceKey): boolean;
  /** The master, or a certifier that is not revoked. */
  mayCertify(key: DeviceKey): boolean;
  /** X25519 key of the master, once it is known: sealing keys are sealed to it too. */
  readonly masterSealKey: Uint8Array | undefined;
  /** The newest sealing key is known to a device that was revoked: start another. */
  readonly needsNewSealingKey: boolean;
}

/** Certificates between a device and the master (DESIGN: chains of at most 8). */
const MAX_LEVELS = 8;

export function createDeviceDirectory(
  init: { readonly account: PartitionKey; readonly records: readonly DevicesRecord[] },
  components: { readonly verifier: Verifier },
): DeviceDirectory {
  const { account } = init;
  const record = unionRecords(init.records);
  const nodes = growTree(account, record, components.verifier);
  const entries = [...nodes.values()].map(entryOf);
  const byKey = new Map(entries.map((entry) => [entry.device, entry]));
  const isMaster = (key: DeviceKey): boolean => (key as string) === (account as string);
  const inForce = (key: DeviceKey): DeviceEntry | undefined => {
    const entry = byKey.get(key);
    return entry?.revoked === undefined ? entry : undefined;
  };
  return {
    account,
    record,
    lookup: (device) => byKey.get(device),
    entries: () => entries,
    mayRead: (key) => isMaster(key) || inForce(key) !== undefined,
    mayCertify: (key) => isMaster(key) || inForce(key)?.certify === true,
    masterSealKey: masterSealKey(account, record, components.verifier),
    needsNewSealingKey: isNewestKeyLost(record, entries),
  };
}

/**
 * The sealing keys that `owner` has a box of: a device's or certifier's keys, or the master's.
 * @throws SEALED when there is none.
 */
export function openKeyring(
  directory: DeviceDirectory,
  owner: { readonly sealing: SealKey },
): Keyring {
  const { account, record } = directory;
  const keyring = createKeyring(openSealingKeys(account, record.sealingKeys, owner.sealing));
  if (keyring === undefined) {
    throw new AppError('SEALED', 'No key of this account has been sealed to this machine yet.');
  }
  return keyring;
}

/** What the device is called, and since when; undefined when no key of the keyring opens it. */
export function deviceLabel(
  entry: DeviceEntry,
  account: PartitionKey,
  keyring: Keyring,
): DeviceLabel | undefined {
  let latest: DeviceLabel | undefined;
  for (const { label } of entry.certificates) {
    const opened = openLabel(label, { account, device: entry.device }, keyring);
    if (opened !== undefined && opened.addedMs >= (latest?.addedMs ?? 0)) latest = opened;
  }
  return latest;
}

interface Node {
  readonly key: DeviceKey;
  readonly level: number;
  /** Keys between it and the master, in any of its chains. */
  readonly above: Set<string>;
  readonly certificates: AccountCertificate[];
  revoked: RevokedEntry | undefined;
}

/**
 * From the master down; who is at one level, and revoked, is settled before the next is looked at.
 */
function growTree(
  account: PartitionKey,
  record: DevicesRecord,
  verifier: Verifier,
): ReadonlyMap<DeviceKey, Node> {
  const nodes = new Map<DeviceKey, Node>();
  const ofAccount = record.certificates.filter((one) => one.account === account);
  const isFree = (key: DeviceKey, level: number): boolean =>
    (key as string) !== (account as string) && (nodes.get(key)?.level ?? level) === level;
  for (let level = 1; level <= MAX_LEVELS; level++) {
    const added: Node[] = [];
    for (const certificate of ofAccount) {
      const above = issuerAt(level - 1, certificate, account, nodes);
      if (above === undefined || !isFree(certificate.subject, level)) continue;
      if (!isCertificateSigned(certificate, verifier)) continue;
      const node = nodes.get(certificate.subject) ?? newNode(certificate.subject, level);
      if (!nodes.has(node.key)) added.push(node);
      nodes.set(node.key, node);
      node.certificates.push(certificate);
      for (const key of above) node.above.add(key);
    }
    for (const node of added) node.revoked = revokedBy(node, record.revocations, nodes, verifier);
    if (added.length === 0) break;
  }
  return nodes;
}

function newNode(key: DeviceKey, level: number): Node {
  return { key, level, above: new Set(), certificates: [], revoked: undefined };
}

/**
 * The keys above a certificate whose issuer stands at `level` and may certify it; else undefined.
 */
function issuerAt(
  level: number,
  certificate: AccountCertificate,
  account: PartitionKey,
  nodes: ReadonlyMap<DeviceKey, Node>,
): readonly string[] | undefined {
  const issuer = toHex(certificate.issuer);
  if (level === 0) return issuer === account ? [] : undefined;
  const node = nodes.get(issuer as DeviceKey);
  if (node?.level !== level || !node.certificates.some(({ certify }) => certify)) return undefined;
  return counts(certificate, node) ? [...node.above, issuer] : undefined;
}

/** The strictest of all revocations that count: smallest last counters, fewest acts kept. */
function revokedBy(
  node: Node,
  revocations: readonly AccountRevocation[],
  nodes: ReadonlyMap<DeviceKey, Node>,
  verifier: Verifier,
): RevokedEntry | undefined {
  let strictest: RevokedEntry | undefined;
  for (const revocation of revocations) {
    if (revocation.subject !== node.key) continue;
    const issuer = toHex(revocation.issuer);
    const account = node.certificates[0]?.account;
    if (revocation.account !== account) continue;
    const by = nodes.get(issuer as DeviceKey);
    const mayRevoke =
      issuer === account || (node.above.has(issuer) && by && counts(revocation, by));
    if (mayRevoke !== true || !isRevocationSigned(revocation, verifier)) continue;
    strictest = strictest === undefined ? revocation : stricter(strictest, revocation);
  }
  return strictest;
}

function stricter(a: RevokedEntry, b: RevokedEntry): RevokedEntry {
  const both = [...a.limits].filter(([epoch]) => b.limits.has(epoch));
  return {
    limits: new Map(both.map(([epoch, last]) => [epoch, Math.min(last, b.limits.get(epoch) ?? 0)])),
    keep: new Set([...a.keep].filter((name) => b.keep.has(name))),
  };
}

function counts(act: AccountCertificate | AccountRevocation, issuer: Node): boolean {
  return issuer.revoked === undefined || issuer.revoked.keep.has(keptName(act));
}

function entryOf(node: Node): DeviceEntry {
  const { certificates } = node;
  const peerKeys = certificates.flatMap(({ peer }) => (peer === undefined ? [] : [peer]));
  const revoked = node.revoked && { limits: node.revoked.limits, keep: node.revoked.keep };
  return {
    device: node.key,
    peers: peerKeys.map(peerIdOf),
    peerKeys,
    write: certificates.some(({ write }) => write),
    certify: certificates.some(({ certify }) => certify),
    sealKey: certificates[0]?.sealKey ?? new Uint8Array(32),
    revoked,
    certificates,
  };
}

/** The master certifies its own X25519 key to itself (`startRecord`). */
function masterSealKey(
  account: PartitionKey,
  record: DevicesRecord,
  verifier: Verifier,
): Uint8Array | undefined {
  const own = record.certificates.find(
    (one) =>
      one.account === account &&
      (one.subject as string) === (account as string) &&
      toHex(one.issuer) === (account as string) &&
      isCertificateSigned(one, verifier),
  );
  return own?.sealKey;
}

function isNewestKeyLost(record: DevicesRecord, entries: readonly DeviceEntry[]): boolean {
  const newest = record.sealingKeys.at(-1)?.number;
  const boxes = record.sealingKeys.flatMap((key) => (key.number === newest ? key.boxes : []));
  const lost = entries.filter(({ revoked }) => revoked !== undefined);
  return boxes.some(({ receiver }) => lost.some(({ sealKey }) => equalBytes(sealKey, receiver)));
}
