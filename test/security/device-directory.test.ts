import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { toHex } from '../../src-main/base/bytes.ts';
import type { DeviceKey, PartitionKey } from '../../src-main/domain/ids.ts';
import {
  certify,
  requestCertificate,
  revokeDevice,
  startRecord,
} from '../../src-main/security/account-admin.ts';
import {
  decodeRequest,
  encodeRequest,
  issueAccountCertificate,
  type CertificateRequest,
} from '../../src-main/security/account-certificate.ts';
import { accountKeysFromSeed, deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { issueAccountRevocation } from '../../src-main/security/account-revocation.ts';
import {
  createDeviceDirectory,
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
import {
  account,
  accountKeys,
  directoryOf,
  machineOf,
  masterKeyring,
  namedRandom,
  recordWith,
  seedOf,
  verifier,
  withDevice,
} from './world.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : `not ours: ${String(error)}`;
  }
};
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

describe('sealing keys', () => {
  it('reach every device, the certifiers and the master, and nobody else', () => {
    const record = recordWith('ana', 'bia');
    const directory = directoryOf(record);
    const expected = accountKeys.sealingKey(1);
    for (const owner of [
      machineOf('ana').device,
      machineOf('bia').device,
      { sealing: accountKeys.masterSeal },
    ]) {
      const keyring = openKeyring(directory, owner);
      expect(keyring.current).toEqual({ number: 1, key: expected });
      expect(keyring.get(1)).toEqual([expected]);
      expect(keyring.get(2)).toEqual([]);
    }
    expect(codeOf(() => openKeyring(directory, machineOf('eve').device))).toBe('SEALED');
    expect(Buffer.from(encodeParts(record)).includes(Buffer.from(expected))).toBe(false);
  });

  it('start anew when a device is revoked, and the device does not get the next', () => {
    const directory = directoryOf(recordWith('ana', 'bia'));
    const after = directoryOf(revoke(directory, 'bia'));
    const key2 = accountKeys.sealingKey(2);
    expect(openKeyring(after, machineOf('ana').device).current).toEqual({ number: 2, key: key2 });
    expect(masterKeyring(after).get(2)).toEqual([key2]);
    const lost = openKeyring(after, machineOf('bia').device);
    expect(lost.current.number).toBe(1);
    expect(lost.get(2)).toEqual([]);
    expect(after.needsNewSealingKey).toBe(false);
    const later = directoryOf(withDevice(after.record, 'carol'));
    expect(openKeyring(later, machineOf('carol').device).current.number).toBe(2);
    expect(openKeyring(later, machineOf('carol').device).get(1)).toHaveLength(1);
  });

  it('are seen to need a successor when two revocations apart each told the other', () => {
    const directory = directoryOf(recordWith('ana', 'bia', 'carol'));
    const both = directoryOf(revoke(directory, 'bia'), revoke(directory, 'carol'));
    expect(both.needsNewSealingKey).toBe(true);
    const again = directoryOf(revoke(both, 'bia', 3));
    expect(again.needsNewSealingKey).toBe(false);
    expect(openKeyring(again, machineOf('ana').device).current.number).toBe(3);
    expect(openKeyring(again, machineOf('carol').device).current.number).toBe(2);
  });

  it('made apart under one number are both kept, and everybody writes with the same one', () => {
    const directory = directoryOf(recordWith('ana', 'bia', 'carol'));
    const random = (name: string): Uint8Array => seedOf(name);
    const one = revoke(directory, 'carol', 2, random('one'));
    const two = revoke(directory, 'carol', 2, random('two'));
    const union = directoryOf(one, two);
    const [a, b] = ['ana', 'bia'].map((name) => openKeyring(union, machineOf(name).device));
    expect(a?.get(2)).toHaveLength(2);
    expect(a?.current).toEqual(b?.current);
  });

  it('in a box that does not fit its commitment are no keys', () => {
    const record = recordWith('ana');
    const [key] = record.sealingKeys;
    const wrong = {
      ...record,
      sealingKeys: key ? [{ ...key, commitment: new Uint8Array(16) }] : [],
    };
    expect(codeOf(() => openKeyring(directoryOf(wrong), machineOf('ana').device))).toBe('SEALED');
  });

  function revoke(
    directory: DeviceDirectory,
    name: string,
    number = 2,
    nextKey = accountKeys.sealingKey(number),
  ): DevicesRecord {
    return revokeDevice(
      {
        directory,
        issuer: { signing: master },
        device: machineOf(name).device.device,
        lastCounters: new Map(),
        keyring: masterKeyring(directory),
        nextKey,
      },
      { random: namedRandom(`revoke ${name}`) },
    );
  }
});

