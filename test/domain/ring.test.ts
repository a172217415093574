import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import {
  HASH_SPACE,
  partitionOf,
  startOf,
  tokenCount,
  tokensOf,
} from '../../src-main/domain/ring.ts';
import { createTokenRing } from '../../src-main/domain/token-ring.ts';

const peer = '12D3KooWtest' as PeerId;

describe('tokens', () => {
  it('stay the same for ever, since every peer computes them', () => {
    expect([...tokensOf(peer, 7)]).toMatchInlineSnapshot(`
      [
        236860267486412,
        77607863695834,
        271021146090897,
        262246473246851,
        231534071188824,
        80635885011089,
        254234019883845,
      ]
    `);
  });

  it('of a smaller capacity are the first ones of a greater', () => {
    const many = tokensOf(peer, 500);
    for (const count of [0, 1, 4, 5, 6, 256]) {
      expect(tokensOf(peer, count)).toEqual(many.slice(0, count));
    }
    expect(new Set(many).size).toBe(500);
    expect(Math.max(...many)).toBeLessThan(HASH_SPACE);
  });

  it('grow with the capacity; whoever stores at all has one', () => {
    expect([0, 0.001, 0.5, 1, 64].map(tokenCount)).toEqual([0, 1, 128, 256, 16384]);
  });
});

describe('partitions', () => {
  it('of a key stay the same for ever', () => {
    const key = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' as PartitionKey;
    expect([1, 16, 1024].map((q) => partitionOf(key, q))).toMatchInlineSnapshot(`
      [
        0,
        4,
        285,
      ]
    `);
  });

  it('split in two when there are twice as many', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const key = Buffer.from(bytes).toString('hex') as PartitionKey;
        expect(Math.floor(partitionOf(key, 1024) / 2)).toBe(partitionOf(key, 512));
      }),
    );
    expect(startOf(1, 4)).toBe(HASH_SPACE / 4);
  });
});

describe('a walk of the ring', () => {
  const met = (tokens: number[][], point: number): number[] => {
    const walk = createTokenRing(tokens.map((list) => Float64Array.from(list))).walkFrom(point);
    return tokens.flatMap((_, i) => walk.at(i) ?? []);
  };

  it('meets each member once, clockwise, and goes on past zero', () => {
    const tokens = [[10, 50], [20], [HASH_SPACE - 1]];
    expect(met(tokens, 0)).toEqual([0, 1, 2]);
    expect(met(tokens, 11)).toEqual([1, 0, 2]);
    expect(met(tokens, 51)).toEqual([2, 0, 1]);
  });

  it('starts with a token that lies on the point', () => {
    expect(met([[10], [20]], 20)).toEqual([1, 0]);
    expect(met([[2 ** 40 + 7], [2 ** 40 + 6]], 2 ** 40 + 7)).toEqual([0, 1]);
  });

  it('lets the smaller peer id go first where tokens fall together', () => {
    expect(met([[7], [7], [7]], 7)).toEqual([0, 1, 2]);
    expect(met([[7], [7], [7]], 8)).toEqual([0, 1, 2]);
  });

  it('meets the same members as a plain search over all tokens', () => {
    const anyTokens = fc.array(
      fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { minLength: 1, maxLength: 6 }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(anyTokens, fc.integer({ min: 0, max: 2 ** 48 - 1 }), (tokens, point) => {
        const distance = (token: number): number => (token - point + HASH_SPACE) % HASH_SPACE;
        const sorted = tokens
          .map((list, member) => ({ member, first: Math.min(...list.map(distance)) }))
          .sort((x, y) => x.first - y.first || x.member - y.member);
        expect(met(tokens, point)).toEqual(sorted.map(({ member }) => member));
      }),
    );
  });

  it('ends, and refuses more members than its numbers hold', () => {
    expect(createTokenRing([]).walkFrom(0).at(0)).toBeUndefined();
    const tokens = new Array<Float64Array>(65_537).fill(new Float64Array(0));
    expect(() => createTokenRing(tokens)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});
