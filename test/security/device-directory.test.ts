import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import type { DeviceKey, PartitionKey } from '../../src-main/domain/ids.ts';
import { requestCertificate } from '../../src-main/security/account-admin.ts';
import {
  issueAccountCertificate,
  type CertificateRequest,
} from '../../src-main/security/account-certificate.ts';
import { deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { issueAccountRevocation } from '../../src-main/security/account-revocation.ts';
import {
  deviceLabel,
  openKeyring,
  type DeviceDirectory,
} from '../../src-main/security/device-directory.ts';
import { NO_LABEL } from '../../src-main/security/device-label.ts';
import {
  containsRecord,
  EMPTY_RECORD,
  encodeParts,
  unionRecords,
  type DevicesRecord,
} from '../../src-main/security/devices-record.ts';
import { account, accountKeys, directoryOf, machineOf, recordWith, seedOf } from './world.ts';

const certifierOf = (name: string) => deviceKeysFromSeed(seedOf(`${name} certifier`));
const master = accountKeys.master;

/** A certificate as raw as it gets: whoever asks and signs, whether or not they may. */
function forged(
  subject: string,
  issuer: { publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array },
  change: Partial<CertificateRequest> = {},
): DevicesRecord {
  const request = requestCertificate({
    account,
    keys: certifierOf(subject),
    issuer: issuer.publicKey,
  });
  const rights = { write: false, certify: true };
  const certificate = issueAccountCertificate(
    { ...request, ...change },
    { rights, label: NO_LABEL },
    issuer,
  );
  return { ...EMPTY_RECORD, certificates: [certificate] };
}
const chainOf = (...names: string[]): DevicesRecord =>
  unionRecords(
    names.map((name, i) =>
      forged(name, i === 0 ? master : certifierOf(names[i - 1] ?? '').signing),
    ),
  );
const revocation = (
  subject: string,
  issuer: Parameters<typeof issueAccountRevocation>[1],
  keep: readonly string[] = [],
): DevicesRecord => ({
  ...EMPTY_RECORD,
  revocations: [
    issueAccountRevocation(
      {
        account,
        subject: certifierOf(subject).device,
        limits: new Map(),
        keep: new Set(keep),
      },
      issuer,
    ),
  ],
});
const knows = (directory: DeviceDirectory, name: string): boolean =>
  directory.mayRead(certifierOf(name).device);

describe('a device directory', () => {
  it('knows the devices the master certified, with peer, rights and sealed name', () => {
    const directory = directoryOf(recordWith('ana', 'bia'));
    const { peer, device } = machineOf('ana');
    const entry = directory.lookup(device.device);
    expect(entry).toMatchObject({ peers: [peer.peerId], write: true, certify: false });
    expect(entry?.revoked).toBeUndefined();
    expect(directory.mayRead(device.device)).toBe(true);
    expect(directory.mayCertify(device.device)).toBe(false);
    expect(directory.mayRead(account as string as DeviceKey)).toBe(true);
    expect(directory.mayCertify(account as string as DeviceKey)).toBe(true);
    expect(directory.entries()).toHaveLength(2);
    const keyring = openKeyring(directory, machineOf('bia').device);
    expect(entry && deviceLabel(entry, account, keyring)).toEqual({
      name: 'ana',
      addedMs: 1_700_000_000_000,
    });
  });

  it('is the same whatever way the records were split and ordered', () => {
    const parts = [
      recordWith('ana', 'bia', 'carol'),
      chainOf('x', 'y', 'z'),
      revocation('y', certifierOf('x').signing),
      revocation('x', master),
    ];
    const whole = directoryOf(...parts);
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 4 }), fc.boolean(), (order, nested) => {
        const records = nested ? [unionRecords(order), ...order] : order;
        const directory = directoryOf(...records);
        expect(encodeParts(directory.record)).toEqual(encodeParts(whole.record));
        expect(directory.entries()).toEqual(whole.entries());
      }),
      { numRuns: 20 },
    );
    expect(containsRecord(whole.record, unionRecords(parts.slice(1)))).toBe(true);
    expect(containsRecord(unionRecords(parts.slice(1)), whole.record)).toBe(false);
  });

  it('follows chains of eight and no longer', () => {
    const names = Array.from({ length: 10 }, (_, i) => `c${i}`);
    const directory = directoryOf(chainOf(...names));
    expect(names.map((name) => knows(directory, name))).toEqual([
      ...Array<boolean>(8).fill(true),
      false,
      false,
    ]);
  });

  it('takes nothing from keys that hang in the air, or in a circle', () => {
    const [x, y] = [certifierOf('x').signing, certifierOf('y').signing];
    const circle = unionRecords([forged('x', y), forged('y', x), forged('x', x)]);
    expect(directoryOf(circle).entries()).toEqual([]);
    const closed = directoryOf(circle, forged('x', master));
    expect(knows(closed, 'x') && knows(closed, 'y')).toBe(true);
    expect(closed.lookup(certifierOf('x').device)?.certificates).toHaveLength(1);
  });

  it('takes no certificate that subject, peer or issuer did not sign', () => {
    const wrong = new Uint8Array(64);
    const stranger = certifierOf('stranger').signing;
    const { peer } = machineOf('ana');
    const cases = [
      forged('x', { ...master, sign: stranger.sign }),
      forged('x', master, { subjectSignature: wrong }),
      forged('x', master, { sealKey: seedOf('another key') }),
      forged('x', master, { peer: peer.publicKey, peerSignature: wrong }),
      forged('x', master, { account: toHex(seedOf('other')) as PartitionKey }),
      forged('x', master, { issuer: stranger.publicKey }),
    ];
    for (const [i, record] of cases.entries()) {
      expect(directoryOf(record).entries(), `case ${i}`).toEqual([]);
    }
  });

  it('does not let a device certify', () => {
    const { device } = machineOf('ana');
    const directory = directoryOf(recordWith('ana'), forged('x', device.signing));
    expect(knows(directory, 'x')).toBe(false);
  });

  it('never takes the master for its own device', () => {
    const directory = directoryOf(recordWith());
    expect(directory.entries()).toEqual([]);
    expect(directory.masterSealKey).toEqual(accountKeys.masterSeal.publicKey);
    const usurped = directoryOf(revocation('x', master));
    expect(usurped.mayCertify(account as string as DeviceKey)).toBe(true);
  });
});

