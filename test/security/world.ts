import { AppError } from '../../src-main/base/app-error.ts';
import { utf8 } from '../../src-main/base/bytes.ts';
import { sha256 } from '../../src-main/base/sha256.ts';
import type { Random } from '../../src-main/base/random.ts';
import type { CausalContext } from '../../src-main/domain/causal-context.ts';
import type { ActorId, StoreEpoch } from '../../src-main/domain/ids.ts';
import { certify, requestCertificate, startRecord } from '../../src-main/security/account-admin.ts';
import {
  accountKeysFromPhrase,
  deviceKeysFromSeed,
  type AccountKeys,
  type DeviceKeys,
} from '../../src-main/security/account-keys.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import {
  createDeviceDirectory,
  openKeyring,
  type DeviceDirectory,
} from '../../src-main/security/device-directory.ts';
import type { DevicesRecord } from '../../src-main/security/devices-record.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { issueEnvelope, type Keyring } from '../../src-main/security/envelope.ts';
import { createPeerKey, type PeerKey } from '../../src-main/security/peer-key.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';

/**
 * A small world made of fixed seeds: one ring, one account, machines with devices. Everything in it
 * is the same at every run, so that bytes made of it can be kept as fixtures.
 */
export const RING_PHRASE =
  'legal winner thank year wave sausage worth useful legal winner thank yellow';
export const ACCOUNT_PHRASE =
  'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

/** Random bytes that follow from a name: SHA-256 of the name and a count. */
export function namedRandom(name: string): Random {
  let block = new Uint8Array(0);
  let at = 0;
  let count = 0;
  return {
    bytes(length) {
      const out = new Uint8Array(length);
      for (let i = 0; i < length; i++) {
        if (at === block.length) {
          block = new Uint8Array(sha256(utf8(`${name} ${count++}`)));
          at = 0;
        }
        out[i] = block[at++] ?? 0;
      }
      return out;
    },
  };
}

export const verifier = createVerifier();
export const ringKeys = ringKeysFromPhrase(RING_PHRASE);
export const accountKeys: AccountKeys = accountKeysFromPhrase(ACCOUNT_PHRASE);
export const { account } = accountKeys;
export const EPOCH = '0102030405060708090a0b0c0d0e0f10' as StoreEpoch;

export function seedOf(name: string): Uint8Array {
  return namedRandom(name).bytes(32);
}

export interface Machine {
  readonly peer: PeerKey;
  readonly device: DeviceKeys;
  readonly actor: ActorId;
}

export function machineOf(name: string): Machine {
  const peer = createPeerKey(seedOf(`${name} peer`));
  const device = deviceKeysFromSeed(seedOf(`${name} device`));
  return { peer, device, actor: actorOf(peer.publicKey, EPOCH, account) };
}

export function directoryOf(...records: DevicesRecord[]): DeviceDirectory {
  return createDeviceDirectory({ account, records }, { verifier });
}

/** The account's record with a device for each machine, certified by the master. */
export function recordWith(...names: string[]): DevicesRecord {
  const random = namedRandom(`record ${names.join()}`);
  let record = startRecord(accountKeys, { random });
  for (const name of names) record = withDevice(record, name);
  return record;
}

export function withDevice(record: DevicesRecord, name: string): DevicesRecord {
  const { peer, device } = machineOf(name);
  const directory = directoryOf(record);
  const request = requestCertificate({
    account,
    keys: device,
    issuer: accountKeys.master.publicKey,
    peer,
  });
  return certify(
    {
      directory,
      issuer: { signing: accountKeys.master },
      request,
      rights: { write: true, certify: false },
      keyring: masterKeyring(directory),
      label: { name, addedMs: 1_700_000_000_000 },
    },
    { random: namedRandom(`certify ${name}`) },
  ).record;
}

export function masterKeyring(directory: DeviceDirectory): Keyring {
  return openKeyring(directory, { sealing: accountKeys.masterSeal });
}

export interface Writing {
  readonly sortKey?: string;
  readonly counter?: number;
  readonly context?: CausalContext;
  readonly value?: Uint8Array;
  readonly kind?: 'value' | 'tombstone';
  readonly epoch?: StoreEpoch;
}

/** A version that the named machine writes, sealed with key 1. */
export function written(name: string, init: Writing = {}): SignedVersion {
  const { peer, device } = machineOf(name);
  const kind = init.kind ?? 'value';
  const epoch = init.epoch ?? EPOCH;
  return issueEnvelope(
    {
      ring: ringKeys.ring,
      key: { partitionKey: account, sortKey: init.sortKey ?? 'cart#0' },
      actor: actorOf(peer.publicKey, epoch, account),
      counter: init.counter ?? 1,
      context: init.context ?? new Map(),
      epoch,
      kind,
      signer: device.signing,
      sealingKey: { number: 1, key: accountKeys.sealingKey(1) },
      content: {
        deviceName: `${name}'s machine`,
        wallMs: 1_700_000_000_000,
        type: kind === 'tombstone' ? 'none' : 'json',
        value: kind === 'tombstone' ? new Uint8Array(0) : (init.value ?? utf8('"bread"')),
      },
    },
    { random: namedRandom(`nonce ${name} ${init.counter ?? 1}`) },
  );
}

/** The code of the error that `run` throws; 'none' when it throws none. */
export function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : `not ours: ${String(error)}`;
  }
}
