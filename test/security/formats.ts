import { toHex, utf8 } from '../../src-main/base/bytes.ts';
import type { ActorId } from '../../src-main/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../src-main/domain/member.ts';
import { requestCertificate, revokeDevice } from '../../src-main/security/account-admin.ts';
import {
  decodeRequest,
  encodeRequest,
  readAccountCertificate,
} from '../../src-main/security/account-certificate.ts';
import { indexKeyOf, opaqueId } from '../../src-main/security/account-keys.ts';
import { readAccountRevocation } from '../../src-main/security/account-revocation.ts';
import { decodeChain, encodeChain, readCertificate } from '../../src-main/security/certificate.ts';
import { readDevicesRecord } from '../../src-main/security/devices-record.ts';
import { issueDevices } from '../../src-main/security/devices-version.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { openEnvelope } from '../../src-main/security/envelope.ts';
import * as invites from '../../src-main/security/invite.ts';
import * as members from '../../src-main/security/member-record.ts';
import { issueRevocation, readRevocation } from '../../src-main/security/revocation.ts';
import { issueSettings, readSettings } from '../../src-main/security/ring-settings.ts';
import { createSealKey, sealTo } from '../../src-main/security/sealed-box.ts';
import { sessionProofBytes } from '../../src-main/security/session.ts';
import * as shares from '../../src-main/security/share-link.ts';
import { chainTo, memberOf, peerOf } from './ring-world.ts';
import * as world from './world.ts';

/** One format: how its bytes are made from fixed seeds, and what reading them says. */
export interface Format {
  readonly name: string;
  make(): Uint8Array | string;
  read(bytes: Uint8Array, text: string): unknown;
}

const { account, accountKeys, ringKeys, namedRandom, machineOf, EPOCH } = world;
const { ring, root } = ringKeys;
const NOW = 1_700_000_000_000;
const ana = machineOf('ana');
const maker = peerOf('maker').peerId;
const newcomer = peerOf('newcomer').peerId;
const nonce = namedRandom('nonce').bytes(32);
const keyring = world.masterKeyring(world.directoryOf(world.recordWith()));
const readVersion = (bytes: Uint8Array): unknown => {
  const version = readEnvelope(bytes);
  return { version, sealed: openEnvelope(version, keyring) };
};
const address = `/ip4/192.168.1.20/tcp/4001/p2p/${maker}`;

const versions: readonly Format[] = [
  { name: 'version/value', make: () => world.written('ana').bytes, read: readVersion },
  {
    name: 'version/context',
    make: () => {
      const context = new Map([
        ['ee'.repeat(16) as ActorId, [[1, 4] as const, [6, 6] as const]],
        ['00'.repeat(16) as ActorId, [[2, 2 ** 52] as const]],
        [ana.actor, [[1, 23] as const]],
      ]);
      return world.written('ana', { counter: 25, sortKey: 'cart#ação', context }).bytes;
    },
    read: readVersion,
  },
  {
    name: 'version/tombstone',
    make: () => world.written('bia', { kind: 'tombstone', counter: 3 }).bytes,
    read: readVersion,
  },
];

const directory = world.directoryOf(world.recordWith('ana', 'bia'));
const revoked = (): ReturnType<typeof revokeDevice> =>
  revokeDevice(
    {
      directory,
      issuer: { signing: accountKeys.master },
      device: machineOf('bia').device.device,
      lastCounters: new Map([[EPOCH, 5]]),
      keyring: world.masterKeyring(directory),
      nextKey: accountKeys.sealingKey(2),
    },
    { random: namedRandom('revoke') },
  );
const request = (): Uint8Array =>
  encodeRequest(
    requestCertificate({
      account,
      keys: ana.device,
      issuer: accountKeys.master.publicKey,
      peer: ana.peer,
    }),
  );

const accounts: readonly Format[] = [
  {
    name: 'account/devices',
    make: () =>
      issueDevices({
        ring,
        account,
        actor: ana.actor,
        counter: 2,
        context: new Map(),
        epoch: EPOCH,
        signer: accountKeys.master,
        peer: ana.peer,
        record: revoked(),
      }).bytes,
    read: (bytes) => {
      const version = readEnvelope(bytes);
      const record = readDevicesRecord(version);
      const { record: union, ...rest } = world.directoryOf(record);
      return { version, record, entries: rest.entries(), keys: union.sealingKeys.length };
    },
  },
  {
    name: 'account/certificate',
    make: () => directory.lookup(ana.device.device)?.certificates[0]?.bytes ?? '',
    read: readAccountCertificate,
  },
  {
    name: 'account/revocation',
    make: () => revoked().revocations[0]?.bytes ?? '',
    read: readAccountRevocation,
  },
  { name: 'account/request', make: request, read: (bytes) => decodeRequest(bytes, world.verifier) },
  {
    name: 'account/session-proof',
    make: () =>
      sessionProofBytes({
        ring,
        account,
        nonce,
        prover: ana.peer.peerId,
        verifier: maker,
        device: ana.device.device,
      }),
    read: (bytes) => ({ signature: ana.device.signing.sign(bytes) }),
  },
  {
    name: 'account/sealed-box',
    make: () =>
      sealTo(
        createSealKey(world.seedOf('receiver')).publicKey,
        utf8('a key'),
        utf8('for'),
        namedRandom('box'),
      ),
    read: (bytes) => createSealKey(world.seedOf('receiver')).open(bytes, utf8('for')),
  },
  {
    name: 'account/keys',
    make: () => accountKeys.account,
    read: () => ({
      masterSeal: accountKeys.masterSeal.publicKey,
      sealingKeys: [accountKeys.sealingKey(1), accountKeys.sealingKey(2)],
      device: ana.device.device,
      deviceSeal: ana.device.sealing.publicKey,
      peer: ana.peer.peerId,
      actor: ana.actor,
      cart: opaqueId(indexKeyOf(accountKeys.sealingKey(1)), 'cart', 'Groceries'),
    }),
  },
];

