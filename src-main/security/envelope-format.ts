/**
 * The bytes of a version (DESIGN §2 Envelope, docs/PROTOCOL.md §Version). Reading checks the form
 * alone; `verify-version.ts` checks who signed, `envelope.ts` opens what is sealed.
 */
import { AppError } from '../base/app-error.ts';
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { encodeCbor, type Cbor } from '../base/cbor.ts';
import { sha256Hex } from '../base/sha256.ts';
import { MAX_COUNTER, type CausalContext } from '../domain/causal-context.ts';
import type {
  ActorId,
  DeviceKey,
  Hash,
  ItemKey,
  PartitionKey,
  RingId,
  StoreEpoch,
} from '../domain/ids.ts';
import { VERSION_KIND, type VersionKind } from '../domain/version-kind.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey } from './ed25519.ts';
import { contextFields, readActorTable, readContext } from './envelope-context.ts';
import { bad, readRecord, type Fields } from './positional.ts';
import { ENCODED_SIGNATURE_BYTES, labelledInPlace, type SignatureLabel } from './signed-record.ts';
import type { SignedVersion } from './signed-version.ts';

export const ENVELOPE_FORMAT = 1;
/** Of a plain value (400 KB). */
export const MAX_VALUE_BYTES = 409_600;
/** Of a whole envelope: a value and 16 KB around it. */
export const MAX_ENVELOPE_BYTES = MAX_VALUE_BYTES + 16_384;
export const MAX_SORT_KEY_BYTES = 1024;
/** The one item of kind `devices` that every account has. */
export const DEVICES_SORT_KEY = 'account#devices';

const ELEMENTS = 14;
const LABEL = utf8('carrossel/version/1' satisfies SignatureLabel);
const MAX_EXTENSIONS = 16;
/** Sealed content is filled up to a multiple of this. */
export const SEAL_PADDING = 256;
/** Nonce and tag. */
const SEAL_OVERHEAD = 40;

/** A part that later formats may add: readers that do not know its id keep it and pass it on. */
export interface Extension {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** All of an envelope but what is sealed. */
export interface EnvelopeHead {
  readonly ring: RingId;
  readonly key: ItemKey;
  readonly actor: ActorId;
  readonly counter: number;
  readonly context: CausalContext;
  readonly kind: VersionKind;
  readonly epoch: StoreEpoch;
  readonly sealingKeyNumber: number;
  readonly extensions?: readonly Extension[] | undefined;
}

/** A version's parts that `SignedVersion` leaves in its bytes. */
export interface EnvelopeBody {
  readonly sealed: Uint8Array;
  readonly extensions: readonly Extension[];
  /** What the sealed bytes are bound to: elements 0–10 and the extensions, as one CBOR array. */
  readonly associated: Uint8Array;
}

/**
 * @param seal makes the sealed bytes for the associated data.
 * @throws LIMIT_EXCEEDED, BAD_REQUEST
 */
export function buildEnvelope(
  head: EnvelopeHead,
  signer: SigningKey,
  seal: (associated: Uint8Array) => Uint8Array,
): SignedVersion {
  checkHead(head);
  const { table, ranges } = contextFields(head, head.context);
  const start = encodeCbor([
    ENVELOPE_FORMAT,
    fromHex(head.ring),
    fromHex(head.key.partitionKey),
    head.key.sortKey,
    table,
    head.counter,
    ranges,
    VERSION_KIND[head.kind],
    fromHex(head.epoch),
    head.sealingKeyNumber,
    signer.publicKey,
  ]).subarray(1);
  const end = encodeCbor(extensionFields(head.extensions ?? []));
  const sealed = seal(concatBytes(arrayHead(ELEMENTS - 2), start, end));
  const signed = [start, bytesHead(sealed.length), sealed, end];
  const message = labelledInPlace(LABEL, arrayHead(ELEMENTS - 1), ...signed);
  const signature = encodeCbor(signer.sign(message));
  const bytes = concatBytes(arrayHead(ELEMENTS), ...signed, signature);
  if (bytes.length > MAX_ENVELOPE_BYTES) throw tooLarge(bytes.length, MAX_ENVELOPE_BYTES);
  return {
    ring: head.ring,
    key: head.key,
    dot: { actor: head.actor, counter: head.counter },
    context: head.context,
    kind: head.kind,
    epoch: head.epoch,
    sealingKeyNumber: head.sealingKeyNumber,
    device: toHex(signer.publicKey) as DeviceKey,
    bytes,
    hash: sha256Hex(bytes) as Hash,
  };
}

/**
 * The version that the bytes are. Checks form and limits, not who signed.
 * @throws UNSUPPORTED_FORMAT (a later format or kind), LIMIT_EXCEEDED, BAD_ENCODING
 */
export function readEnvelope(bytes: Uint8Array): SignedVersion {
  return readParts(bytes).version;
}

/** The sealed bytes and extensions of a version that `readEnvelope` took. */
export function readBody(version: SignedVersion): EnvelopeBody {
  const { sealed, extensions } = readParts(version.bytes);
  const end = encodeCbor(extensionFields(extensions));
  const endAt = version.bytes.length - ENCODED_SIGNATURE_BYTES - end.length;
  const startEnd = endAt - bytesHead(sealed.length).length - sealed.length;
  const associated = concatBytes(arrayHead(ELEMENTS - 2), version.bytes.subarray(1, startEnd), end);
  return { sealed, extensions, associated };
}

/** What the signature of a version signs (see `labelledInPlace`), and the signature. */
export function signedPart(version: SignedVersion): { message: Uint8Array; signature: Uint8Array } {
  const { bytes } = version;
  const signed = bytes.subarray(1, bytes.length - ENCODED_SIGNATURE_BYTES);
  return {
    message: labelledInPlace(LABEL, arrayHead(ELEMENTS - 1), signed),
    signature: bytes.subarray(bytes.length - SIGNATURE_BYTES),
  };
}

interface Parts {
  readonly version: SignedVersion;
  readonly sealed: Uint8Array;
  readonly extensions: readonly Extension[];
}

function readParts(bytes: Uint8Array): Parts {
  const what = 'version';
  const limits = { what, format: ENVELOPE_FORMAT, maxBytes: MAX_ENVELOPE_BYTES, views: true };
  return readRecord(bytes, limits, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const partitionKey = toHex(fields.fixed(32)) as PartitionKey;
    const sortKey = fields.text(MAX_SORT_KEY_BYTES);
    const table = readActorTable(fields);
    const counter = fields.uint(1, MAX_COUNTER);
    const context = readContext(fields, table, counter);
    const kind = readKind(fields);
    const epoch = toHex(fields.fixed(16)) as StoreEpoch;
    const sealingKeyNumber = fields.uint();
    const device = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as DeviceKey;
    const sealed = fields.bytes(MAX_ENVELOPE_BYTES);
    const extensions = readExtensions(fields);
    fields.fixed(SIGNATURE_BYTES);
    const actor = table[0];
    if (actor === undefined) throw bad(what, 'has no writer');
    const head = { ring, key: { partitionKey, sortKey }, context, kind, epoch, sealingKeyNumber };
    const problem = headProblem(head) ?? sealedProblem(kind, sealed.length);
    if (problem !== undefined) throw bad(what, problem);
    const hash = sha256Hex(bytes) as Hash;
    const version = { ...head, dot: { actor, counter }, device, bytes, hash };
    return { version, sealed, extensions };
  });
}

