import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedMap } from '../../src-main/base/bounded-map.ts';

describe('a bounded map', () => {
  it('keeps the newest half at least and never more than its size, as a map in memory would', () => {
    const step = fc.record({
      what: fc.constantFrom('set', 'get', 'delete'),
      key: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(step), (maxSize, steps) => {
        const map = createBoundedMap<number, number>({ maxSize });
        /** The oldest use first. */
        const model = new Map<number, number>();
        for (const [i, { what, key }] of steps.entries()) {
          const known = model.get(key);
          if (what === 'delete') {
            map.delete(key);
            model.delete(key);
          } else if (what === 'set') {
            map.set(key, i);
            model.delete(key);
            model.set(key, i);
          } else {
            const found = map.get(key);
            if (found !== undefined) expect(found).toBe(known);
            const newest = [...model.keys()].slice(-Math.floor(maxSize / 2));
            if (newest.includes(key)) expect(found).toBe(known);
            model.delete(key);
            if (found !== undefined) model.set(key, found);
          }
          const values = [...map.values()];
          expect(values.length).toBeLessThanOrEqual(maxSize);
          expect(new Set(values).size).toBe(values.length);
        }
      }),
    );
  });

  it('tells when its older half goes', () => {
    let forgotten = 0;
    const map = createBoundedMap<number, number>({ maxSize: 4, onForget: () => forgotten++ });
    for (let i = 0; i < 8; i++) map.set(i, i);
    expect(forgotten).toBe(3);
    expect([...map.values()]).toEqual([4, 5, 6, 7]);
    map.set(7, 70);
    expect(forgotten).toBe(3);
    expect(map.get(7)).toBe(70);
  });
});
