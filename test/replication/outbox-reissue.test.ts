import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDot, containsDot, type CausalContext } from '../../src-main/domain/causal-context.ts';
import type { ActorId } from '../../src-main/domain/ids.ts';
import { without } from '../../src-main/replication/outbox-reissue.ts';

const actor = 'aa'.repeat(16) as ActorId;
const other = 'bb'.repeat(16) as ActorId;

describe('taking dots out of a context', () => {
  it('takes out exactly those', () => {
    const counters = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(counters, counters, (held, gone) => {
        const full = held.reduce<CausalContext>(
          (sum, counter) => addDot(addDot(sum, { actor, counter }), { actor: other, counter }),
          new Map(),
        );
        const left = without(full, new Map([[actor, new Set(gone)]]));
        for (let counter = 1; counter <= 40; counter++) {
          const stays = held.includes(counter) && !gone.includes(counter);
          expect(containsDot(left, { actor, counter })).toBe(stays);
          expect(containsDot(left, { actor: other, counter })).toBe(held.includes(counter));
        }
        expect([...left.values()].every((ranges) => ranges.length > 0)).toBe(true);
      }),
    );
  });
});