function readKind(fields: Fields): VersionKind {
  const number = fields.uint();
  for (const [kind, known] of Object.entries(VERSION_KIND)) {
    if (known === number) return kind as VersionKind;
  }
  throw new AppError(
    'UNSUPPORTED_FORMAT',
    'A version of a kind that this app does not know was met. Update this machine.',
    { details: { what: 'version', kind: number } },
  );
}

function extensionFields(extensions: readonly Extension[]): Cbor[] {
  return extensions.map(({ id, bytes }) => [id, bytes]);
}

function readExtensions(fields: Fields): readonly Extension[] {
  let least = 0;
  return fields.list(MAX_EXTENSIONS, (one) =>
    one.nested((pair) => {
      const id = pair.uint(least);
      least = id + 1;
      return { id, bytes: pair.bytes(MAX_ENVELOPE_BYTES) };
    }),
  );
}

type CheckedHead = Pick<EnvelopeHead, 'key' | 'kind' | 'sealingKeyNumber'>;

function headProblem(head: CheckedHead): string | undefined {
  const size = utf8(head.key.sortKey).length;
  if (size === 0 || size > MAX_SORT_KEY_BYTES) return 'has a sort key that is empty or too long';
  const devices = head.kind === 'devices';
  if (devices !== (head.key.sortKey === DEVICES_SORT_KEY)) return 'has the wrong kind for its item';
  if (devices !== (head.sealingKeyNumber === 0)) return 'has the wrong sealing key for its kind';
  return undefined;
}

function sealedProblem(kind: VersionKind, length: number): string | undefined {
  if (kind === 'devices') return undefined;
  const padded = length - SEAL_OVERHEAD;
  const sound = padded >= SEAL_PADDING && padded % SEAL_PADDING === 0;
  return sound ? undefined : 'is not padded as sealed bytes are';
}

function checkHead(head: EnvelopeHead): void {
  const size = utf8(head.key.sortKey).length;
  if (size > MAX_SORT_KEY_BYTES) throw tooLarge(size, MAX_SORT_KEY_BYTES);
  const problem = headProblem(head);
  if (problem !== undefined) throw new AppError('BAD_REQUEST', `The version ${problem}.`);
  if (!head.key.sortKey.isWellFormed()) {
    throw new AppError('BAD_REQUEST', 'A sort key has to be valid Unicode.');
  }
  const ids = (head.extensions ?? []).map(({ id }) => id);
  if (ids.length > MAX_EXTENSIONS || ids.some((id, i) => i > 0 && id <= (ids[i - 1] ?? 0))) {
    throw new AppError('BAD_REQUEST', 'Extensions have to be few, in order of their ids.');
  }
}

/** What stands before a byte string of that length, so that it needs no copy to be encoded. */
function bytesHead(length: number): Uint8Array {
  if (length < 0x100)
    return length < 24 ? Uint8Array.of(0x40 + length) : Uint8Array.of(0x58, length);
  if (length < 0x10000) return Uint8Array.of(0x59, length >>> 8, length);
  return Uint8Array.of(0x5a, length >>> 24, length >>> 16, length >>> 8, length);
}

function arrayHead(elements: number): Uint8Array {
  return Uint8Array.of(0x80 + elements);
}

export function tooLarge(bytes: number, maxBytes: number): AppError {
  return new AppError('LIMIT_EXCEEDED', `${bytes} bytes are more than the ${maxBytes} allowed.`, {
    details: { bytes, maxBytes },
  });
}
