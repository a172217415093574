import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import {
  ackWrite,
  answerRead,
  copies,
  createReadQuorum,
  createWriteQuorum,
  hintAsked,
  hintFailed,
  isAtLeast,
  missing,
  ownersWithoutFallback,
  ownerSilent,
  reached,
  readAnswered,
  readEnough,
  writeState,
  type WriteGoal,
  type WriteQuorum,
} from '../../src-main/domain/quorum.ts';

const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'] as unknown as [
  PeerId,
  PeerId,
  PeerId,
  PeerId,
  PeerId,
];

function quorum(owners: readonly PeerId[], w: number, writer = a): WriteQuorum {
  return createWriteQuorum({ owners, w, writer });
}

function states(start: WriteQuorum, ...acks: readonly PeerId[]): string[] {
  let value = start;
  return [writeState(value), ...acks.map((peer) => writeState((value = ackWrite(value, peer))))];
}

describe('a write quorum', () => {
  it('goes from pending over placed to complete as owners answer', () => {
    expect(states(quorum([a, b, c], 2), b, c)).toEqual(['pending', 'placed', 'complete']);
  });

  it('is safe with hints on enough disks, placed only with owners', () => {
    expect(states(quorum([b, c, d], 2), e, b, c)).toEqual(['pending', 'safe', 'safe', 'placed']);
    expect(states(quorum([a, b, c], 2), e, d)).toEqual(['pending', 'safe', 'safe']);
  });

  it('counts the writer once, and each peer once', () => {
    expect(states(quorum([a, b, c], 2), a, a)).toEqual(['pending', 'pending', 'pending']);
    expect(states(quorum([a, b, c], 3), b, b)).toEqual(['pending', 'pending', 'pending']);
    expect(copies(ackWrite(ackWrite(quorum([a, b], 2), b), b))).toEqual([a, b]);
  });

  it('is complete at once in a ring of one', () => {
    expect(states(quorum([a], 1))).toEqual(['complete']);
  });

  it('needs both of two', () => {
    expect(states(quorum([a, b], 2), b)).toEqual(['pending', 'complete']);
  });

  it('stays pending where nobody stores', () => {
    expect(states(quorum([], 0), b)).toEqual(['pending', 'pending']);
  });

  it('does not count a writer that holds nothing yet', () => {
    const goal = { owners: [a, b], w: 1, writer: a };
    expect(states(createWriteQuorum(goal, { writerHolds: false }), a, b)).toEqual([
      'pending',
      'placed',
      'complete',
    ]);
  });

  it('tells who has it and which owners lack it', () => {
    const value = ackWrite(quorum([b, c], 2), b);
    expect(copies(value)).toEqual([a, b]);
    expect(missing(value)).toEqual([c]);
  });

  it('asks for one fallback for each silent owner, and for another when that one fails', () => {
    let value = ownerSilent(ownerSilent(quorum([a, b, c], 2), b), b);
    expect(ownersWithoutFallback(value)).toEqual([b]);
    value = hintAsked(value, b, d);
    expect(ownersWithoutFallback(value)).toEqual([]);
    value = hintFailed(value, b, e);
    expect(ownersWithoutFallback(value)).toEqual([]);
    value = hintFailed(value, b, d);
    expect(ownersWithoutFallback(value)).toEqual([b]);
    expect(ownersWithoutFallback(ackWrite(value, b))).toEqual([]);
    expect(ownersWithoutFallback(ownerSilent(value, e))).toEqual([b]);
  });

  it('never goes back, whatever answers come in whatever order', () => {
    const peers = [a, b, c, d, e];
    const anyGoal = fc.record({
      owners: fc.subarray(peers, { minLength: 1 }),
      w: fc.integer({ min: 1, max: 5 }),
      writer: fc.constantFrom(...peers),
    });
    const anyEvents = fc.array(
      fc.tuple(fc.constantFrom('ack', 'silent'), fc.constantFrom(...peers)),
    );
    fc.assert(
      fc.property(anyGoal, anyEvents, ({ owners, w: wanted, writer }, events) => {
        const w = Math.min(wanted, owners.length);
        let value = createWriteQuorum({ owners, w, writer });
        const disks = new Set([writer]);
        for (const [event, peer] of events) {
          const before = writeState(value);
          value = event === 'ack' ? ackWrite(value, peer) : ownerSilent(value, peer);
          if (event === 'ack') disks.add(peer);
          expect(isAtLeast(writeState(value), before)).toBe(true);
          const placed = owners.filter((owner) => disks.has(owner)).length;
          expect(reached(value, 'safe')).toBe(disks.size >= w);
          expect(reached(value, 'placed')).toBe(placed >= w);
          expect(reached(value, 'complete')).toBe(placed === owners.length);
        }
      }),
    );
  });

  it('is a value: what was, stays', () => {
    const before = quorum([a, b], 2);
    ackWrite(ownerSilent(hintAsked(before, b, c), b), b);
    expect(before).toEqual(quorum([a, b], 2));
  });
});

