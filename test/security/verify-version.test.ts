import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src-main/base/bytes.ts';
import { addRange, EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import type { DeviceKey, StoreEpoch } from '../../src-main/domain/ids.ts';
import { seenOf } from '../../src-main/domain/versioned-item.ts';
import {
  certify,
  requestCertificate,
  revokeDevice,
} from '../../src-main/security/account-admin.ts';
import { deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import {
  EMPTY_RECORD,
  readDevicesRecord,
  unionRecords,
} from '../../src-main/security/devices-record.ts';
import type { DevicesRecord } from '../../src-main/security/devices-record.ts';
import { issueDevices } from '../../src-main/security/devices-version.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { issueEnvelope } from '../../src-main/security/envelope.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { verifyDevicesVersion, verifyVersion } from '../../src-main/security/verify-version.ts';
import {
  codeOf,
  account,
  accountKeys,
  directoryOf,
  EPOCH,
  machineOf,
  masterKeyring,
  namedRandom,
  recordWith,
  ringKeys,
  seedOf,
  verifier,
  withDevice,
  written,
} from './world.ts';

const record = recordWith('ana', 'bia');
const directory = directoryOf(record);
const check = (version: SignedVersion, given = directory): string =>
  codeOf(() => {
    verifyVersion(readEnvelope(version.bytes), given, verifier);
  });
const other = 'ee'.repeat(16) as StoreEpoch;

function revoked(limits: [StoreEpoch, number][]): DevicesRecord {
  return revokeDevice(
    {
      directory,
      issuer: { signing: accountKeys.master },
      device: machineOf('bia').device.device,
      lastCounters: new Map(limits),
      keyring: masterKeyring(directory),
      nextKey: accountKeys.sealingKey(2),
    },
    { random: namedRandom('revoke') },
  );
}

describe('an owner takes a version', () => {
  it('of a device of the account, whichever epoch its store is in', () => {
    expect(check(written('ana'))).toBe('none');
    expect(check(written('bia', { kind: 'tombstone', epoch: other }))).toBe('none');
  });

  it('only when it knows the device', () => {
    expect(check(written('carol'))).toBe('DEVICE_UNKNOWN');
    expect(codeOf(() => verifyVersion(written('ana'), undefined, verifier))).toBe('DEVICE_UNKNOWN');
    expect(check(written('carol'), directoryOf(withDevice(record, 'carol')))).toBe('none');
  });

  it('only under the actor of the machine that the certificate names', () => {
    const { device } = machineOf('ana');
    const stolen = issueEnvelope(
      {
        ring: ringKeys.ring,
        key: { partitionKey: account, sortKey: 'cart#0' },
        actor: machineOf('bia').actor,
        counter: 1,
        context: EMPTY_CONTEXT,
        epoch: EPOCH,
        kind: 'value',
        signer: device.signing,
        sealingKey: { number: 1, key: accountKeys.sealingKey(1) },
        content: { deviceName: '', wallMs: 0, type: 'json', value: utf8('1') },
      },
      { random: namedRandom('stolen') },
    );
    expect(check(stolen)).toBe('BAD_SIGNATURE');
  });

  it('of a revoked device up to its last counters, for ever the same', () => {
    const after = directoryOf(revoked([[EPOCH, 5]]));
    expect(check(written('bia', { counter: 5 }), after)).toBe('none');
    expect(check(written('bia', { counter: 6 }), after)).toBe('DEVICE_REVOKED');
    expect(check(written('bia', { counter: 1, epoch: other }), after)).toBe('DEVICE_REVOKED');
    expect(check(written('ana', { counter: 9 }), after)).toBe('none');
  });

  it('of a device revoked twice apart up to the smaller of both limits', () => {
    const union = [
      revoked([[EPOCH, 5]]),
      revoked([
        [EPOCH, 3],
        [other, 8],
      ]),
    ];
    for (const order of [union, union.toReversed()]) {
      const after = directoryOf(...order);
      expect(check(written('bia', { counter: 3 }), after)).toBe('none');
      expect(check(written('bia', { counter: 4 }), after)).toBe('DEVICE_REVOKED');
      expect(check(written('bia', { counter: 1, epoch: other }), after)).toBe('DEVICE_REVOKED');
    }
  });
});

const certifier = deviceKeysFromSeed(seedOf('certifier'));
const withCertifier = certify(
  {
    directory,
    issuer: { signing: accountKeys.master },
    request: requestCertificate({
      account,
      keys: certifier,
      issuer: accountKeys.master.publicKey,
    }),
    rights: { write: false, certify: true },
    keyring: masterKeyring(directory),
  },
  { random: namedRandom('certifier') },
).record;

function devices(given: DevicesRecord, init: Partial<Parameters<typeof issueDevices>[0]> = {}) {
  const { peer, actor } = machineOf('ana');
  return issueDevices({
    ring: ringKeys.ring,
    account,
    actor,
    counter: 1,
    context: EMPTY_CONTEXT,
    epoch: EPOCH,
    signer: accountKeys.master,
    peer,
    record: given,
    ...init,
  });
}
const checkDevices = (version: SignedVersion, held: SignedVersion[] = []): string =>
  codeOf(() => verifyDevicesVersion(readEnvelope(version.bytes), held, verifier));

describe('an owner takes a version of account#devices', () => {
  it('signed by the master, knowing nothing of the account', () => {
    const version = devices(record);
    expect(readEnvelope(version.bytes)).toEqual(version);
    expect(checkDevices(version)).toBe('none');
    expect(unionRecords([readDevicesRecord(version)])).toEqual(record);
    expect(checkDevices(devices(EMPTY_RECORD))).toBe('none');
  });

  it('signed by a certifier, whose chain it brings itself or is held', () => {
    const version = devices(withCertifier, { signer: certifier.signing });
    expect(checkDevices(version)).toBe('none');
    const thin = devices(record, { signer: certifier.signing, counter: 2 });
    expect(checkDevices(thin)).toBe('BAD_SIGNATURE');
    expect(checkDevices(thin, [version])).toBe('none');
  });

  it('signed by nobody else', () => {
    expect(checkDevices(devices(record, { signer: machineOf('ana').device.signing }))).toBe(
      'BAD_SIGNATURE',
    );
    expect(checkDevices(devices(record, { signer: certifier.signing }))).toBe('BAD_SIGNATURE');
    expect(checkDevices(written('ana'))).toBe('BAD_REQUEST');
    expect(check(devices(record))).toBe('BAD_SIGNATURE');
  });

  it('of a certifier that was revoked up to its last counters only', () => {
    const held = devices(
      revokeDevice(
        {
          directory: directoryOf(withCertifier),
          issuer: { signing: accountKeys.master },
          device: certifier.device,
          lastCounters: new Map([[EPOCH, 4]]),
          keyring: masterKeyring(directoryOf(withCertifier)),
          nextKey: accountKeys.sealingKey(2),
        },
        { random: namedRandom('revoke') },
      ),
    );
    const by = (counter: number): SignedVersion =>
      devices(withCertifier, { signer: certifier.signing, counter });
    expect(checkDevices(by(4), [held])).toBe('none');
    expect(checkDevices(by(5), [held])).toBe('DEVICE_REVOKED');
  });

  it('written under the own actor only, with the signature of the peer for that very dot', () => {
    const { actor } = machineOf('bia');
    expect(codeOf(() => devices(record, { actor }))).toBe('BAD_REQUEST');
    const carol = machineOf('carol');
    const version = devices(record);
    const elsewhere = devices(record, { counter: 2 });
    expect(toHex(readDevicesRecord(version).writerSignature)).not.toBe(
      toHex(readDevicesRecord(elsewhere).writerSignature),
    );
    expect(
      checkDevices(
        devices(record, {
          peer: carol.peer,
          actor: actorOf(carol.peer.publicKey, EPOCH, account),
        }),
      ),
    ).toBe('none');
    const forged = { ...machineOf('ana').peer, sign: carol.peer.sign };
    expect(checkDevices(devices(record, { peer: forged }))).toBe('BAD_SIGNATURE');
  });

  it('that has all of what it replaces', () => {
    const first = devices(recordWith('ana'));
    const grown = devices(withDevice(recordWith('ana'), 'bia'), {
      counter: 2,
      context: seenOf(first),
    });
    expect(checkDevices(grown, [first])).toBe('none');
    const shrunk = devices(recordWith('bia'), { counter: 2, context: seenOf(first) });
    expect(checkDevices(shrunk, [first])).toBe('BAD_REQUEST');
    const beside = devices(recordWith('bia'), {
      counter: 2,
      context: addRange(EMPTY_CONTEXT, machineOf('bia').actor, 1, 9),
    });
    expect(checkDevices(beside, [first])).toBe('none');
  });

  it('with any byte flipped never', () => {
    const version = devices(recordWith('ana'));
    for (let at = 0; at < version.bytes.length; at++) {
      const bytes = version.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const code = codeOf(() => verifyDevicesVersion(readEnvelope(bytes), [], verifier));
      expect(code, `byte ${at}`).not.toBe('none');
    }
  });

  it('and tells no device name', () => {
    const bytes = Buffer.from(devices(record).bytes);
    expect(bytes.includes('ana')).toBe(false);
    expect(bytes.includes('bia')).toBe(false);
  });
});

describe('a device key', () => {
  it('of another account is unknown in this one', () => {
    const key = toHex(seedOf('stranger')) as DeviceKey;
    expect(directory.lookup(key)).toBeUndefined();
  });
});