describe('a revocation', () => {
  it('counts from the master and from certifiers above, not from beside or below', () => {
    const record = unionRecords([chainOf('x', 'y', 'z'), chainOf('beside')]);
    const after = (subject: string, by: string): boolean =>
      knows(directoryOf(record, revocation(subject, certifierOf(by).signing)), subject);
    expect(after('z', 'y')).toBe(false);
    expect(after('z', 'x')).toBe(false);
    expect(after('y', 'z')).toBe(true);
    expect(after('x', 'x')).toBe(true);
    expect(after('z', 'beside')).toBe(true);
    expect(knows(directoryOf(record, revocation('x', master)), 'x')).toBe(false);
  });

  it('does not come from who adopted the device without being asked', () => {
    const adopted = certifierOf('beside').signing;
    const record = unionRecords([
      chainOf('x', 'y'),
      chainOf('beside'),
      forged('y', adopted, { issuer: certifierOf('x').signing.publicKey }),
      revocation('y', adopted),
    ]);
    expect(knows(directoryOf(record), 'y')).toBe(true);
  });

  it('takes what the subject certified with it, but for what it keeps', () => {
    const record = chainOf('x', 'y', 'z');
    const y = record.certificates.find(({ subject }) => subject === certifierOf('y').device);
    const hard = directoryOf(record, revocation('x', master));
    expect(['x', 'y', 'z'].map((name) => knows(hard, name))).toEqual([false, false, false]);
    const soft = directoryOf(record, revocation('x', master, [y?.hash.slice(0, 32) ?? '']));
    expect(['x', 'y', 'z'].map((name) => knows(soft, name))).toEqual([false, true, true]);
    const late = directoryOf(
      record,
      revocation('x', master, [y?.hash.slice(0, 32) ?? '']),
      forged('late', certifierOf('x').signing),
      revocation('y', certifierOf('x').signing),
    );
    expect(['y', 'late'].map((name) => knows(late, name))).toEqual([true, false]);
  });
});
