import { equalBytes } from '../base/bytes.ts';

/** What the choice needs to know of a session: who opened it, and which run of the peer it is. */
export interface Candidate {
  readonly outbound: boolean;
  /** The peer's instance id. */
  readonly instance: Uint8Array;
}

/**
 * - `take`: it becomes the pair's session; any other ends.
 * - `refuse`: the other one stays.
 * - `probe`: another run of the same peer: it restarted unnoticed, or two live with one id.
 */
export type Choice = 'take' | 'refuse' | 'probe';

/**
 * Which of two sessions between one pair stays, so that both ends decide alike without asking: when
 * both dialled at once, the stream that the smaller peer id opened.
 */
export function chooseSession(given: {
  readonly selfIsSmaller: boolean;
  /** The session in use, if any. */
  readonly current: Candidate | undefined;
  /** This side has opened a stream itself and waits for its hello. */
  readonly dialling: boolean;
  readonly candidate: Candidate;
}): Choice {
  const { selfIsSmaller, current, dialling, candidate } = given;
  if (current === undefined) {
    return !candidate.outbound && dialling && selfIsSmaller ? 'refuse' : 'take';
  }
  if (!equalBytes(current.instance, candidate.instance)) return 'probe';
  // A second stream opened by the other side: it gave the first one up before this side noticed.
  if (candidate.outbound === current.outbound) return candidate.outbound ? 'refuse' : 'take';
  return candidate.outbound === selfIsSmaller ? 'take' : 'refuse';
}
