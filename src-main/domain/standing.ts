/**
 * How a member moves from state to state (DESIGN §2 Membership), as pure functions of what it says
 * of itself. What it holds by (`now`) changes only when what it wants is filled, or where nobody
 * else stores and there is nothing to take over.
 */
import { AppError } from '../base/app-error.ts';
import { emptySeat, sameSeat, type MemberState, type Seat } from './member.ts';

/** What a member says of its own place in the ring. */
export interface Standing {
  readonly state: MemberState;
  readonly now: Seat;
  /** Absent when it has what it wants. */
  readonly wanted: Seat | undefined;
}

/**
 * A member that comes in, new or again.
 * @param othersStore some other member keeps items: then it takes over its part before it counts.
 */
export function enter(wanted: Seat, othersStore: boolean): Standing {
  if (wanted.capacity === 0 || !othersStore) return { state: 'up', now: wanted, wanted: undefined };
  return { state: 'joining', now: emptySeat(wanted), wanted };
}

/**
 * It wants another seat: capacity, zone, steady or not. What it wanted before is called off. Who is
 * leaving, or has left, keeps to that.
 */
export function askSeat(standing: Standing, seat: Seat, othersStore: boolean): Standing {
  const { state, now } = standing;
  if (state === 'joining') return enter(seat, othersStore);
  if (state !== 'up') return standing;
  if (sameSeat(now, seat)) return { state, now, wanted: undefined };
  const movesNothing = !othersStore || (now.capacity === 0 && seat.capacity === 0);
  if (movesNothing) return { state, now: seat, wanted: undefined };
  return { state, now, wanted: seat };
}

/** @throws BAD_REQUEST when it is no member that could leave. */
export function askLeave({ state, now }: Standing): Standing {
  if (state !== 'up' && state !== 'joining' && state !== 'leaving') {
    throw new AppError('BAD_REQUEST', `A machine that is ${state} cannot leave.`);
  }
  return { state: 'leaving', now, wanted: now.capacity === 0 ? undefined : emptySeat(now) };
}

/**
 * It stays after all, with the seat it has; what it wants beside that is asked anew.
 * @throws BAD_REQUEST unless it is leaving.
 */
export function callOffLeave({ state, now }: Standing): Standing {
  if (state !== 'leaving') throw new AppError('BAD_REQUEST', 'This machine is not leaving.');
  return { state: 'up', now, wanted: undefined };
}

/** All that moves is where it goes: it has what it wanted. Nothing to do: the same value. */
export function settle(standing: Standing): Standing {
  const { state, now, wanted = now } = standing;
  if (state === 'leaving') return { state: 'left', now: wanted, wanted: undefined };
  if (wanted === now) return standing;
  return { state: 'up', now: wanted, wanted: undefined };
}
