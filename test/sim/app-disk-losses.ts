/** What was on the disk of a whole peer is damaged, or is older than it was. */
import type { Fault } from './activity.ts';
import type { AppFaultKit } from './app-faults.ts';
import { flipBits } from './disk-faults.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

export function createAppDiskLosses({ world, random, ...kit }: AppFaultKit): readonly Fault[] {
  const { clock } = world;

  /** Who was logged in here by what is gone logs in again, as the doctor says. */
  async function logInAgain(peer: SimulatedPeer): Promise<void> {
    const known = peer.app.accounts.list().map(({ id }) => id);
    for (const person of world.people) {
      if (!person.peers.has(peer) || known.includes(person.account)) continue;
      await clock.settle(world.logIn(person, peer));
    }
  }
  async function writes(peer: SimulatedPeer, count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      if (peer.isUp) kit.act(peer);
      await clock.advance(random.between(500, 5000));
    }
  }
  /** An older copy of a running machine in its place: its store notices, or (blind) cannot. */
  async function restore(): Promise<void> {
    const [peer] = kit.awake();
    if (!kit.mayLoseDisk() || peer === undefined || world.joined().length < 2) return;
    const copy = peer.backup();
    await writes(peer, 1 + random.below(6));
    if (peer.isUp) peer.crash();
    peer.restore(copy);
    kit.loseDisk(peer);
    await clock.settle(peer.start({ blind: random.chance(0.5) }));
    await logInAgain(peer);
    await writes(peer, random.below(4));
  }
  /** Bits turn over while the machine is off. What is left is repaired, at once or when met. */
  async function rot(): Promise<void> {
    const [peer] = kit.awake();
    if (!kit.mayLoseDisk() || peer === undefined || world.joined().length < 2) return;
    await writes(peer, random.below(4));
    if (!peer.isUp) return;
    peer.crash();
    kit.loseDisk(peer);
    await clock.settle(flipBits(peer.disk, random));
    await clock.settle(peer.start());
    await clock.advance(random.between(0, 5000));
    if (!peer.isUp) return;
    if (!(await clock.settle(peer.isSound()))) {
      await clock.settle(peer.stop());
      await clock.settle(peer.start());
    }
    await logInAgain(peer);
  }
  return [
    { name: 'rot', weight: 0.7, strike: rot },
    { name: 'restore', weight: 0.7, strike: restore },
  ];
}
