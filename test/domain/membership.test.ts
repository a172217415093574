import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hash, PeerId } from '../../src-main/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../src-main/domain/member.ts';
import {
  canMove,
  changedRecords,
  compareTables,
  effectiveState,
  mergeTables,
  newerSettings,
  newestRecord,
  recordHeads,
  tableDigest,
  withRetired,
  type RecordHead,
} from '../../src-main/domain/membership.ts';

const anyRecord = fc
  .tuple(fc.integer({ max: 4, min: 0 }), fc.nat(2), fc.nat(3), fc.nat(1))
  .map(([peer, epochCounter, n, bytes]) => record(`p${peer}`, epochCounter, n, String(bytes)));
const anyTable = fc.array(anyRecord, { maxLength: 10 }).map((list) => tableOf(list));

function record(peer: string, epochCounter: number, n: number, bytes = ''): RecordHead {
  const hash = `${peer}/${epochCounter}/${n}/${bytes}` as Hash;
  return { peer: peer as PeerId, epochCounter, n, hash };
}

function tableOf(records: Iterable<RecordHead>): ReadonlyMap<PeerId, RecordHead> {
  return mergeTables(new Map(), records);
}

function sorted(table: ReadonlyMap<PeerId, RecordHead>): readonly RecordHead[] {
  return recordHeads(table.values());
}

describe('member records', () => {
  it('of a later epoch win over more records in an earlier one', () => {
    const [early, late] = [record('p', 1, 9), record('p', 2, 1)];
    expect(newestRecord(early, late)).toBe(late);
    expect(newestRecord(late, early)).toBe(late);
    expect(newestRecord(record('p', 1, 9), record('p', 1, 10)).n).toBe(10);
  });

  it('of one number and other bytes fall by hash, the same way everywhere', () => {
    const [one, other] = [record('p', 1, 1, 'x'), record('p', 1, 1, 'y')];
    expect(newestRecord(one, other)).toBe(newestRecord(other, one));
  });
});

describe('member tables', () => {
  it('merge commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(anyTable, anyTable, anyTable, (x, y, z) => {
        const merge = (p: typeof x, q: typeof x) => mergeTables(p, q.values());
        expect(sorted(merge(x, y))).toEqual(sorted(merge(y, x)));
        expect(sorted(merge(merge(x, y), z))).toEqual(sorted(merge(x, merge(y, z))));
        expect(sorted(merge(x, x))).toEqual(sorted(x));
      }),
    );
  });

  it('have equal digests exactly when they are equal', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (x, y) => {
        const equal = JSON.stringify(sorted(x)) === JSON.stringify(sorted(y));
        expect(tableDigest(x.values()) === tableDigest(y.values())).toBe(equal);
        expect(tableDigest([...x.values()].reverse())).toBe(tableDigest(x.values()));
      }),
    );
  });

  it('are the same after each sends what the other lacks', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (mine, theirs) => {
        const { send, want } = compareTables(mine, recordHeads(theirs.values()));
        const take = (from: typeof mine, peers: readonly PeerId[]): RecordHead[] =>
          peers.flatMap((peer) => from.get(peer) ?? []);
        const mineAfter = mergeTables(mine, take(theirs, want));
        const theirsAfter = mergeTables(theirs, take(mine, send));
        expect(sorted(mineAfter)).toEqual(sorted(theirsAfter));
        expect(new Set(changedRecords(mine, mineAfter))).toEqual(new Set(want));
        expect(new Set(changedRecords(theirs, theirsAfter))).toEqual(new Set(send));
      }),
    );
  });
});

describe('states', () => {
  it('go joining, up, leaving, left, and only back where it makes sense', () => {
    expect(canMove('joining', 'up')).toBe(true);
    expect(canMove('up', 'leaving')).toBe(true);
    expect(canMove('leaving', 'left')).toBe(true);
    expect(canMove('leaving', 'up')).toBe(true);
    expect(canMove('left', 'joining')).toBe(true);
    expect(canMove('retired', 'joining')).toBe(true);
    expect(canMove('up', 'joining')).toBe(false);
    expect(canMove('up', 'left')).toBe(false);
    expect(canMove('revoked', 'joining')).toBe(false);
  });

  it('follow what others say: revoked for ever, retired until it comes back empty', () => {
    const record = { epochCounter: 3, n: 7 };
    expect(effectiveState('up', record, { revoked: false })).toBe('up');
    expect(effectiveState('up', record, { revoked: true, retiredAt: record })).toBe('revoked');
    expect(effectiveState('up', record, { revoked: false, retiredAt: record })).toBe('retired');
    const sameLife = { epochCounter: 3, n: 8 };
    expect(effectiveState('up', sameLife, { revoked: false, retiredAt: record })).toBe('retired');
    const empty = { epochCounter: 4, n: 0 };
    expect(effectiveState('joining', empty, { revoked: false, retiredAt: record })).toBe('joining');
  });
});

describe('ring settings', () => {
  it('of the greatest number count, then of the greatest hash', () => {
    const [one, other] = [
      { number: 1, hash: 'b' as Hash },
      { number: 1, hash: 'a' as Hash },
    ];
    const later = { number: 2, hash: '0' as Hash };
    expect(newerSettings(one, other)).toBe(one);
    expect(newerSettings(other, one)).toBe(one);
    expect(newerSettings(one, later)).toBe(later);
  });
});

describe('a member that is retired', () => {
  it('counts as that until its record is of a later epoch', () => {
    const peer = 'p' as PeerId;
    const settings = withRetired(DEFAULT_SETTINGS, { peer, epochCounter: 3 });
    expect(settings.number).toBe(DEFAULT_SETTINGS.number + 1);
    const [retiredAt] = settings.retired ?? [];
    const facts = { revoked: false, retiredAt };
    expect(effectiveState('up', { epochCounter: 3 }, facts)).toBe('retired');
    expect(effectiveState('joining', { epochCounter: 4 }, facts)).toBe('joining');
    const again = withRetired(settings, { peer, epochCounter: 5 });
    expect(again.retired).toEqual([{ peer, epochCounter: 5 }]);
  });
});
