/** A device's name, sealed into its certificate: other devices read it, owners do not. */
import { concatBytes, fromHex, utf8 } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import type { DeviceKey, PartitionKey } from '../domain/ids.ts';
import type { SealedLabel } from './account-certificate.ts';
import { aead } from './aead.ts';
import type { Keyring, SealingKey } from './envelope.ts';
import { pad, unpad } from './padding.ts';
import { readFields } from './positional.ts';

export interface DeviceLabel {
  /** At most 80 characters. */
  readonly name: string;
  /** When it was certified, by that machine's wall clock; shown, never compared. */
  readonly addedMs: number;
}

export const NO_LABEL: SealedLabel = { keyNumber: 0, sealed: new Uint8Array(0) };

const LABEL = utf8('carrossel/device-label/1');
const MAX_NAME = 80;
const NONCE_BYTES = 24;
const PADDING = 128;

interface Whose {
  readonly account: PartitionKey;
  readonly device: DeviceKey;
}

export function sealLabel(
  label: DeviceLabel,
  whose: Whose,
  sealingKey: SealingKey,
  random: Random,
): SealedLabel {
  const name = label.name.slice(0, MAX_NAME).toWellFormed();
  const plain = pad(encodeCbor([name, Math.max(0, Math.trunc(label.addedMs))]), PADDING);
  const nonce = random.bytes(NONCE_BYTES);
  const sealed = aead.seal(sealingKey.key, nonce, plain, associated(whose));
  return { keyNumber: sealingKey.number, sealed: concatBytes(nonce, sealed) };
}

/** The label, if a key of the keyring opens it. */
export function openLabel(
  label: SealedLabel,
  whose: Whose,
  keyring: Keyring,
): DeviceLabel | undefined {
  if (label.sealed.length < NONCE_BYTES) return undefined;
  for (const key of keyring.get(label.keyNumber)) {
    const nonce = label.sealed.subarray(0, NONCE_BYTES);
    try {
      const sealed = label.sealed.subarray(NONCE_BYTES);
      const plain = unpad(aead.open(key, nonce, sealed, associated(whose)), PADDING);
      return readFields(decodeCbor(plain), 'device label', (fields) => ({
        name: fields.text(MAX_NAME),
        addedMs: fields.uint(),
      }));
    } catch {
      // a label that does not open is no label: the device shows without a name
    }
  }
  return undefined;
}

function associated({ account, device }: Whose): Uint8Array {
  return concatBytes(LABEL, fromHex(account), fromHex(device));
}