const chain = chainTo('a', 'b');
const rings: readonly Format[] = [
  { name: 'ring/id', make: () => ring, read: () => ({ root: root.publicKey }) },
  { name: 'ring/certificate', make: () => chain[0]?.bytes ?? '', read: readCertificate },
  { name: 'ring/chain', make: () => encodeChain(chain), read: decodeChain },
  {
    name: 'ring/revocation',
    make: () =>
      issueRevocation({ ring, subject: peerOf('b').peerId, issuer: root, keep: [...chain] }).bytes,
    read: readRevocation,
  },
  {
    name: 'ring/settings',
    make: () => issueSettings({ ring, settings: DEFAULT_SETTINGS, issuer: root }).bytes,
    read: readSettings,
  },
  {
    name: 'ring/settings-retired',
    make: () => {
      const retired = [{ peer: peerOf('b').peerId, epochCounter: 2 }];
      const settings = { ...DEFAULT_SETTINGS, number: 2, retired };
      return issueSettings({ ring: ringKeys.ring, settings, issuer: ringKeys.root }).bytes;
    },
    read: readSettings,
  },
  {
    name: 'ring/member-record',
    make: () => memberOf('b', chain).bytes,
    read: members.readMemberRecord,
  },
  {
    name: 'ring/member-record-moving',
    make: () => {
      const wanted = { capacity: 0, steady: true, host: '11'.repeat(16), zone: 'kitchen' };
      return memberOf('b', chain, { state: 'leaving', wanted }).bytes;
    },
    read: members.readMemberRecord,
  },
  {
    name: 'ring/member-entry',
    make: () => members.encodeMemberEntry({ record: memberOf('b', chain), chain }),
    read: members.decodeMemberEntry,
  },
];

const invite = (): invites.Invite =>
  invites.newInvite(
    {
      ring,
      maker,
      expiryMs: NOW + 86_400_000,
      grant: { admin: true, maxCapacity: 6400, zones: ['attic'] },
    },
    { random: namedRandom('invite') },
  );
const joinProof = (): Uint8Array =>
  invites.joinProof(invite().secret, { ring, maker, newcomer, nonce });
const share = (): shares.Share =>
  shares.newShare({ ring, account, maker, expiryMs: NOW }, { random: namedRandom('share') });
const claim = { ring, account, maker, redeemer: newcomer, nonce, request: request() };

const offers: readonly Format[] = [
  {
    name: 'invite/link',
    make: () => invites.inviteLink(invite(), [address]),
    read: (_, text) => invites.parseInviteLink(text),
  },
  { name: 'invite/open', make: () => invites.encodeInvite(invite()), read: invites.decodeInvite },
  {
    name: 'invite/spent',
    make: () => {
      const proof = joinProof();
      const attempt = { newcomer, nonce, proof, nowMs: NOW, serial: 9 };
      return invites.encodeInvite(invites.redeemInvite(invite(), attempt).invite);
    },
    read: (bytes) => {
      const spent = invites.decodeInvite(bytes);
      return { spent, certificate: invites.certificateOf(spent, peerOf('maker')).hash };
    },
  },
  { name: 'invite/proof', make: joinProof, read: (bytes) => toHex(bytes) },
  {
    name: 'share/link',
    make: () => shares.shareLink(share(), accountKeys.master.publicKey, [address]),
    read: (_, text) => shares.parseShareLink(text),
  },
  { name: 'share/open', make: () => shares.encodeShare(share()), read: shares.decodeShare },
  {
    name: 'share/proof',
    make: () => shares.shareProof(share().secret, claim),
    read: (bytes) => toHex(bytes),
  },
];

export const FORMATS: readonly Format[] = [...versions, ...accounts, ...rings, ...offers];

/** What was read, as JSON: bytes in hex, maps and sets as lists, without the whole bytes again. */
export function inWords(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Map) return [...value].map(inWords);
  if (value instanceof Set) return [...value].map(inWords);
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, part]) => name !== 'bytes' && part !== undefined && typeof part !== 'function',
  );
  return Object.fromEntries(entries.map(([name, part]) => [name, inWords(part)]));
}
