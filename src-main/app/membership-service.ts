/** Who belongs to the ring, and how it keeps: looked at first, then changed. */
import { AppError } from '../base/app-error.ts';
import type { PeerId } from '../domain/ids.ts';
import { isPlaced } from '../domain/placement.ts';
import type { Member, RingSettings } from '../domain/member.ts';
import { withRetired } from '../domain/membership.ts';
import type { RingChange } from '../domain/plan-change.ts';
import type { OwnMove } from '../replication/own-member.ts';
import type { Transfer } from '../replication/transfer-view.ts';
import { issueSettings } from '../security/ring-settings.ts';
import { asAdmin } from './admin-check.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { RingSession } from './ring-session.ts';
import type { RingShape } from './ring-shape.ts';
import { memberView, ringView } from './ring-views.ts';
import type { MemberView, RingView } from './views.ts';
import type { PlanView, RingChangeInput, SeatInput, TransferView } from './views/membership.ts';

interface CountsChange {
  readonly n?: number | 'auto' | undefined;
  readonly r?: number | undefined;
  readonly w?: number | undefined;
}

export interface MembershipService {
  /** What the change would move. It changes nothing. */
  plan(change: RingChangeInput): Promise<PlanView>;
  transfers(): TransferView[];
  /** @throws BAD_REQUEST when nobody else keeps anything. */
  leave(): Promise<MemberView>;
  stay(): Promise<MemberView>;
  /**
   * What this machine keeps, and where it stands: what is not named stays.
   * @throws BAD_REQUEST when nobody else keeps anything, or while it leaves or is out.
   */
  seat(input: SeatInput): Promise<MemberView>;
  comeBack(): Promise<MemberView>;
  /** @throws NOT_ADMIN, NOT_MEMBER, BAD_REQUEST */
  retire(input: { readonly peerId: string }): Promise<MemberView>;
  settings(input: CountsChange): Promise<RingView>;
}

