import type { Events } from '../base/emitter.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { Member, RingSettings } from '../domain/member.ts';

/** A member as the table knows it: what it signed of itself, under a certificate of the ring. */
export interface KnownMember extends Member {
  readonly name: string;
  /** Multiaddrs it announces, most useful first. */
  readonly addresses: readonly string[];
  readonly admin: boolean;
  /** Formats it speaks: [min, max]. */
  readonly speaks: readonly [number, number];
}

export interface MemberTableEvents {
  /** Members, states, addresses or settings changed. */
  changed: { readonly peers: readonly PeerId[] };
  /** A member was revoked: cut it. */
  revoked: { readonly peer: PeerId };
}

/** Who is in the ring, as far as this member has heard; kept on disk; spread by gossip. */
export interface MemberTable extends Events<MemberTableEvents> {
  readonly ring: RingId;
  readonly self: PeerId;
  readonly settings: RingSettings;
  all(): readonly KnownMember[];
  get(peer: PeerId): KnownMember | undefined;
  /** In the table, certified and not revoked. */
  isMember(peer: PeerId): boolean;
}
