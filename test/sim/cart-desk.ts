/** A person in front of a machine, with one of their carts on it. */
import type { CartView } from '../../src-main/app/views.ts';
import type { Activity } from './activity.ts';
import type { AppMachine, PeopleKit, Person } from './app-machine.ts';
import type { SeededRandom } from './seeded-random.ts';

const MOST_CARTS = 2;

export interface Desk {
  readonly person: Person;
  readonly which: { readonly name: string; readonly account: string };
  readonly peer: AppMachine;
  readonly random: SeededRandom;
}

/** An activity of one of the people who are logged in on the machine, with one of their carts. */
export function atDesk(
  world: PeopleKit['world'],
  act: (desk: Desk) => Promise<unknown>,
): Activity<AppMachine>['run'] {
  return async (peer, random) => {
    const here = world.people.filter(({ peers }) => peers.has(peer));
    if (here.length === 0) return;
    const person = random.pick(here);
    const name = `${person.marker} cart ${random.below(MOST_CARTS)}`;
    await act({ person, which: { name, account: person.account }, peer, random });
  };
}

/** The cart as this machine holds it. */
export function cartAt({ peer, which }: Desk): Promise<CartView> {
  return peer.app.carts.show({ ...which, consistency: 'local' });
}
