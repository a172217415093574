import type { PeerId } from './ids.ts';

/** Where a member stands in the ring (DESIGN §2 Membership). */
export type MemberState = 'joining' | 'up' | 'leaving' | 'left' | 'retired' | 'revoked';

/** What placement gives a member its partitions by. */
export interface Seat {
  /** Share of the ring: 0 = client only, 1 = normal, more = a storage server; 0–64. */
  readonly capacity: number;
  /** Meant to stay on. */
  readonly steady: boolean;
  /** Hash of the machine's identity: two peers of one host never hold two copies if avoidable. */
  readonly host: string;
  /** A rack, room or house; '' if none. */
  readonly zone: string;
}

/** What placement needs to know of a member: its seat now, and the one it wants. */
export interface Member extends Seat {
  readonly peer: PeerId;
  readonly state: MemberState;
  /**
   * The seat it is moving to; absent when it has what it wants. Of who joins the seat now has
   * capacity 0, of who leaves the wanted one.
   */
  readonly wanted?: Seat | undefined;
}

export function seatOf({ capacity, steady, host, zone }: Seat): Seat {
  return { capacity, steady, host, zone };
}

export function sameSeat(a: Seat, b: Seat): boolean {
  return (
    a.capacity === b.capacity && a.steady === b.steady && a.host === b.host && a.zone === b.zone
  );
}

/** The same place, with nothing to keep there. */
export function emptySeat(seat: Seat): Seat {
  return { ...seatOf(seat), capacity: 0 };
}

/** How many copies, and how many answers make a write or a read (DESIGN §2 How many). */
export interface RingSettings {
  /** The greatest (number, hash) wins. */
  readonly number: number;
  /** Copies wanted; 'auto' = everybody up to 5 storing members, then 3. */
  readonly n: number | 'auto';
  readonly r: number;
  readonly w: number;
  /** Partitions: a power of two, fixed for ever. */
  readonly q: number;
  /**
   * Members taken out of placement by a person, with the epoch counter their record had: a later
   * one is of a member that came back, empty. By peer id. @default none
   */
  readonly retired?: readonly Retired[] | undefined;
}

export interface Retired {
  readonly peer: PeerId;
  readonly epochCounter: number;
}

export const DEFAULT_SETTINGS: RingSettings = { number: 1, n: 'auto', r: 2, w: 2, q: 1024 };
