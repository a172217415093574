import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { DeviceKey, PartitionKey, RingId } from '../../src-main/domain/ids.ts';
import { revokeDevice } from '../../src-main/security/account-admin.ts';
import type { DeviceDirectory } from '../../src-main/security/device-directory.ts';
import type { SigningKey } from '../../src-main/security/ed25519.ts';
import {
  sessionProofBytes,
  verifySession,
  type SessionClaim,
} from '../../src-main/security/session.ts';
import { peerOf } from './ring-world.ts';
import {
  account,
  accountKeys,
  directoryOf,
  machineOf,
  masterKeyring,
  namedRandom,
  recordWith,
  ringKeys,
  verifier,
} from './world.ts';

const ana = machineOf('ana');
const directory = directoryOf(recordWith('ana'));
const claim: SessionClaim = {
  ring: ringKeys.ring,
  account,
  nonce: namedRandom('nonce').bytes(32),
  prover: ana.peer.peerId,
  verifier: peerOf('owner').peerId,
  device: ana.device.device,
};
function outcome(
  key: SigningKey,
  given: DeviceDirectory | undefined,
  shown: Partial<SessionClaim> = {},
  signed: Partial<SessionClaim> = shown,
): string {
  const signature = key.sign(sessionProofBytes({ ...claim, ...signed }));
  try {
    verifySession({ ...claim, ...shown, signature }, given, verifier);
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('a session proof', () => {
  it('opens an account to its devices, and to its master before anything is known', () => {
    expect(outcome(ana.device.signing, directory)).toBe('none');
    const device = account as string as DeviceKey;
    expect(outcome(accountKeys.master, undefined, { device })).toBe('none');
    expect(outcome(accountKeys.master, directory, { device })).toBe('none');
  });

  it('opens it to nobody else', () => {
    const { device } = machineOf('eve');
    expect(outcome(device.signing, directory, { device: device.device })).toBe('DEVICE_UNKNOWN');
    expect(outcome(ana.device.signing, undefined)).toBe('DEVICE_UNKNOWN');
    expect(outcome(device.signing, directory)).toBe('SESSION_REQUIRED');
    const master = account as string as DeviceKey;
    expect(outcome(device.signing, directory, { device: master })).toBe('SESSION_REQUIRED');
    const other = 'ab'.repeat(32) as PartitionKey;
    expect(outcome(ana.device.signing, directory, { account: other })).toBe('DEVICE_UNKNOWN');
  });

  it('proves nothing in another session, to another peer, by another peer, in another ring', () => {
    const changes: Partial<SessionClaim>[] = [
      { nonce: namedRandom('other').bytes(32) },
      { verifier: peerOf('thief').peerId },
      { prover: peerOf('thief').peerId },
      { ring: 'cd'.repeat(32) as RingId },
    ];
    for (const change of changes) {
      expect(outcome(ana.device.signing, directory, change, {})).toBe('SESSION_REQUIRED');
    }
  });

  it('of a revoked device opens nothing', () => {
    const record = revokeDevice(
      {
        directory,
        issuer: { signing: accountKeys.master },
        device: ana.device.device,
        lastCounters: new Map(),
        keyring: masterKeyring(directory),
        nextKey: accountKeys.sealingKey(2),
      },
      { random: namedRandom('revoke') },
    );
    expect(outcome(ana.device.signing, directoryOf(record))).toBe('DEVICE_REVOKED');
  });
});