export function createMembershipService(components: {
  readonly session: RingSession;
  readonly shape: RingShape;
}): MembershipService {
  const { session, shape } = components;

  const machine = (peerId: string) => ({
    peerId,
    name: session.services().members.get(peerId as PeerId)?.name ?? '',
  });
  async function move(wanted: OwnMove): Promise<MemberView> {
    const services = session.services();
    const { members } = services;
    await members.announce({ move: wanted });
    return viewOf(members.self, services);
  }
  function viewOf(peer: PeerId, services: RingServices): Promise<MemberView> {
    const member = services.members.get(peer);
    if (member === undefined) throw new AppError('NOT_MEMBER', 'The ring has no such member.');
    return memberView(member, services, shape);
  }
  function keepers({ members }: RingServices, without: PeerId): number {
    const storing = members.all().filter((one) => one.capacity > 0 && isPlaced(one.state));
    return storing.filter(({ peer }) => peer !== without).length;
  }
  function needsKeeper(services: RingServices, without: PeerId): void {
    if (keepers(services, without) > 0) return;
    throw new AppError(
      'BAD_REQUEST',
      'No other machine of the ring keeps anything: it would be lost.',
    );
  }
  async function sign(services: RingServices, settings: RingSettings): Promise<void> {
    const { members } = services;
    const { ring, peer } = session.identity();
    const made = issueSettings({ ring, settings, issuer: peer });
    await members.addSettings([made.bytes, ...(members.chainOf(members.self) ?? [])]);
    if (members.signedSettings.hash === made.hash) return;
    throw new AppError('STORAGE_FAILED', 'The change could not be kept; try again.');
  }
  function changeOf(input: RingChangeInput): RingChange {
    const { members } = session.services();
    switch (input.kind) {
      case 'leave':
        return { kind: 'leave', peer: members.self };
      case 'retire':
        return { kind: 'retire', peer: known(input.peerId) };
      case 'seat': {
        const seat = seatAsked(input);
        return { kind: 'seat', peer: members.self, seat };
      }
      case 'join':
        return { kind: 'join', member: newcomerOf(input) };
      case 'settings':
        return { kind: 'settings', settings: withCounts(members.settings, input) };
    }
  }
  function known(peerId: string): PeerId {
    const { members } = session.services();
    const member = members.get(peerId as PeerId);
    if (member === undefined) throw new AppError('NOT_MEMBER', 'The ring has no such member.');
    return member.peer;
  }
  function transferView(one: Transfer): TransferView {
    const { kind, change, to, from, state, partitions, items, bytes } = one;
    return {
      ...{ kind, state, to: machine(to), from: from.map(machine), partitions: { ...partitions } },
      ...(change !== undefined && { change: machine(change) }),
      ...(items !== undefined && { items: { ...items } }),
      ...(bytes !== undefined && { bytes: { ...bytes } }),
    };
  }
  return {
    async plan(input) {
      const { members, replication } = session.services();
      const change = changeOf(input);
      const plan = await replication.plan(change);
      const newcomer = input.kind === 'join' ? input.name : undefined;
      const named = (peer: PeerId) =>
        change.kind === 'join' && peer === change.member.peer && newcomer !== undefined
          ? { peerId: peer, name: newcomer }
          : machine(peer);
      const { partitions, accounts, items, bytes, before, after } = plan;
      return {
        ...{ partitions, ofPartitions: members.settings.q, accounts, items, bytes, before, after },
        moves: plan.moves.map(({ to, from, ...amounts }) => ({
          to: named(to),
          ...(from !== undefined && { from: named(from) }),
          ...amounts,
        })),
        shares: plan.shares.map(({ peer, ...share }) => ({ ...named(peer), ...share })),
      };
    },
    transfers: () => session.services().replication.transfers().map(transferView),
    async leave() {
      const services = session.services();
      needsKeeper(services, services.members.self);
      return move('leave');
    },
    stay: () => move('stay'),
    async seat(input) {
      const services = session.services();
      const { members, changeSeat } = services;
      const state = members.get(members.self)?.state;
      if (state !== 'up' && state !== 'joining') {
        throw new AppError('BAD_REQUEST', `A machine that is ${state ?? 'out'} keeps its place.`);
      }
      const seat = seatAsked(input);
      if (seat.capacity === 0) needsKeeper(services, members.self);
      await changeSeat(seat);
      return viewOf(members.self, services);
    },
    comeBack: () => {
      const { members } = session.services();
      const state = members.get(members.self)?.state;
      if (state === 'left' || state === 'retired') return move('return');
      throw new AppError('BAD_REQUEST', 'This machine has not left.');
    },
    async retire({ peerId }) {
      const services = asAdmin(session);
      const { members } = services;
      const peer = known(peerId);
      const record = members.entry(peer)?.record;
      if (peer === members.self || record === undefined) {
        throw new AppError('BAD_REQUEST', 'A machine leaves by itself; it does not retire itself.');
      }
      needsKeeper(services, peer);
      await sign(services, withRetired(members.settings, record));
      return viewOf(peer, services);
    },
    async settings(input) {
      const services = asAdmin(session);
      await sign(services, withCounts(services.members.settings, input));
      if (session.ring === undefined) throw new AppError('NO_RING', 'This machine is in no ring.');
      return ringView(session.ring, services, shape);
    },
  };
}

/** Records have hundredths; what is left out stays. */
function seatAsked({ capacity, zone }: SeatInput) {
  return {
    ...(capacity !== undefined && { capacity: Math.round(capacity * 100) / 100 }),
    ...(zone !== undefined && { zone }),
  };
}

/** A host of its own, and a normal share, unless more is known. */
function newcomerOf(input: RingChangeInput & { kind: 'join' }): Member {
  const { peerId = 'newcomer', capacity = 1, zone = '', steady = false } = input;
  const seat = { capacity, zone, steady, host: peerId };
  return { ...seat, peer: peerId as PeerId, state: 'up' };
}

/** The next settings. @throws BAD_REQUEST where more answers are asked than there are copies. */
function withCounts(settings: RingSettings, change: CountsChange): RingSettings {
  const { n = settings.n, r = settings.r, w = settings.w } = change;
  if (n !== 'auto' && (r > n || w > n)) {
    throw new AppError('BAD_REQUEST', `With ${n} copies of each item, r and w are at most ${n}.`, {
      details: { n, r, w },
    });
  }
  return { ...settings, number: settings.number + 1, n, r, w };
}
