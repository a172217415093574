import type { PeerId } from '../../src-main/domain/ids.ts';
import { DEFAULT_SETTINGS, type Member, type RingSettings } from '../../src-main/domain/member.ts';
import { createPlacement, type Placement } from '../../src-main/domain/placement.ts';

export const Q = 64;
export const peers = Array.from({ length: 61 }, (_, i) => `12D3KooW${String(i * 7919)}` as PeerId);
/** Tokens of all peers at the greatest capacity, made once; smaller ones are prefixes of them. */
const bank = createPlacement(
  peers.map((peer) => memberOf(peer, { capacity: 64 })),
  settingsOf(3),
);

export function memberOf(peer: PeerId, part: Partial<Member> = {}): Member {
  return { peer, state: 'up', capacity: 1, steady: false, host: peer, zone: '', ...part };
}

export function settingsOf(n: number | 'auto', q = Q): RingSettings {
  return { ...DEFAULT_SETTINGS, n, q };
}

export function place(members: readonly Member[], settings = settingsOf(3)): Placement {
  return createPlacement(members, settings, [bank]);
}

export function ring(count: number, part: Partial<Member> = {}): Member[] {
  return peers.slice(0, count).map((peer) => memberOf(peer, part));
}

export function lists(placement: Placement): readonly ReadonlySet<PeerId>[] {
  return Array.from({ length: placement.q }, (_, i) => new Set(placement.owners(i)));
}

/** How many owners of one have no seat in the other. */
export function lost(before: ReadonlySet<PeerId>, after: ReadonlySet<PeerId>): number {
  return [...before].filter((peer) => !after.has(peer)).length;
}
