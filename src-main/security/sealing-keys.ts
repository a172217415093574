/**
 * How a sealing key reaches those who may read: in boxes beside a commitment, in the devices
 * record. The commitment makes sure that all receivers got one and the same key.
 */
import { isAppError } from '../base/app-error.ts';
import { compareBytes, concatBytes, equalBytes, fromHex, utf8 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import type { PartitionKey } from '../domain/ids.ts';
import { COMMITMENT_BYTES, type SealedKey } from './devices-record.ts';
import type { Keyring, SealingKey } from './envelope.ts';
import { sealTo, type SealKey } from './sealed-box.ts';

const COMMITMENT_LABEL = utf8('carrossel/sealing-key-commitment/1');
const BOX_LABEL = utf8('carrossel/sealing-key/1');

/** Names a key without telling it: keys are random, so nobody can try them out. */
export function commitmentOf(account: PartitionKey, { number, key }: SealingKey): Uint8Array {
  const digest = sha256(concatBytes(COMMITMENT_LABEL, fromHex(account), numberBytes(number), key));
  return digest.slice(0, COMMITMENT_BYTES);
}

/** The key for each receiver (X25519 public keys), as it goes into the record. */
export function sealKeyFor(
  account: PartitionKey,
  sealingKey: SealingKey,
  receivers: readonly Uint8Array[],
  random: Random,
): SealedKey {
  const context = boxContext(account, sealingKey.number);
  const boxes = receivers.map((receiver) => ({
    receiver,
    box: sealTo(receiver, sealingKey.key, context, random),
  }));
  const sorted = boxes.sort((a, b) => compareBytes(a.receiver, b.receiver));
  return {
    number: sealingKey.number,
    commitment: commitmentOf(account, sealingKey),
    boxes: sorted,
  };
}

/** The keys that `receiver` has a sound box of. */
export function openSealingKeys(
  account: PartitionKey,
  sealedKeys: readonly SealedKey[],
  receiver: SealKey,
): readonly SealingKey[] {
  return sealedKeys.flatMap((sealedKey) => {
    for (const { receiver: to, box } of sealedKey.boxes) {
      if (!equalBytes(to, receiver.publicKey)) continue;
      const key = tryOpen(receiver, box, boxContext(account, sealedKey.number));
      const opened = key && { number: sealedKey.number, key };
      if (opened && equalBytes(commitmentOf(account, opened), sealedKey.commitment))
        return [opened];
    }
    return [];
  });
}

/** A keyring of the keys (in the record's order); undefined when there are none. */
export function createKeyring(keys: readonly SealingKey[]): Keyring | undefined {
  const newest = keys.at(-1);
  if (newest === undefined) return undefined;
  // of two keys made apart under one number everybody takes the first of the record's order
  const current = keys.find(({ number }) => number === newest.number) ?? newest;
  const byNumber = Map.groupBy(keys, ({ number }) => number);
  return {
    current,
    get: (number) => (byNumber.get(number) ?? []).map(({ key }) => key),
  };
}

/** The key behind a sealed one, if the keyring has it. */
export function findKey(
  account: PartitionKey,
  keyring: Keyring,
  sealedKey: SealedKey,
): SealingKey | undefined {
  const { number, commitment } = sealedKey;
  const candidates = keyring.get(number).map((key) => ({ number, key }));
  return candidates.find((one) => equalBytes(commitmentOf(account, one), commitment));
}

function tryOpen(receiver: SealKey, box: Uint8Array, context: Uint8Array): Uint8Array | undefined {
  try {
    return receiver.open(box, context);
  } catch (error) {
    if (isAppError(error, 'BAD_ENCODING')) return undefined;
    throw error;
  }
}

function boxContext(account: PartitionKey, number: number): Uint8Array {
  return concatBytes(BOX_LABEL, fromHex(account), numberBytes(number));
}

/** 8 bytes, big-endian. */
function numberBytes(number: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(number));
  return out;
}
