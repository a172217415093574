import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActorId, Hash } from '../../src-main/domain/ids.ts';
import {
  decodeItem,
  encodeItem,
  viewsOf,
  type StoredVersion,
} from '../../src-main/storage/item-record.ts';

const digits = (count: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: count,
    maxLength: count,
  });
const version: fc.Arbitrary<StoredVersion> = fc
  .record({
    actor: digits(32),
    counter: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    hash: digits(64),
    tombstone: fc.boolean(),
    position: fc.integer({ min: 0, max: 1_000_000 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    inline: fc.boolean(),
  })
  .map(({ actor, counter, hash, bytes, inline, ...rest }) => ({
    ...rest,
    dot: { actor: actor as ActorId, counter },
    hash: hash as Hash,
    size: bytes.byteLength,
    inline: inline ? bytes : undefined,
  }));

it('an item is read back as written, and its views are what reading would give', () => {
  fc.assert(
    fc.property(
      fc.array(version, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 80 }),
      (versions, room) => {
        const body = encodeItem(versions, room);
        expect(decodeItem(body)).toEqual(versions);
        const views = viewsOf(versions, body);
        expect(views).toEqual(versions);
        for (const { inline } of views) {
          if (inline !== undefined) expect(inline.buffer).toBe(body.buffer);
        }
      },
    ),
  );
});
