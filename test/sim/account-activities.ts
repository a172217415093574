/** People, their accounts and their machines, through the app's own services. */
import type { Activity } from './activity.ts';
import type { AppKit } from './app-workloads.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const MOST_PEOPLE = 3;

export function createAccountActivities({
  world,
  items,
  orders,
}: AppKit): readonly Activity<SimulatedPeer>[] {
  return [
    {
      name: 'make an account',
      weight: 1,
      async run(peer) {
        if (world.people.length < MOST_PEOPLE) await world.createPerson(peer);
      },
    },
    {
      name: 'log in on another machine',
      weight: 2,
      async run(peer, random) {
        const others = world.people.filter(
          ({ peers, everAt }) => !everAt.has(peer) && peers.size > 0,
        );
        if (others.length > 0) await world.logIn(random.pick(others), peer);
      },
    },
    {
      name: 'take a device off an account',
      weight: 0.5,
      async run(peer, random) {
        const mine = world.people.filter(({ peers }) => peers.has(peer) && peers.size > 2);
        if (mine.length === 0) return;
        const person = random.pick(mine);
        const victim = random.pick([...person.peers].filter((one) => one !== peer));
        const id = person.account;
        const devices = peer.app.accounts.devices({ id });
        const device = devices.find((one) => one.peerId === victim.peer && !one.revoked);
        if (device === undefined) return;
        // What it wrote and this machine has not seen is set aside for the person (decision 0507).
        world.truth.gone(victim.name);
        orders.gone(victim.name, id);
        for (const entry of items.entries()) {
          if (entry.account === id && entry.writer === victim.name) entry.lost = true;
        }
        person.peers.delete(victim);
        await peer.app.accounts.revokeDevice({ id, key: device.key, phrase: person.phrase });
      },
    },
  ];
}
