import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createOffences, OFFENCE_LIMITS } from '../../src-main/network/offences.ts';
import { createManualClock } from '../support/manual-clock.ts';

const rogue = 'rogue' as PeerId;
const other = 'other' as PeerId;
const MINUTE = 60_000;

function setUp() {
  const clock = createManualClock();
  const pardoned: PeerId[] = [];
  const onPardon = (peer: PeerId): void => {
    pardoned.push(peer);
  };
  return { clock, pardoned, offences: createOffences(OFFENCE_LIMITS, { clock, onPardon }) };
}

describe('what a member did that no working member does', () => {
  it('shuts it out at the third time in ten minutes, and no other', () => {
    const { clock, pardoned, offences } = setUp();
    expect(offences.count(rogue, 'BAD_ENCODING')).toBe(false);
    clock.advance(11 * MINUTE);
    expect(offences.count(rogue, 'BAD_ENCODING')).toBe(false);
    expect(offences.count(rogue, 'BAD_ENCODING')).toBe(false);
    expect(offences.count(rogue, 'BAD_SIGNATURE')).toBe(true);
    expect(offences.isRefused(rogue)).toBe(true);
    expect(offences.isRefused(other)).toBe(false);
    expect(offences.refused()).toEqual([{ peer: rogue, reason: 'BAD_SIGNATURE', leftMs: MINUTE }]);
    clock.advance(MINUTE);
    expect([offences.isRefused(rogue), offences.refused(), pardoned]).toEqual([false, [], [rogue]]);
  });

  it('shuts it out twice as long each time, up to an hour, until a day has passed', () => {
    const { clock, offences } = setUp();
    const offend = (): number => {
      while (!offences.count(rogue, 'x'));
      const [refused] = offences.refused();
      clock.advance(refused?.leftMs ?? 0);
      return (refused?.leftMs ?? 0) / MINUTE;
    };
    expect(Array.from({ length: 9 }, offend)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    clock.advance(25 * 60 * MINUTE);
    expect(offend()).toBe(1);
  });

  it('is remembered of a bounded number of members', () => {
    const { offences } = setUp();
    offences.count(rogue, 'x');
    offences.count(rogue, 'x');
    for (let i = 0; i < 1000; i++) offences.count(`m${i}` as PeerId, 'x');
    expect(offences.count(rogue, 'x')).toBe(false);
  });
});
