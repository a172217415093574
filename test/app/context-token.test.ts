import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import { equalContexts } from '../../src-main/domain/causal-context.ts';
import { seenOfAll, type Version } from '../../src-main/domain/versioned-item.ts';
import type { ActorId, Hash, ItemKey, PartitionKey } from '../../src-main/domain/ids.ts';
import {
  dotOfVersionName,
  makeContextToken,
  readContextToken,
  versionName,
} from '../../src-main/app/context-token.ts';

const macKey = new Uint8Array(32).fill(7);
const key: ItemKey = { partitionKey: 'ab'.repeat(32) as PartitionKey, sortKey: 'cart#1' };
const hex = (digits: number) =>
  fc.uint8Array({ minLength: digits / 2, maxLength: digits / 2 }).map(toHex);
const version: fc.Arbitrary<Version> = fc.record({
  dot: fc.record({
    actor: hex(32).map((x) => x as ActorId),
    counter: fc.integer({ min: 1, max: 2 ** 40 }),
  }),
  hash: hex(64).map((x) => x as Hash),
  context: fc
    .array(fc.tuple(hex(32), fc.integer({ min: 1, max: 1000 })), { maxLength: 3 })
    .map((list) => new Map(list.map(([a, to]) => [a as ActorId, [[1, to]] as const]))),
});

describe('context token', () => {
  it('gives back the names and the joined context of the versions it was made of', () => {
    fc.assert(
      fc.property(fc.array(version, { maxLength: 4 }), (versions) => {
        const read = readContextToken(macKey, key, makeContextToken(macKey, key, versions));
        expect(read.versions).toEqual(versions.map(versionName));
        expect(equalContexts(read.context, seenOfAll(versions))).toBe(true);
      }),
    );
  });

  it('takes the empty token as the context of one who has read nothing', () => {
    expect(readContextToken(macKey, key, '')).toEqual({ versions: [], context: new Map() });
  });

  it('refuses garbage, another item’s token and a token changed in one place', () => {
    fc.assert(
      fc.property(version, fc.nat(), (one, at) => {
        const token = makeContextToken(macKey, key, [one]);
        const i = at % token.length;
        const other = token[i] === 'A' ? 'B' : 'A';
        const changed = token.slice(0, i) + other + token.slice(i + 1);
        const elsewhere = { ...key, sortKey: 'cart#2' };
        for (const attempt of [
          () => readContextToken(macKey, key, changed),
          () => readContextToken(macKey, elsewhere, token),
          () => readContextToken(new Uint8Array(32), key, token),
          () => readContextToken(macKey, key, 'not a token'),
        ]) {
          expect(attempt).toThrow(expect.objectContaining({ code: 'UNKNOWN_CONTEXT' }) as Error);
        }
      }),
    );
  });

  it('names a version so that its dot can be read back', () => {
    fc.assert(
      fc.property(version, (one) => {
        expect(dotOfVersionName(versionName(one))).toEqual(one.dot);
      }),
    );
    expect(() => dotOfVersionName('x.1-2')).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }) as Error,
    );
  });
});
