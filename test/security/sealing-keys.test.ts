import { describe, expect, it } from 'vitest';
import { revokeDevice } from '../../src-main/security/account-admin.ts';
import { openKeyring, type DeviceDirectory } from '../../src-main/security/device-directory.ts';
import { encodeParts, type DevicesRecord } from '../../src-main/security/devices-record.ts';
import {
  codeOf,
  accountKeys,
  directoryOf,
  machineOf,
  masterKeyring,
  namedRandom,
  recordWith,
  seedOf,
  withDevice,
} from './world.ts';

const master = accountKeys.master;

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