describe('a shared cart', () => {
  it('goes on without its master: certifiers let in others, who let in theirs', () => {
    const random = namedRandom('shared');
    const shared = accountKeysFromSeed(random.bytes(64));
    const directoryFor = (record: DevicesRecord): DeviceDirectory =>
      createDeviceDirectory({ account: shared.account, records: [record] }, { verifier });
    const [maker, guest] = [certifierOf('maker'), certifierOf('guest')];
    const first = directoryFor(startRecord(shared, { random }));
    const grant = (
      directory: DeviceDirectory,
      issuer: typeof maker,
      request: CertificateRequest,
      rights: { write: boolean; certify: boolean },
    ): DeviceDirectory =>
      directoryFor(
        certify(
          {
            directory,
            issuer: { signing: issuer.signing },
            request,
            rights,
            keyring: openKeyring(directory, issuer),
          },
          { random },
        ).record,
      );
    const made = directoryFor(
      certify(
        {
          directory: first,
          issuer: { signing: shared.master },
          request: requestCertificate({
            account: shared.account,
            keys: maker,
            issuer: shared.master.publicKey,
          }),
          rights: { write: false, certify: true },
          keyring: openKeyring(first, { sealing: shared.masterSeal }),
        },
        { random },
      ).record,
    );
    const asked = requestCertificate({
      account: shared.account,
      keys: guest,
      issuer: maker.signing.publicKey,
    });
    const overTheWire = decodeRequest(encodeRequest(asked), verifier);
    expect(overTheWire).toEqual(asked);
    const joined = grant(made, maker, overTheWire, { write: false, certify: true });
    const { peer, device } = machineOf('guest');
    const own = requestCertificate({
      account: shared.account,
      keys: device,
      issuer: guest.signing.publicKey,
      peer,
    });
    const whole = grant(joined, guest, own, { write: true, certify: false });
    expect(whole.lookup(device.device)).toMatchObject({ write: true, peers: [peer.peerId] });
    expect(openKeyring(whole, device).current.key).toEqual(shared.sealingKey(1));
  });

  it('takes no request that was changed on its way', () => {
    const request = requestCertificate({
      account,
      keys: machineOf('ana').device,
      issuer: master.publicKey,
      peer: machineOf('ana').peer,
    });
    const bytes = encodeRequest(request);
    expect(decodeRequest(bytes, verifier)).toEqual(request);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(
        codeOf(() => decodeRequest(changed, verifier)),
        `byte ${at}`,
      ).toMatch(/^(BAD_ENCODING|BAD_SIGNATURE|UNSUPPORTED_FORMAT)$/);
    }
  });
});

describe('who may not certify', () => {
  const directory = directoryOf(recordWith('ana'));
  const keyring = masterKeyring(directory);
  const random = namedRandom('x');

  it('is refused, a request to somebody else too', () => {
    const { device } = machineOf('ana');
    const rights = { write: false, certify: true };
    const ask = (issuer: Uint8Array): CertificateRequest =>
      requestCertificate({ account, keys: certifierOf('x'), issuer });
    const by = (signing: typeof master, request: CertificateRequest): string =>
      codeOf(() =>
        certify({ directory, issuer: { signing }, request, rights, keyring }, { random }),
      );
    expect(by(device.signing, ask(device.signing.publicKey))).toBe('FORBIDDEN');
    expect(by(master, ask(device.signing.publicKey))).toBe('BAD_REQUEST');
    expect(by(master, ask(master.publicKey))).toBe('none');
    const revoke = (signing: typeof master, subject: DeviceKey): string =>
      codeOf(() =>
        revokeDevice(
          {
            directory,
            issuer: { signing },
            device: subject,
            lastCounters: new Map(),
            keyring,
            nextKey: accountKeys.sealingKey(2),
          },
          { random },
        ),
      );
    expect(revoke(device.signing, device.device)).toBe('FORBIDDEN');
    expect(revoke(master, certifierOf('x').device)).toBe('NOT_FOUND');
  });
});
