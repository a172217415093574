import { describe, expect, it } from 'vitest';
import type { DeviceKey } from '../../src-main/domain/ids.ts';
import {
  certify,
  requestCertificate,
  revokeDevice,
  startRecord,
} from '../../src-main/security/account-admin.ts';
import {
  decodeRequest,
  encodeRequest,
  type CertificateRequest,
} from '../../src-main/security/account-certificate.ts';
import { accountKeysFromSeed, deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import {
  createDeviceDirectory,
  openKeyring,
  type DeviceDirectory,
} from '../../src-main/security/device-directory.ts';
import { type DevicesRecord } from '../../src-main/security/devices-record.ts';
import {
  codeOf,
  account,
  accountKeys,
  directoryOf,
  machineOf,
  masterKeyring,
  namedRandom,
  recordWith,
  seedOf,
  verifier,
} from './world.ts';

const certifierOf = (name: string) => deviceKeysFromSeed(seedOf(`${name} certifier`));
const master = accountKeys.master;

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