describe('a read quorum', () => {
  it('is enough with r answers, fallbacks counted, and tells how many were owners', () => {
    let value = createReadQuorum({ owners: [a, b], r: 2 });
    expect(readEnough(value)).toBe(false);
    value = answerRead(answerRead(answerRead(value, a), a), d);
    expect(readAnswered(value)).toEqual({ answered: 2, answeredOwners: 1 });
    expect(readEnough(value)).toBe(true);
  });

  it('counts owners only when it is strict', () => {
    let value = createReadQuorum({ owners: [a, b], r: 2, strict: true });
    value = answerRead(answerRead(value, a), d);
    expect(readEnough(value)).toBe(false);
    expect(readEnough(answerRead(value, b))).toBe(true);
  });
});

describe('a write while members come in', () => {
  const goal = { ...goalOf3(), pending: [['x', 'y'] as PeerId[], ['z'] as PeerId[]] };

  it('is placed with one of each change, and complete with all', () => {
    let quorum = createWriteQuorum(goal);
    for (const peer of ['b', 'x'] as PeerId[]) quorum = ackWrite(quorum, peer);
    expect(writeState(quorum)).toBe('pending');
    quorum = ackWrite(quorum, 'z' as PeerId);
    expect(writeState(quorum)).toBe('placed');
    quorum = ackWrite(quorum, 'c' as PeerId);
    expect(writeState(quorum)).toBe('placed');
    expect(missing(quorum)).toEqual(['y']);
    expect(writeState(ackWrite(quorum, 'y' as PeerId))).toBe('complete');
  });

  it('is safe without who is coming in and silent, and asks no fallback for it', () => {
    let quorum = ackWrite(createWriteQuorum(goal), 'b' as PeerId);
    expect(writeState(quorum)).toBe('pending');
    for (const peer of ['x', 'y', 'z'] as PeerId[]) quorum = ownerSilent(quorum, peer);
    expect(writeState(quorum)).toBe('safe');
    expect(ownersWithoutFallback(quorum)).toEqual([]);
  });
});

describe('a strict quorum while a list changes', () => {
  it('counts an owner that lacks, the writer too, when it has all', () => {
    const goal = { owners: [a, b, c], w: 2, writer: a, strict: true, writerLacks: true };
    const one = ackWrite(createWriteQuorum(goal), b);
    expect([writeState(one), missing(one)]).toEqual(['safe', [a, c]]);
    expect(writeState(ackWrite(one, c, { loose: true }))).toBe('safe');
    expect(writeState(ackWrite(one, c))).toBe('placed');
    expect(writeState(ackWrite(one, a))).toBe('placed');
  });

  it('wants enough of each list that may come next', () => {
    const goal = { owners: [a, b, c], r: 2, strict: true, next: [{ owners: [a, b, d], r: 2 }] };
    const answered = (...peers: readonly PeerId[]): boolean =>
      readEnough(peers.reduce(answerRead, createReadQuorum(goal)));
    expect([answered(a, b), answered(b, c, d)]).toEqual([true, true]);
    expect([answered(b, c), answered(a, d)]).toEqual([false, false]);
  });
});

function goalOf3(): WriteGoal {
  return { owners: ['a', 'b', 'c'] as PeerId[], w: 2, writer: 'a' as PeerId };
}
