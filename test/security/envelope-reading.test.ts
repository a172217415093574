import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, utf8 } from '../../src-main/base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';
import type { CounterRange } from '../../src-main/domain/causal-context.ts';
import type { ActorId } from '../../src-main/domain/ids.ts';
import {
  buildEnvelope,
  MAX_ENVELOPE_BYTES,
  readBody,
  readEnvelope,
} from '../../src-main/security/envelope-format.ts';
import {
  openEnvelope,
  type IssueEnvelope,
  type Keyring,
} from '../../src-main/security/envelope.ts';
import {
  codeOf,
  account,
  accountKeys,
  directoryOf,
  EPOCH,
  machineOf,
  masterKeyring,
  recordWith,
  ringKeys,
  verifier,
  written,
} from './world.ts';
import { verifyVersion } from '../../src-main/security/verify-version.ts';

const keyring: Keyring = masterKeyring(directoryOf(recordWith()));
const ana = machineOf('ana');
const actor = (byte: string): ActorId => byte.repeat(16) as ActorId;

/** The envelope with one element replaced, encoded canonically; signature as it was. */
function withElement(at: number, value: Cbor): Uint8Array {
  const elements = [...(decodeCbor(written('ana', { context }).bytes) as Cbor[])];
  elements[at] = value;
  return encodeCbor(elements);
}
const context = new Map<ActorId, readonly CounterRange[]>([
  [
    actor('00'),
    [
      [1, 3],
      [5, 5],
    ],
  ],
  [actor('ff'), [[2, 2]]],
]);

function request(): IssueEnvelope {
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

describe('reading refuses', () => {
  const readCode = (bytes: Uint8Array): string => codeOf(() => readEnvelope(bytes));

  it('every envelope with any one bit flipped (form, or signature)', () => {
    const version = written('ana', { context });
    const directory = directoryOf(recordWith('ana'));
    verifyVersion(readEnvelope(version.bytes), directory, verifier);
    const refusals = new Set<string>();
    for (let at = 0; at < version.bytes.length; at++) {
      for (const bit of [1, 16, 128]) {
        const flipped = version.bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ bit;
        const code = codeOf(() => {
          verifyVersion(readEnvelope(flipped), directory, verifier);
        });
        refusals.add(code);
        expect(code, `byte ${at} bit ${bit}`).not.toBe('none');
      }
    }
    expect([...refusals].sort()).toEqual([
      'BAD_ENCODING',
      'BAD_SIGNATURE',
      'DEVICE_UNKNOWN',
      'UNSUPPORTED_FORMAT',
    ]);
  });

  it('any cut or lengthened envelope', () => {
    const { bytes } = written('ana');
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        expect(readCode(bytes.subarray(0, length))).toBe('BAD_ENCODING');
      }),
    );
    expect(readCode(concatBytes(bytes, Uint8Array.of(0)))).toBe('BAD_ENCODING');
    expect(readCode(new Uint8Array(MAX_ENVELOPE_BYTES + 1))).toBe('LIMIT_EXCEEDED');
  });

  it('contexts that are not in their one form', () => {
    const own = fromHex(ana.actor);
    const [low, high] = [fromHex(actor('00')), fromHex(actor('ff'))];
    const tables: Cbor[] = [
      [],
      [own, high, low],
      [own, low, low],
      [own, own, high],
      [own, low, high.subarray(1)],
      'ff',
    ];
    for (const table of tables) expect(readCode(withElement(4, table))).toBe('BAD_ENCODING');
    const lists: Cbor[] = [
      [],
      [[], [1, 3]],
      [[], [1, 3], [2, 2], [1, 1]],
      [[], [], [2, 2]],
      [[], [1], [2, 2]],
      [[], [0, 3], [2, 2]],
      [[], [3, 1], [2, 2]],
      [[], [5, 6, 1, 3], [2, 2]],
      [[], [1, 3, 4, 5], [2, 2]],
      [[], [1, 3, 3, 5], [2, 2]],
      [[], [1, -3], [2, 2]],
      [[], [1, 1.5], [2, 2]],
      [
        [1, 1],
        [1, 3],
        [2, 2],
      ],
      [
        [1, 9],
        [1, 3],
        [2, 2],
      ],
      [[], [1, 3], Array.from({ length: 2050 }, (_, i) => 2 * Math.floor(i / 2) + 1)],
    ];
    for (const list of lists) {
      expect(readCode(withElement(6, list)), JSON.stringify(list)).toBe('BAD_ENCODING');
    }
    expect(readCode(withElement(6, [[], [1, 3, 5, 5], [2, 2]]))).toBe('none');
  });

  it('kinds, key numbers, sizes and extensions that do not fit', () => {
    expect(readCode(withElement(0, 2))).toBe('UNSUPPORTED_FORMAT');
    expect(readCode(withElement(7, 4))).toBe('UNSUPPORTED_FORMAT');
    expect(readCode(withElement(3, ''))).toBe('BAD_ENCODING');
    expect(readCode(withElement(3, 'é'.repeat(513)))).toBe('BAD_ENCODING');
    expect(readCode(withElement(3, 'account#devices'))).toBe('BAD_ENCODING');
    expect(readCode(withElement(5, 0))).toBe('BAD_ENCODING');
    expect(readCode(withElement(7, 3))).toBe('BAD_ENCODING');
    expect(readCode(withElement(9, 0))).toBe('BAD_ENCODING');
    for (const length of [0, 39, 40, 200, 295, 297]) {
      expect(readCode(withElement(11, new Uint8Array(length)))).toBe('BAD_ENCODING');
    }
    const one = new Uint8Array(1);
    const lists: Cbor[] = [
      [[1]],
      [[1, one, 1]],
      [
        [2, one],
        [1, one],
      ],
      [
        [1, one],
        [1, one],
      ],
      [[-1, one]],
      [['1', one]],
      Array.from({ length: 17 }, (_, i) => [i, one]),
    ];
    for (const list of lists) expect(readCode(withElement(12, list))).toBe('BAD_ENCODING');
    expect(
      readCode(
        withElement(12, [
          [0, one],
          [5, one],
        ]),
      ),
    ).toBe('none');
  });

  it('sealed bytes moved into another envelope of the same device', () => {
    const from = written('ana', { sortKey: 'cart#1' });
    const moved = buildEnvelope(
      { ...request(), sealingKeyNumber: 1 },
      ana.device.signing,
      () => readBody(from).sealed,
    );
    verifyVersion(readEnvelope(moved.bytes), directoryOf(recordWith('ana')), verifier);
    expect(codeOf(() => openEnvelope(moved, keyring))).toBe('BAD_ENCODING');
  });

  it('a sealed value that does not fit its kind', () => {
    const value = written('ana');
    const { sealed } = readBody(value);
    const tombstone = { ...value, kind: 'tombstone' as const };
    expect(sealed.length).toBe(296);
    expect(codeOf(() => openEnvelope(tombstone, keyring))).toBe('BAD_ENCODING');
  });
});
