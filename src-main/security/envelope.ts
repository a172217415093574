/**
 * Sealing a value into a signed version, and opening it again. Device name, wall time and value are
 * inside the seal (invariant 9); everything outside is bound to it as associated data, so that no
 * part of two envelopes can be put together.
 */
import { AppError } from '../base/app-error.ts';
import { concatBytes } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import { aead } from './aead.ts';
import {
  buildEnvelope,
  MAX_VALUE_BYTES,
  readBody,
  SEAL_PADDING,
  tooLarge,
  type EnvelopeHead,
} from './envelope-format.ts';
import type { SigningKey } from './ed25519.ts';
import { pad, unpad } from './padding.ts';
import { bad, readFields } from './positional.ts';
import type { SignedVersion } from './signed-version.ts';

/** What is sealed. */
export interface SealedContent {
  /** Shown beside the version; at most 80 characters. */
  readonly deviceName: string;
  /** Milliseconds since 1970 by the writer's wall clock. Shown, never compared. */
  readonly wallMs: number;
  /** 'none' for a tombstone only. */
  readonly type: 'none' | 'json' | 'cart' | 'order' | 'decision';
  readonly value: Uint8Array;
}

export interface SealingKey {
  /** 1, 2, 3 …: revoking a device starts the next. */
  readonly number: number;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** The sealing keys of an account that this device can open. */
export interface Keyring {
  /** What new versions are sealed with. */
  readonly current: SealingKey;
  /** Keys of the number: none, one, or more if two revocations apart made one number. */
  get(number: number): readonly Uint8Array[];
}

export interface IssueEnvelope extends Omit<EnvelopeHead, 'kind' | 'sealingKeyNumber'> {
  readonly kind: 'value' | 'tombstone';
  /** The device's key. */
  readonly signer: SigningKey;
  readonly sealingKey: SealingKey;
  readonly content: SealedContent;
}

const VALUE_TYPE = { none: 0, json: 1, cart: 2, order: 3, decision: 4 } as const;
const TYPE_NAMES = ['none', 'json', 'cart', 'order', 'decision'] as const;
const MAX_DEVICE_NAME = 80;
const NONCE_BYTES = 24;

/**
 * Seals and signs one version. Everything is checked before anything is made.
 * @throws LIMIT_EXCEEDED (value, sort key, context), BAD_REQUEST (a caller's mistake)
 */
export function issueEnvelope(init: IssueEnvelope, components: { random: Random }): SignedVersion {
  const { content, sealingKey, signer } = init;
  const plain = contentBytes(init.kind, content);
  const head: EnvelopeHead = { ...init, sealingKeyNumber: sealingKey.number };
  return buildEnvelope(head, signer, (associated) => {
    const nonce = components.random.bytes(NONCE_BYTES);
    return concatBytes(nonce, aead.seal(sealingKey.key, nonce, plain, associated));
  });
}

/**
 * What the version has sealed.
 * @throws SEALED when the keyring lacks the key, BAD_ENCODING when it does not open with it.
 */
export function openEnvelope(version: SignedVersion, keyring: Keyring): SealedContent {
  const keys = keyring.get(version.sealingKeyNumber);
  if (keys.length === 0 || version.kind === 'devices') {
    throw new AppError('SEALED', 'This device has not been given the key of this version.', {
      details: { sealingKeyNumber: version.sealingKeyNumber },
    });
  }
  const { sealed, associated } = readBody(version);
  for (const key of keys) {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    let plain: Uint8Array;
    try {
      plain = aead.open(key, nonce, sealed.subarray(NONCE_BYTES), associated);
    } catch {
      continue;
    }
    return readContent(version.kind, plain);
  }
  throw bad('version', 'does not open with its sealing key');
}

function contentBytes(kind: 'value' | 'tombstone', content: SealedContent): Uint8Array {
  if ((kind === 'tombstone') !== (content.type === 'none')) {
    throw new AppError('BAD_REQUEST', 'A deletion has no value, and only a deletion has none.');
  }
  if (content.type === 'none' && content.value.length > 0) {
    throw new AppError('BAD_REQUEST', 'A deletion has no value.');
  }
  if (content.value.length > MAX_VALUE_BYTES) {
    throw tooLarge(content.value.length, MAX_VALUE_BYTES);
  }
  const name = content.deviceName.slice(0, MAX_DEVICE_NAME).toWellFormed();
  const wallMs = Math.max(0, Math.trunc(content.wallMs));
  return pad(encodeCbor([name, wallMs, VALUE_TYPE[content.type], content.value]), SEAL_PADDING);
}

function readContent(kind: SignedVersion['kind'], plain: Uint8Array): SealedContent {
  return readFields(decodeCbor(unpad(plain, SEAL_PADDING)), 'sealed value', (fields) => {
    const deviceName = fields.text(MAX_DEVICE_NAME);
    const wallMs = fields.uint();
    const type = TYPE_NAMES[fields.uint(0, TYPE_NAMES.length - 1)] ?? 'none';
    const value = fields.bytes(MAX_VALUE_BYTES);
    if ((kind === 'tombstone') !== (type === 'none') || (type === 'none' && value.length > 0)) {
      throw bad('sealed value', 'does not fit its kind');
    }
    return { deviceName, wallMs, type, value };
  });
}
