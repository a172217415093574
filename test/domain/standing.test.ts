import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptySeat, sameSeat, type Seat } from '../../src-main/domain/member.ts';
import { canMove } from '../../src-main/domain/membership.ts';
import {
  askLeave,
  askSeat,
  callOffLeave,
  enter,
  settle,
  type Standing,
} from '../../src-main/domain/standing.ts';

const anySeat: fc.Arbitrary<Seat> = fc.record({
  capacity: fc.constantFrom(0, 1, 2),
  steady: fc.boolean(),
  host: fc.constantFrom('h1', 'h2'),
  zone: fc.constantFrom('', 'z'),
});
type Step = (standing: Standing) => Standing;
const anyStep: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  fc
    .tuple(anySeat, fc.boolean())
    .map(
      ([seat, others]) =>
        [`seat ${String(others)}`, (s: Standing) => askSeat(s, seat, others)] as const,
    ),
  fc.constant(['leave', askLeave] as const),
  fc.constant(['stay', callOffLeave] as const),
  fc.constant(['settle', settle] as const),
);

describe('a member', () => {
  it('moves between states only as the table allows, and never wants what it has', () => {
    fc.assert(
      fc.property(anySeat, fc.boolean(), fc.array(anyStep), (first, others, steps) => {
        let standing = enter(first, others);
        for (const [, step] of steps) {
          const before = standing;
          try {
            standing = step(before);
          } catch {
            continue;
          }
          if (standing.state !== before.state) {
            expect(canMove(before.state, standing.state)).toBe(true);
          }
          if (standing.wanted !== undefined) {
            expect(sameSeat(standing.wanted, standing.now)).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its seat until it settles, as long as others store', () => {
    fc.assert(
      fc.property(anySeat, fc.array(anyStep), (first, steps) => {
        let standing = enter(first, true);
        for (const [name, step] of steps) {
          if (name === 'seat false') continue;
          const before = standing;
          try {
            standing = step(before);
          } catch {
            continue;
          }
          const moved = standing.now.capacity !== before.now.capacity;
          if (!moved) continue;
          const told = name === 'settle' && before.wanted !== undefined;
          expect(told || (before.now.capacity === 0 && standing.now.capacity === 0)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('joins, stays, leaves and has left', () => {
    const seat: Seat = { capacity: 1, steady: true, host: 'h', zone: '' };
    const joining = enter(seat, true);
    expect(joining).toEqual({ state: 'joining', now: emptySeat(seat), wanted: seat });
    const up = settle(joining);
    expect(up).toEqual({ state: 'up', now: seat, wanted: undefined });
    const leaving = askLeave(up);
    expect(leaving).toEqual({ state: 'leaving', now: seat, wanted: emptySeat(seat) });
    expect(callOffLeave(leaving)).toEqual(up);
    expect(settle(leaving)).toEqual({ state: 'left', now: emptySeat(seat), wanted: undefined });
    expect(() => askLeave(settle(leaving))).toThrow();
  });

  it('stores at once where nobody else does', () => {
    const seat: Seat = { capacity: 1, steady: false, host: 'h', zone: '' };
    expect(enter(seat, false)).toEqual({ state: 'up', now: seat, wanted: undefined });
  });
});
