import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { emptySeat, type Member } from '../../src-main/domain/member.ts';
import { createRingLists, type RingLists } from '../../src-main/domain/ring-lists.ts';
import { memberOf, peers, Q, settingsOf } from './members.ts';

const anySeat = fc.record({
  capacity: fc.constantFrom(0, 0.25, 1, 1, 2),
  steady: fc.boolean(),
  host: fc.constantFrom('', 'h1', 'h2', 'h3'),
  zone: fc.constantFrom('', 'z1', 'z2'),
});
/** Members that stay, and some that join, leave or change. */
const anyTable = fc
  .array(fc.tuple(anySeat, fc.option(anySeat, { nil: undefined }), fc.nat(5)), {
    minLength: 1,
    maxLength: 9,
  })
  .map((rows) =>
    rows.map(([now, wanted, kind], i): Member => {
      const peer = peers[i] as PeerId;
      if (wanted === undefined || kind > 2) return memberOf(peer, now);
      if (kind === 0) return memberOf(peer, { ...emptySeat(wanted), state: 'joining', wanted });
      if (kind === 1) return memberOf(peer, { ...now, state: 'leaving', wanted: emptySeat(now) });
      return memberOf(peer, { ...now, wanted });
    }),
  );
const anyN = fc.constantFrom<number | 'auto'>('auto', 1, 2, 3);

function listsOf(members: readonly Member[], n: number | 'auto', before?: RingLists): RingLists {
  return createRingLists(members, settingsOf(n), before?.placements);
}

/** The table once this member has what it wants. */
function made(members: readonly Member[], peer: PeerId): readonly Member[] {
  return members.map((one) =>
    one.peer === peer ? { ...one, ...(one.wanted ?? one), wanted: undefined } : one,
  );
}

describe('the lists of a table with changes under way', () => {
  it('are equal for equal tables, whatever was before and in whatever order', () => {
    fc.assert(
      fc.property(anyTable, anyTable, anyN, (members, others, n) => {
        const fresh = listsOf(members.toReversed(), n);
        const reused = listsOf(members, n, listsOf(others, n));
        for (let p = 0; p < Q; p++) {
          expect(reused.listHash(p)).toBe(fresh.listHash(p));
          expect(reused.pending(p)).toEqual(fresh.pending(p));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are those known from before where nothing moved, and when what was announced ends', () => {
    fc.assert(
      fc.property(anyTable, anyN, (members, n) => {
        const before = listsOf(members, n);
        for (const peer of before.changing) {
          const announced = members.map((one) =>
            one.peer === peer ? one : { ...one, wanted: undefined },
          );
          const known = before.after(peer);
          const still = listsOf(announced, n, before);
          expect(still.settled).toBe(before.settled);
          expect(still.after(peer)).toBe(known);
          const [ended, fresh] = [
            listsOf(made(members, peer), n, before),
            listsOf(made(members, peer), n),
          ];
          expect(ended.settled).toBe(known);
          for (let p = 0; p < Q; p++) expect(ended.listHash(p)).toBe(fresh.listHash(p));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('bring in by a change exactly who owns after it and did not before', () => {
    fc.assert(
      fc.property(anyTable, anyN, (members, n) => {
        const lists = listsOf(members, n);
        for (const peer of lists.changing) {
          const after = listsOf(made(members, peer), n);
          for (let p = 0; p < Q; p++) {
            const owners = lists.settled.owners(p);
            const next = after.settled.owners(p);
            const change = lists.pending(p).find((one) => one.peer === peer);
            expect(change?.incoming ?? []).toEqual(
              next.filter((one) => !owners.includes(one)).sort(),
            );
            const differs = JSON.stringify(owners.toSorted()) !== JSON.stringify(next.toSorted());
            if (differs) expect(lists.altered(peer).has(p)).toBe(true);
            for (const one of next) expect(lists.keptBy(one).has(p)).toBe(true);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('alter one owner of a list at most by one change, where the number of copies stays', () => {
    fc.assert(
      fc.property(anyTable, fc.constantFrom(1, 2, 3), (members, n) => {
        const lists = listsOf(members, n);
        for (const peer of lists.changing) {
          const after = listsOf(made(members, peer), n).settled;
          if (after.n !== lists.settled.n) continue;
          for (let p = 0; p < Q; p++) {
            const change = lists.pending(p).find((one) => one.peer === peer);
            expect(change?.incoming.length ?? 0).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have another hash as soon as somebody is to come in', () => {
    const settled = [0, 1, 2].map((i) => memberOf(peers[i] as PeerId));
    const wanted = memberOf(peers[3] as PeerId);
    const newcomer = memberOf(wanted.peer, { ...emptySeat(wanted), state: 'joining', wanted });
    const [before, after] = [listsOf(settled, 'auto'), listsOf([...settled, newcomer], 'auto')];
    for (let p = 0; p < Q; p++) {
      expect(after.settled.owners(p)).toEqual(before.settled.owners(p));
      expect(after.pending(p)).toEqual([{ peer: newcomer.peer, incoming: [newcomer.peer] }]);
      expect(after.listHash(p)).not.toBe(before.listHash(p));
    }
  });
});
