import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src-main/base/bytes.ts';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import type { CounterRange } from '../../src-main/domain/causal-context.ts';
import type { ActorId } from '../../src-main/domain/ids.ts';
import {
  MAX_ENVELOPE_BYTES,
  MAX_VALUE_BYTES,
  readBody,
  readEnvelope,
} from '../../src-main/security/envelope-format.ts';
import { issueEnvelope, openEnvelope, type Keyring } from '../../src-main/security/envelope.ts';
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
  verifier,
  written,
} from './world.ts';
import { verifyVersion } from '../../src-main/security/verify-version.ts';

const keyring: Keyring = masterKeyring(directoryOf(recordWith()));
const ana = machineOf('ana');
const actor = (byte: string): ActorId => byte.repeat(16) as ActorId;

const contexts = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 2, max: 2 ** 40 })), {
        minLength: 1,
        maxLength: 6,
      }),
    ),
    { maxLength: 6 },
  )
  .map((actors) => {
    const made = new Map<ActorId, readonly CounterRange[]>();
    for (const [byte, steps] of actors) {
      let at = 1;
      const ranges = steps.map(([length, gap]): CounterRange => {
        const from = at;
        at = from + length + gap;
        return [from, from + length];
      });
      made.set(actor(byte.toString(16).padStart(2, '0')), ranges);
    }
    return made;
  });

describe('an envelope', () => {
  it('gives back all that was put in, from its bytes alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
        contexts,
        (value, sortKey, past) => {
          const version = written('ana', { value, sortKey, context: past, counter: 2 ** 50 });
          const read = readEnvelope(version.bytes);
          expect(read).toEqual(version);
          expect(read.context).toEqual(past);
          expect(read.key).toEqual({ partitionKey: account, sortKey });
          const opened = openEnvelope(read, keyring);
          expect(opened).toEqual({
            deviceName: "ana's machine",
            wallMs: 1_700_000_000_000,
            type: 'json',
            value,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('hides value, device name and time from who lacks the key', () => {
    const secret = utf8('four avocados and the good coffee');
    const version = written('ana', { value: secret });
    const bytes = Buffer.from(version.bytes);
    expect(bytes.includes(Buffer.from(secret))).toBe(false);
    expect(bytes.includes('avocado')).toBe(false);
    expect(bytes.includes("ana's")).toBe(false);
    expect(bytes.includes(Buffer.from(encodeCbor(1_700_000_000_000)))).toBe(false);
    const none: Keyring = { current: keyring.current, get: () => [] };
    expect(codeOf(() => openEnvelope(version, none))).toBe('SEALED');
    const other: Keyring = { current: keyring.current, get: () => [accountKeys.sealingKey(2)] };
    expect(codeOf(() => openEnvelope(version, other))).toBe('BAD_ENCODING');
    const both: Keyring = { ...other, get: () => [...other.get(1), ...keyring.get(1)] };
    expect(openEnvelope(version, both).value).toEqual(secret);
  });

  it('tells the size of a value in steps of 256 bytes only', () => {
    const sizeOf = (length: number): number =>
      readBody(written('ana', { value: new Uint8Array(length) })).sealed.length - 40;
    const sizes = Array.from({ length: 800 }, (_, length) => sizeOf(length));
    expect(sizes.every((size) => size % 256 === 0)).toBe(true);
    expect(new Set(sizes).size).toBeLessThanOrEqual(5);
    const tombstone = written('ana', { kind: 'tombstone' });
    expect(readBody(tombstone).sealed).toHaveLength(296);
  });

  it('never has two alike: the nonce is fresh', () => {
    const random = namedRandom('fresh');
    const issue = (): Uint8Array => issueEnvelope(request(), { random }).bytes;
    expect(toHex(issue())).not.toBe(toHex(issue()));
  });

  it('keeps extensions it does not know', () => {
    const extensions = [
      { id: 1, bytes: utf8('from') },
      { id: 900, bytes: utf8('the future') },
    ];
    const version = issueEnvelope({ ...request(), extensions }, { random: namedRandom('x') });
    const read = readEnvelope(version.bytes);
    expect(readBody(read).extensions).toEqual(extensions);
    expect(openEnvelope(read, keyring).value).toEqual(utf8('"bread"'));
    verifyVersion(read, directoryOf(recordWith('ana')), verifier);
  });
});

function request(): Parameters<typeof issueEnvelope>[0] {
  return {
    ring: ringKeys.ring,
    key: { partitionKey: account, sortKey: 'cart#0' },
    actor: ana.actor,
    counter: 7,
    context: new Map(),
    epoch: EPOCH,
    kind: 'value',
    signer: ana.device.signing,
    sealingKey: { number: 1, key: accountKeys.sealingKey(1) },
    content: { deviceName: 'Ana', wallMs: 1, type: 'json', value: utf8('"bread"') },
  };
}

describe('what is too large or makes no sense is refused before anything is made', () => {
  const random = { bytes: () => expect.fail('asked for randomness') };
  const refusal = (change: Partial<ReturnType<typeof request>>): string =>
    codeOf(() => issueEnvelope({ ...request(), ...change }, { random }));
  const content = request().content;

  it('by size', () => {
    const value = new Uint8Array(MAX_VALUE_BYTES + 1);
    expect(refusal({ content: { ...content, value } })).toBe('LIMIT_EXCEEDED');
    const long = { partitionKey: account, sortKey: 'é'.repeat(513) };
    expect(refusal({ key: long })).toBe('LIMIT_EXCEEDED');
    const crowd = new Map(
      Array.from({ length: 257 }, (_, i) => [
        i.toString(16).padStart(32, '0') as ActorId,
        [[1, 1]] as CounterRange[],
      ]),
    );
    expect(refusal({ context: crowd })).toBe('LIMIT_EXCEEDED');
    crowd.delete('0'.padStart(32, '0') as ActorId);
    expect(refusal({ context: crowd })).toBe('LIMIT_EXCEEDED');
    const gaps = Array.from({ length: 1025 }, (_, i): CounterRange => [2 * i + 1, 2 * i + 1]);
    expect(refusal({ context: new Map([[actor('aa'), gaps]]) })).toBe('LIMIT_EXCEEDED');
  });

  it('by meaning', () => {
    expect(refusal({ key: { partitionKey: account, sortKey: '' } })).toBe('BAD_REQUEST');
    expect(refusal({ key: { partitionKey: account, sortKey: 'a\ud800' } })).toBe('BAD_REQUEST');
    const devices = { partitionKey: account, sortKey: 'account#devices' };
    expect(refusal({ key: devices })).toBe('BAD_REQUEST');
    expect(refusal({ counter: 0 })).toBe('BAD_REQUEST');
    expect(refusal({ context: new Map([[ana.actor, [[7, 7]]]]) })).toBe('BAD_REQUEST');
    expect(refusal({ kind: 'tombstone' })).toBe('BAD_REQUEST');
    expect(refusal({ content: { ...content, type: 'none' } })).toBe('BAD_REQUEST');
    const extensions = [2, 1].map((id) => ({ id, bytes: utf8('') }));
    expect(refusal({ extensions })).toBe('BAD_REQUEST');
  });

  it('while the largest value and the longest sort key pass', () => {
    const value = new Uint8Array(MAX_VALUE_BYTES).fill(1);
    const version = written('ana', { value, sortKey: 'é'.repeat(512) });
    expect(version.bytes.length).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
    expect(openEnvelope(readEnvelope(version.bytes), keyring).value).toEqual(value);
  });
});
