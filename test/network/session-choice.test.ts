import { describe, expect, it } from 'vitest';
import { chooseSession, type Candidate } from '../../src-main/network/session-choice.ts';

const RUN = new Uint8Array(16).fill(1);
const OTHER_RUN = new Uint8Array(16).fill(2);
const opened = (outbound: boolean, instance = RUN): Candidate => ({ outbound, instance });

/** Both ends' view of one stream: who has the smaller id, and which of the two opened it. */
function bothEnds(given: {
  openerOfCurrent?: 'small' | 'large';
  openerOfCandidate: 'small' | 'large';
  dialling?: boolean;
}) {
  const at = (self: 'small' | 'large') =>
    chooseSession({
      selfIsSmaller: self === 'small',
      current:
        given.openerOfCurrent === undefined ? undefined : opened(given.openerOfCurrent === self),
      dialling: given.dialling ?? false,
      candidate: opened(given.openerOfCandidate === self),
    });
  return [at('small'), at('large')];
}

describe('the choice between two sessions of one pair', () => {
  it('takes the only one', () => {
    expect(bothEnds({ openerOfCandidate: 'small' })).toEqual(['take', 'take']);
    expect(bothEnds({ openerOfCandidate: 'large' })).toEqual(['take', 'take']);
  });

  it('keeps the stream of the smaller id when both dial at once', () => {
    // The small side sees the large one's hello while it waits for the answer to its own.
    expect(bothEnds({ openerOfCandidate: 'large', dialling: true })[0]).toBe('refuse');
    expect(bothEnds({ openerOfCandidate: 'small', dialling: true })[1]).toBe('take');
  });

  it('is the same on both ends when two stand', () => {
    const late = { openerOfCurrent: 'large', openerOfCandidate: 'small' } as const;
    expect(bothEnds(late)).toEqual(['take', 'take']);
    const early = { openerOfCurrent: 'small', openerOfCandidate: 'large' } as const;
    expect(bothEnds(early)).toEqual(['refuse', 'refuse']);
  });

  it('takes a second stream of the same opener: it gave the first one up', () => {
    const [small] = bothEnds({ openerOfCurrent: 'large', openerOfCandidate: 'large' });
    expect(small).toBe('take');
  });

  it('probes the standing one when another run of the peer says hello', () => {
    for (const selfIsSmaller of [true, false]) {
      for (const outbound of [true, false]) {
        const candidate = opened(outbound, OTHER_RUN);
        const current = opened(!outbound);
        expect(chooseSession({ selfIsSmaller, current, dialling: false, candidate })).toBe('probe');
      }
    }
  });
});
