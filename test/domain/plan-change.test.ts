import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { planChange, type RingChange } from '../../src-main/domain/plan-change.ts';
import { memberOf, peers, place, Q, ring, settingsOf } from './members.ts';

const ONE = { accounts: 1, items: 1, bytes: 10 };
const anyChange: fc.Arbitrary<RingChange> = fc.oneof(
  fc.constant<RingChange>({ kind: 'join', member: memberOf(peers[60] as PeerId) }),
  fc.nat(3).map((i): RingChange => ({ kind: 'leave', peer: peers[i] as PeerId })),
  fc.nat(3).map((i): RingChange => ({ kind: 'retire', peer: peers[i] as PeerId })),
  fc.tuple(fc.nat(3), fc.constantFrom(0, 0.5, 3)).map(([i, capacity]): RingChange => ({
    ...{ kind: 'seat', peer: peers[i] as PeerId, seat: { capacity } },
  })),
  fc.constantFrom(1, 2, 4).map((n): RingChange => ({ kind: 'settings', settings: settingsOf(n) })),
);

describe('the plan of a change', () => {
  it('moves to each member exactly what it keeps more than before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 9 }), anyChange, (count, change) => {
        const plan = planChange(ring(count), settingsOf(3), change, () => ONE);
        for (const { peer, before, after } of plan.shares) {
          const into = plan.moves.filter((move) => move.to === peer);
          const out = plan.moves.filter((move) => move.from === peer);
          const sum = (moves: typeof into): number =>
            moves.reduce((total, { partitions }) => total + partitions, 0);
          const grown = Math.round((after - before) * Q);
          if (plan.after.n >= plan.before.n) expect(sum(into) - sum(out)).toBe(grown);
        }
        for (const { partitions, items, bytes } of plan.moves) {
          expect([items, bytes]).toEqual([partitions, partitions * 10]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of a leave moves what was held, to others', () => {
    const members = ring(6);
    const gone = peers[2] as PeerId;
    const plan = planChange(members, settingsOf(3), { kind: 'leave', peer: gone }, () => ONE);
    const held = place(members).partitionsOf(gone).size;
    expect(plan.partitions).toBe(held);
    expect(plan.items).toBe(held);
    expect(plan.moves.every((move) => move.from === gone && move.to !== gone)).toBe(true);
  });

  it('of one more copy names no one who gives up', () => {
    const plan = planChange(
      ring(5),
      settingsOf(3),
      { kind: 'settings', settings: settingsOf(4) },
      () => ONE,
    );
    expect([plan.before.n, plan.after.n]).toEqual([3, 4]);
    expect(plan.items).toBe(Q);
    expect(plan.moves.every((move) => move.from === undefined)).toBe(true);
  });
});
