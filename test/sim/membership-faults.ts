/** Who belongs to the ring changes while people go on. */
import { issueRevocation } from '../../src-main/security/revocation.ts';
import type { Fault } from './activity.ts';
import type { RingFaultKit } from './faults.ts';

/** Seconds; longer than any disk is full. */
const TRIES = 60;

export function createMembershipFaults({ world, ...kit }: RingFaultKit): readonly Fault[] {
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
  return [
    { name: 'join', weight: 2, strike: join },
    { name: 'remove', weight: 1, strike: remove },
  ];
}
