/** Who belongs to the ring changes while people go on. */
import { withRetired } from '../../src-main/domain/membership.ts';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import type { Fault } from './activity.ts';
import type { RingFaultKit } from './faults.ts';
import { isExpected } from './expected-errors.ts';
import type { SimulatedMember } from './simulated-member.ts';

/** Seconds; longer than any disk is full. */
const TRIES = 60;

/** Keeps items, and is not on its way out. */
function isStoring(member: SimulatedMember): boolean {
  if (!member.isUp) return false;
  const own = member.members.get(member.peer);
  return own?.state === 'up' && own.capacity > 0;
}

/** Left, or was retired. */
function isGone(member: SimulatedMember): boolean {
  const state = member.members.get(member.peer)?.state;
  return state === 'left' || state === 'retired';
}

export function createMembershipFaults({ world, random, ...kit }: RingFaultKit): readonly Fault[] {
  async function join(): Promise<void> {
    const newcomer = world.members.find((member) => !world.known().includes(member));
    if (newcomer !== undefined && kit.awake().length > 0) await world.join(newcomer);
  }
  /** The root revokes a machine: its disk counts as lost. */
  async function remove(): Promise<void> {
    const [member, host] = kit.awake();
    if (!kit.mayLoseDisk() || member === undefined || host === undefined) return;
    if (world.joined().length < 4) return;
    const { ring, root } = world.fixture;
    const revoked = issueRevocation({ ring, subject: member.peer, issuer: root, keep: [] });
    kit.loseDisk(member);
    world.drop(member);
    // A disk that refuses it now is tried again, as a person would.
    for (let tries = 0; tries < TRIES && host.members.isMember(member.peer); tries++) {
      await world.clock.settle(host.members.addRevocations([revoked.bytes]));
      await world.clock.advance(1000);
    }
  }
  /** A disk that does not take it: the person is told, and lets it be. */
  async function say(
    member: SimulatedMember,
    change: Parameters<SimulatedMember['members']['announce']>[0],
  ): Promise<void> {
    await world.clock.settle(member.members.announce(change)).catch((error: unknown) => {
      if (!isExpected(error)) throw error;
    });
  }
  async function leave(): Promise<void> {
    const [member] = kit.awake().filter(isStoring);
    // Others have to be there to take over.
    if (member === undefined || world.joined().filter(isStoring).length < 3) return;
    await say(member, { move: 'leave' });
  }
  async function comeBack(): Promise<void> {
    const [member] = kit.awake().filter(isGone);
    if (member !== undefined) await say(member, { move: 'return' });
  }
  /** A person says that a member is gone; others take over what it kept. */
  async function retire(): Promise<void> {
    const [host] = kit.awake().filter(isStoring);
    const member = random.shuffled(world.joined()).find((one) => one !== host);
    if (!kit.mayLoseDisk() || host === undefined || member === undefined) return;
    const others = world.joined().filter((one) => isStoring(one) && one !== member);
    const record = host.members.entry(member.peer)?.record;
    // Its copy is gone for the ring, as a disk would be.
    if (record === undefined || others.length < 3) return;
    kit.loseDisk(member);
    const { ring, root } = world.fixture;
    const settings = withRetired(host.members.settings, record);
    const { bytes } = issueSettings({ ring, settings, issuer: root });
    await world.clock.settle(host.members.addSettings([bytes]));
  }
  /** A member wants more, or less, of the ring. */
  async function capacity(): Promise<void> {
    const [member] = kit.awake().filter(isStoring);
    const wanted = random.pick([0.5, 1, 2]);
    if (member === undefined) return;
    await say(member, { capacity: wanted });
  }
  return [
    { name: 'join', weight: 2, strike: join },
    { name: 'remove', weight: 1, strike: remove },
    { name: 'leave', weight: 2, strike: leave },
    { name: 'come back', weight: 2, strike: comeBack },
    { name: 'retire', weight: 1, strike: retire },
    { name: 'capacity', weight: 2, strike: capacity },
  ];
}
