import type { PeerId } from '../domain/ids.ts';
import { countsFor } from '../domain/placement.ts';
import { hostOf, withoutPeer } from '../network/addresses.ts';
import type { KnownMember } from '../replication/member-table.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { OwnRing } from './ring-session.ts';
import type { RingShape } from './ring-shape.ts';
import { MOST_COPIES } from './views/membership.ts';
import type { MemberView, RingView } from './views.ts';

/** Members that count as part of the ring: not gone for good. */
export function presentMembers({ members }: RingServices): readonly KnownMember[] {
  return members.all().filter(({ state }) => !['left', 'retired', 'revoked'].includes(state));
}

/** True when this machine itself was taken out of the ring, and has heard of it. */
export function isOut({ members }: RingServices): boolean {
  return members.get(members.self)?.state === 'revoked';
}

/**
 * Where a connected member listens: the announced address on the host it is reached at, since the
 * other end of a connection that it opened has a port of the moment.
 */
export function addressOf(
  { peer, addresses }: KnownMember,
  { transport }: RingServices,
): string | undefined {
  const remote = transport.addressOf(peer);
  if (remote === undefined) return undefined;
  const host = hostOf(remote);
  const found = addresses.find((one) => hostOf(one) === host) ?? addresses[0];
  return found === undefined ? withoutPeer(remote) : withoutPeer(found);
}

export function ringView(ring: OwnRing, services: RingServices, shape: RingShape): RingView {
  const { members, transport } = services;
  const placement = shape.of(members);
  const present = presentMembers(services);
  const { n, r, w, q } = members.settings;
  return {
    ringId: ring.ring,
    name: ring.name,
    admin: members.get(members.self)?.admin ?? false,
    members: present.length,
    connected: present.filter(({ peer }) => isHere(peer, services)).length,
    setting: { n, r, w, q },
    effective: { n: placement.n, r: placement.r, w: placement.w },
    automatic: countsFor(placement.storing.length, { ...members.settings, n: 'auto' }),
    mostCopies: MOST_COPIES,
    steadyMember: present.some(({ steady, capacity }) => steady && capacity > 0),
  };

  function isHere(peer: PeerId, { members: table }: RingServices): boolean {
    return peer === table.self || transport.isConnected(peer);
  }
}

export async function memberView(
  member: KnownMember,
  services: RingServices,
  shape: RingShape,
): Promise<MemberView> {
  const { members, transport, hintsFor } = services;
  const own = member.peer === members.self;
  const address = addressOf(member, services);
  const { wanted } = member;
  const roundTripMs = transport.roundTripMs(member.peer);
  return {
    peerId: member.peer,
    name: member.name,
    own,
    admin: member.admin,
    state: member.state,
    capacity: member.capacity,
    steady: member.steady,
    zone: member.zone,
    ...(wanted === undefined ? {} : { wanted: { capacity: wanted.capacity, zone: wanted.zone } }),
    addresses: [...member.addresses],
    connected: own || transport.isConnected(member.peer),
    ...(address === undefined ? {} : { address }),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    share: shape.of(members).shareOf(member.peer),
    hints: own ? 0 : await hintsFor(member.peer),
  };
}
