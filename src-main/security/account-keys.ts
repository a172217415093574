/**
 * The keys of an account, all from one 64-byte seed (DESIGN §1 account), and of a device. The
 * master rests on no disk: it is made of the phrase when it is needed and forgotten after.
 */
import { concatBytes, toHex, utf8 } from '../base/bytes.ts';
import type { DeviceKey, PartitionKey } from '../domain/ids.ts';
import { createSigningKey, type SigningKey } from './ed25519.ts';
import { deriveKey, hmacSha256 } from './key-derivation.ts';
import { phraseToSeed } from './phrase.ts';
import { createSealKey, type SealKey } from './sealed-box.ts';

export interface AccountKeys {
  /** The master's public key: the partition key of all the account's items. */
  readonly account: PartitionKey;
  readonly master: SigningKey;
  /** Sealing keys are sealed to it too, so that the phrase alone opens everything. */
  readonly masterSeal: SealKey;
  /** Key number n ≥ 1; derived, so that two first logins apart agree on key 1. 32 bytes. */
  sealingKey(number: number): Uint8Array;
}

/** What a device, or a certifier of a shared cart, signs and opens boxes with. */
export interface DeviceKeys {
  readonly device: DeviceKey;
  readonly signing: SigningKey;
  readonly sealing: SealKey;
}

/** @throws INVALID_PHRASE */
export function accountKeysFromPhrase(phrase: string): AccountKeys {
  return accountKeysFromSeed(phraseToSeed(phrase));
}

/** @param seed 64 bytes: of a phrase, or random for a shared cart (then forgotten after use). */
export function accountKeysFromSeed(seed: Uint8Array): AccountKeys {
  if (seed.length !== 64) throw new RangeError('an account seed has 64 bytes');
  const master = createSigningKey(deriveKey(seed, 'carrossel/account/master/1'));
  return {
    account: toHex(master.publicKey) as PartitionKey,
    master,
    masterSeal: createSealKey(deriveKey(seed, 'carrossel/account/master-seal/1')),
    sealingKey: (number) => deriveKey(seed, `carrossel/account/sealing/${number}`),
  };
}

/** @param seed 32 bytes, the one secret a device keeps for an account. */
export function deviceKeysFromSeed(seed: Uint8Array): DeviceKeys {
  const signing = createSigningKey(deriveKey(seed, 'carrossel/device/sign/1'));
  return {
    device: toHex(signing.publicKey) as DeviceKey,
    signing,
    sealing: createSealKey(deriveKey(seed, 'carrossel/device/seal/1')),
  };
}

/** The key that makes ids of names; the same for ever, whatever sealing keys follow. */
export function indexKeyOf(sealingKey1: Uint8Array): Uint8Array {
  return deriveKey(sealingKey1, 'carrossel/index/1');
}

/**
 * An id that tells an owner nothing of the name, and is the same on every device of the account:
 * two devices that start a cart of one name apart get one cart. 32 hex digits.
 * @param space what is named, e.g. 'cart'; without a slash.
 */
export function opaqueId(indexKey: Uint8Array, space: string, name: string): string {
  const folded = name.normalize('NFC').trim().toLowerCase().normalize('NFC');
  const digest = hmacSha256(indexKey, concatBytes(utf8(`${space}/`), utf8(folded)));
  return toHex(digest.subarray(0, 16));
}
