/**
 * Seals what the peer remembers of calls with an Idempotency-Key: answers hold titles, notes and
 * names, which are readable nowhere else on the disk (DESIGN invariant 9). XChaCha20-Poly1305 under
 * a random key of its own in the secret store, bound to the record's name:
 *   `[1, wall ms, nonce 24 B ‖ sealed JSON]` as CBOR. The time is plain, for sweeping.
 */
import { AppError } from '../base/app-error.ts';
import { concatBytes, utf8, utf8ToString } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';
import type { Random } from '../base/random.ts';
import { aead } from '../security/aead.ts';
import type { SecretStore } from '../storage/secret-store.ts';

const SECRET = 'idempotency-key';
const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const LABEL = 'carrossel/idempotency/1';

export interface AnswerSeal {
  /** @param value anything that JSON can say. */
  seal(name: string, wallMs: number, value: unknown): Promise<Uint8Array>;
  /** @throws OUTCOME_UNKNOWN when it cannot be opened: another key, or damage. */
  open(name: string, bytes: Uint8Array): Promise<unknown>;
  /** When it was sealed; undefined for what is no such record. */
  wallMsOf(bytes: Uint8Array): number | undefined;
}

export function createAnswerSeal(components: {
  readonly random: Random;
  readonly secrets: SecretStore;
}): AnswerSeal {
  const { random, secrets } = components;
  let loading: Promise<Uint8Array> | undefined;

  async function load(): Promise<Uint8Array> {
    const held = await secrets.read(SECRET);
    if (held?.byteLength === KEY_BYTES) return held;
    const made = random.bytes(KEY_BYTES);
    await secrets.write(SECRET, made);
    return made;
  }
  function key(): Promise<Uint8Array> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined; // the next call tries again
      throw error;
    });
    return loading;
  }
  return {
    async seal(name, wallMs, value) {
      const nonce = random.bytes(NONCE_BYTES);
      const plain = utf8(JSON.stringify(value));
      const sealed = aead.seal(await key(), nonce, plain, associated(name, wallMs));
      return encodeCbor([FORMAT, wallMs, concatBytes(nonce, sealed)]);
    },
    async open(name, bytes) {
      const record = parse(bytes);
      if (record === undefined) throw unknown();
      const { wallMs, sealed } = record;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const secret = await key();
      try {
        const bound = associated(name, wallMs);
        const plain = aead.open(secret, nonce, sealed.subarray(NONCE_BYTES), bound);
        return JSON.parse(utf8ToString(plain)) as unknown;
      } catch (cause) {
        throw unknown(cause);
      }
    },
    wallMsOf: (bytes) => parse(bytes)?.wallMs,
  };
}

function associated(name: string, wallMs: number): Uint8Array {
  return encodeCbor([LABEL, name, wallMs]);
}

function parse(bytes: Uint8Array): { wallMs: number; sealed: Uint8Array } | undefined {
  try {
    const value: Cbor = decodeCbor(bytes);
    if (!Array.isArray(value) || value.length !== 3) return undefined;
    const [format, wallMs, sealed] = value as Cbor[];
    const fits = format === FORMAT && typeof wallMs === 'number' && sealed instanceof Uint8Array;
    return fits && sealed.byteLength > NONCE_BYTES ? { wallMs, sealed } : undefined;
  } catch {
    return undefined; // not a record of this version: as old as can be
  }
}

function unknown(cause?: unknown): AppError {
  return new AppError(
    'OUTCOME_UNKNOWN',
    'A request with this key was made before, but what came of it can no longer be read here.',
    { cause },
  );
}
