/** Programs and their JSON items, through the app's own services. */
import type { ItemView } from '../../src-main/app/views.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { Activity } from './activity.ts';
import type { AppMachine, PeopleKit, Person } from './app-machine.ts';
import type { Ledger } from './ledger.ts';
import type { SeededRandom } from './seeded-random.ts';

const ITEMS = 4;

/** The names of the writes that an item shows, each inside its value. */
export function idsOf({ siblings }: ItemView): readonly string[] {
  return siblings.flatMap(({ value }) =>
    typeof value === 'object' && value !== null && 'id' in value ? [String(value.id)] : [],
  );
}

export function createItemAppActivities({
  world,
  items,
}: PeopleKit): readonly Activity<AppMachine>[] {
  interface Drawn {
    readonly person: Person;
    readonly which: { readonly sortKey: string; readonly account: string };
    readonly peer: AppMachine;
    readonly random: SeededRandom;
  }
  const on =
    (act: (drawn: Drawn) => Promise<unknown>) =>
    async (peer: AppMachine, random: SeededRandom): Promise<void> => {
      const here = world.people.filter(({ peers }) => peers.has(peer));
      if (here.length === 0) return;
      const person = random.pick(here);
      const sortKey = `product#${random.below(ITEMS)}`;
      await act({ person, which: { sortKey, account: person.account }, peer, random });
    };
  async function put(drawn: Drawn, seen: boolean): Promise<void> {
    const { peer, which, person } = drawn;
    const shown = await peer.app.items
      .get({ ...which, consistency: 'local' })
      .catch(() => undefined);
    const context = seen && shown !== undefined && shown.context !== '' ? shown.context : undefined;
    const blind = context === undefined || shown === undefined;
    const read = blind ? ownBefore(items, drawn) : idsOf(shown);
    const id = begin(items, drawn, read);
    const value = { id, text: person.marker };
    const asked = { ...which, value, ...(context !== undefined && { context }) };
    try {
      const { safety } = await peer.app.items.put(asked);
      items.acknowledge(id, safety.state, 1);
    } finally {
      // One without a context replaces also what this machine began meanwhile and wrote before it;
      // one that was cut off, too, if it is on the disk after all.
      if (blind)
        note(
          items,
          drawn,
          id,
          ownBefore(items, drawn).filter((one) => one !== id),
        );
    }
  }
  return [
    { name: 'put an item', weight: 8, run: on((drawn) => put(drawn, true)) },
    { name: 'put an item unread', weight: 3, run: on((drawn) => put(drawn, false)) },
    {
      name: 'query items',
      weight: 3,
      run: on(({ peer, which }) =>
        peer.app.items.query({
          account: which.account,
          prefix: 'product#',
          limit: 10,
          reverse: false,
        }),
      ),
    },
  ];
}

interface Where {
  readonly which: { readonly sortKey: string; readonly account: string };
  readonly peer: AppMachine;
}

/** What a write without a context replaces: this machine's own before it (decision 0602). */
function ownBefore(items: Ledger, { which, peer }: Where): readonly string[] {
  const own = [...items.entries()].filter(
    ({ account, sortKey, writer }) =>
      account === (which.account as PartitionKey) &&
      sortKey === which.sortKey &&
      writer === peer.name,
  );
  return own.map(({ id }) => id);
}

function begin(items: Ledger, where: Where, replaced: readonly string[]): string {
  const id = items.newId();
  note(items, where, id, replaced);
  return id;
}

function note(
  items: Ledger,
  { which, peer }: Where,
  id: string,
  replaced: readonly string[],
): void {
  const account = which.account as PartitionKey;
  items.began({ id, account, sortKey: which.sortKey, writer: peer.name, replaced, deleted: false });
}
