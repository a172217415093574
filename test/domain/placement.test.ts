import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import type { Member, MemberState, RingSettings } from '../../src-main/domain/member.ts';
import { createPlacement } from '../../src-main/domain/placement.ts';
import { lists, lost, memberOf, peers, place, Q, ring, settingsOf } from './members.ts';

const anyCapacity = fc.oneof(
  fc.constantFrom(0, 0.01, 0.25, 1, 1, 1, 2, 64),
  fc.integer({ min: 0, max: 64 }),
);
const anyPart = fc.record({
  capacity: anyCapacity,
  steady: fc.boolean(),
  host: fc.oneof(fc.constant(''), fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6')),
  zone: fc.oneof(fc.constant(''), fc.constantFrom('z1', 'z2', 'z3')),
});
/** 1 to 60 members, most of them with places that others share. */
const anyMembers = fc
  .array(anyPart, { minLength: 1, maxLength: 60 })
  .map((parts) => parts.map((part, i) => memberOf(peers[i] as PeerId, part)));
/** Few members on hosts whose peers name different zones: the hardest places to keep apart. */
const anyTangle = fc
  .array(
    fc.record({
      capacity: fc.constantFrom(1, 2),
      steady: fc.boolean(),
      host: fc.constantFrom('h1', 'h2', 'h3', 'h4'),
      zone: fc.constantFrom('z1', 'z2', 'z3'),
    }),
    { minLength: 4, maxLength: 14 },
  )
  .map((parts) => parts.map((part, i) => memberOf(peers[i] as PeerId, part)));
const anyN = fc.integer({ min: 1, max: 6 });

describe('placement, for any capacities 0–64 and 1–60 members', () => {
  it('gives every partition n distinct owners that store', () => {
    fc.assert(
      fc.property(anyMembers, anyN, (members, n) => {
        const storing = members.filter((member) => member.capacity > 0);
        const placement = place(members, settingsOf(n));
        expect(placement.n).toBe(Math.min(n, storing.length));
        const names = new Set(storing.map((member) => member.peer));
        for (const list of lists(placement)) {
          expect(list.size).toBe(placement.n);
          expect(lost(list, names)).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('computes the same from the same table, in whatever order and with whatever before', () => {
    fc.assert(
      fc.property(anyMembers, anyN, (members, n) => {
        const small = members.map((member) => ({ ...member, capacity: member.capacity / 16 }));
        const fresh = createPlacement(small.toReversed(), settingsOf(n));
        const reused = place(small, settingsOf(n));
        for (let i = 0; i < Q; i++) {
          expect(reused.owners(i)).toEqual(fresh.owners(i));
          expect(reused.listHash(i)).toBe(fresh.listHash(i));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('puts a steady member in every list if the ring has one', () => {
    fc.assert(
      fc.property(anyMembers, anyN, (members, n) => {
        const steady = new Set(
          members.filter((one) => one.steady && one.capacity > 0).map((one) => one.peer),
        );
        for (const list of lists(place(members, settingsOf(n)))) {
          expect(steady.size === 0 || [...list].some((peer) => steady.has(peer))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('moves exactly what was held when a member leaves', () => {
    fc.assert(
      fc.property(fc.oneof(anyMembers, anyTangle), anyN, fc.nat(), (members, n, which) => {
        const gone = members[which % members.length] as Member;
        const before = lists(place(members, settingsOf(n)));
        const after = lists(
          place(
            members.map((one) => (one === gone ? { ...one, state: 'left' } : one)),
            settingsOf(n),
          ),
        );
        for (const [i, list] of before.entries()) {
          const next = after[i] as ReadonlySet<PeerId>;
          if (!list.has(gone.peer)) expect(next).toEqual(list);
          else expect([...list].filter((peer) => !next.has(peer))).toEqual([gone.peer]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives lists that change by a join the newcomer and takes at most one owner off', () => {
    fc.assert(
      fc.property(anyMembers, anyN, anyPart, (members, n, part) => {
        const newcomer = memberOf(peers[60] as PeerId, part);
        const before = lists(place(members, settingsOf(n)));
        const after = lists(place([...members, newcomer], settingsOf(n)));
        for (const [i, list] of before.entries()) {
          const next = after[i] as ReadonlySet<PeerId>;
          const gained = [...next].filter((peer) => !list.has(peer));
          expect(gained).toEqual(next.has(newcomer.peer) ? [newcomer.peer] : []);
          expect(lost(list, next)).toBeLessThanOrEqual(gained.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('alters at most one owner of a list when one member changes anything of itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyMembers, anyTangle),
        anyN,
        fc.nat(),
        anyPart,
        (members, n, which, part) => {
          const index = which % members.length;
          const changed = members.map((one, i) => (i === index ? { ...one, ...part } : one));
          const before = lists(place(members, settingsOf(n)));
          const after = lists(place(changed, settingsOf(n)));
          for (const [i, list] of before.entries()) {
            const next = after[i] as ReadonlySet<PeerId>;
            expect(lost(list, next)).toBeLessThanOrEqual(1);
            expect(lost(next, list)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  it('gives nobody more than one new partition owner when auto goes from 5 to 6 members', () => {
    const before = lists(place(ring(5), settingsOf('auto')));
    const after = lists(place(ring(6), settingsOf('auto')));
    for (const [i, list] of before.entries()) {
      expect(lost(after[i] as ReadonlySet<PeerId>, list)).toBeLessThanOrEqual(1);
    }
  });
});

describe('how many', () => {
  const counts = (members: readonly Member[], settings: RingSettings) => {
    const { n, r, w, readsLocally } = place(members, settings);
    return { n, r, w, readsLocally };
  };

  it('keeps everything everywhere up to five storing members, then three copies', () => {
    const auto = settingsOf('auto');
    expect(counts(ring(1), auto)).toEqual({ n: 1, r: 1, w: 1, readsLocally: true });
    expect(counts(ring(2), auto)).toEqual({ n: 2, r: 1, w: 2, readsLocally: true });
    expect(counts(ring(5), auto)).toEqual({ n: 5, r: 1, w: 2, readsLocally: true });
    expect(counts(ring(6), auto)).toEqual({ n: 3, r: 2, w: 2, readsLocally: false });
  });

  it('counts members in the table whether awake or not, and not those that store nothing', () => {
    const states: MemberState[] = ['joining', 'up', 'leaving', 'left', 'retired', 'revoked'];
    const members = ring(6).map((one, i) => ({ ...one, state: states[i] as MemberState }));
    const placement = place([...members, memberOf(peers[9] as PeerId, { capacity: 0 })]);
    expect(new Set(placement.storing)).toEqual(new Set(peers.slice(0, 3)));
  });

  it('lowers numbers that the settings ask for to what the members allow', () => {
    const settings = { ...settingsOf(5), r: 3, w: 4 };
    expect(counts(ring(2), settings)).toEqual({ n: 2, r: 2, w: 2, readsLocally: false });
    expect(counts(ring(60), settings)).toEqual({ n: 5, r: 3, w: 4, readsLocally: false });
  });

  it('has no owners where nobody stores', () => {
    const placement = place(ring(3, { capacity: 0 }), settingsOf('auto'));
    expect(placement.owners(0)).toEqual([]);
    expect([...placement.walk(0)]).toEqual([]);
    expect(placement).toMatchObject({ n: 0, r: 0, w: 0 });
  });
});

describe('a placement', () => {
  it('walks owners first, then every other storing member once', () => {
    const placement = place(ring(12));
    for (let i = 0; i < Q; i++) {
      const walk = [...placement.walk(i)];
      expect(walk.slice(0, 3)).toEqual(placement.owners(i));
      expect(walk).toHaveLength(12);
      expect(new Set(walk).size).toBe(12);
    }
  });

  it('hashes lists to the same only if owners, partition and settings are the same', () => {
    const one = place(ring(12));
    const hashes = new Set(Array.from({ length: Q }, (_, i) => one.listHash(i)));
    expect(hashes.size).toBe(Q);
    expect(one.listHash(0)).toMatch(/^[0-9a-f]{32}$/);
    expect(place(ring(12), { ...settingsOf(3), number: 2 }).listHash(0)).not.toBe(one.listHash(0));
    expect(place(ring(2)).listHash(0)).not.toBe(one.listHash(0));
  });

  it('puts keys evenly into the partitions', () => {
    const placement = place(ring(3));
    const hits = new Array<number>(Q).fill(0);
    for (let i = 0; i < 6400; i++) {
      const key = i.toString(16).padStart(64, '0') as PartitionKey;
      const partition = placement.partitionOf(key);
      hits[partition] = (hits[partition] ?? 0) + 1;
    }
    expect(Math.min(...hits)).toBeGreaterThan(50);
    expect(Math.max(...hits)).toBeLessThan(160);
  });

  it('spreads copies over equal members as evenly as the design measured', () => {
    for (const [count, bound] of [
      [10, 1.2],
      [30, 1.3],
    ] as const) {
      const placement = place(ring(count), settingsOf(3, 1024));
      const shares = placement.storing.map((peer) => placement.shareOf(peer));
      const mean = shares.reduce((a, b) => a + b, 0) / count;
      expect(Math.max(...shares) / mean).toBeLessThan(bound);
    }
  });

  it('knows what a member owns', () => {
    const placement = place(ring(12));
    const peer = peers[3] as PeerId;
    const owned = placement.partitionsOf(peer);
    for (let i = 0; i < Q; i++) expect(owned.has(i)).toBe(placement.isOwner(i, peer));
    expect(placement.shareOf(peer)).toBe(owned.size / Q);
    expect(placement.shareOf('nobody' as PeerId)).toBe(0);
  });

  it('is made for ten thousand members in seconds and asked in an instant', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => memberOf(`peer ${i}` as PeerId));
    const placement = createPlacement(many, settingsOf(3, 1024));
    for (let i = 0; i < 1024; i++) expect(placement.owners(i)).toHaveLength(3);
    const next = createPlacement(many.slice(1), settingsOf(3, 1024), [placement]);
    const gone = many[0]?.peer as PeerId;
    const moved = Array.from({ length: 1024 }, (_, i) => i).filter(
      (i) => placement.listHash(i) !== next.listHash(i),
    );
    expect(new Set(moved)).toEqual(placement.partitionsOf(gone));
  });
});
