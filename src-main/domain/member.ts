import type { PeerId } from './ids.ts';

/** Where a member stands in the ring (DESIGN §2 Membership). */
export type MemberState = 'joining' | 'up' | 'leaving' | 'left' | 'retired' | 'revoked';

/** What placement needs to know of a member. */
export interface Member {
  readonly peer: PeerId;
  readonly state: MemberState;
  /** Share of the ring: 0 = client only, 1 = normal, more = a storage server; 0–64. */
  readonly capacity: number;
  /** Meant to stay on. */
  readonly steady: boolean;
  /** Hash of the machine's identity: two peers of one host never hold two copies if avoidable. */
  readonly host: string;
  /** A rack, room or house; '' if none. */
  readonly zone: string;
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
}

export const DEFAULT_SETTINGS: RingSettings = { number: 1, n: 'auto', r: 2, w: 2, q: 1024 };
