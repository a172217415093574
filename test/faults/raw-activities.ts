/** Raw items of a program that asks for more: strict reads and writes, and deletions. */
import type { Activity } from '../sim/activity.ts';
import type { AppMachine, PeopleKit, Person } from '../sim/app-machine.ts';
import { idsOf } from '../sim/item-app-activities.ts';
import type { SeededRandom } from '../sim/seeded-random.ts';
import { createStrictBook } from '../sim/strict-book.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import type { NotesTruth } from './notes.ts';

const STRICT_ITEMS = 3;

interface Drawn {
  readonly person: Person;
  readonly peer: AppMachine;
  readonly random: SeededRandom;
}

type RawKit = PeopleKit & { readonly notes: NotesTruth };

export function createRawActivities(kit: RawKit): readonly Activity<AppMachine>[] {
  const on =
    (act: (drawn: Drawn) => Promise<unknown>) =>
    async (peer: AppMachine, random: SeededRandom): Promise<void> => {
      const here = kit.world.people.filter(({ peers }) => peers.has(peer));
      if (here.length > 0) await act({ person: random.pick(here), peer, random });
    };
  return [...strictActivities(kit, on), ...noteActivities(kit, on)];
}

type On = (act: (drawn: Drawn) => Promise<unknown>) => Activity<AppMachine>['run'];

function strictActivities({ world, items }: RawKit, on: On): readonly Activity<AppMachine>[] {
  const book = createStrictBook(items);
  async function put({ person, peer, random }: Drawn): Promise<void> {
    const which = { sortKey: `strict#${random.below(STRICT_ITEMS)}`, account: person.account };
    const shown = await peer.app.items.get({ ...which, consistency: 'local' });
    const { context } = shown;
    if (context === '') return first(which, { person, peer, random });
    await write(which, { context, replaced: idsOf(shown) }, { person, peer, random });
  }
  /** Nothing is known of it here: only one machine begins, so that no blind write is misjudged. */
  async function first(which: { sortKey: string; account: string }, drawn: Drawn): Promise<void> {
    const [begins] = drawn.person.peers;
    const began = [...items.entries()].some(
      ({ sortKey, account }) => sortKey === which.sortKey && account === drawn.person.account,
    );
    if (drawn.peer === begins && !began) await write(which, { replaced: [] }, drawn);
  }
  async function write(
    which: { readonly sortKey: string; readonly account: string },
    read: { readonly context?: string; readonly replaced: readonly string[] },
    { person, peer }: Drawn,
  ): Promise<void> {
    const id = items.newId();
    const account = which.account as PartitionKey;
    const { context, replaced } = read;
    const what = { id, account, sortKey: which.sortKey, writer: peer.name };
    items.began({ ...what, replaced, deleted: false });
    const turn = book.begin(account, which.sortKey);
    const value = { id, text: person.marker };
    const asked = { ...which, value, ...(context !== undefined && { context }) };
    const { safety } = await peer.app.items.put({ ...asked, consistency: 'strict' });
    items.acknowledge(id, safety.state, 1);
    turn.acknowledged(id);
  }
  async function read({ person, peer, random }: Drawn): Promise<void> {
    const which = { sortKey: `strict#${random.below(STRICT_ITEMS)}`, account: person.account };
    const turn = book.begin(which.account, which.sortKey);
    const shown = await peer.app.items.get({ ...which, consistency: 'strict' });
    const missed = turn.missed(idsOf(shown));
    if (missed.length === 0) return;
    world.fail(`invariant 4: a strict read at ${peer.name} of ${which.sortKey} missed ${missed}`);
  }
  return [
    { name: 'put an item strictly', weight: 8, run: on(put) },
    { name: 'read an item strictly', weight: 10, run: on(read) },
  ];
}

function noteActivities({ notes }: RawKit, on: On): readonly Activity<AppMachine>[] {
  async function write({ person, peer }: Drawn): Promise<void> {
    const note = notes.begin(person.account);
    const which = { sortKey: note.sortKey, account: person.account };
    await peer.app.items.put({ ...which, value: person.marker });
    note.written = true;
  }
  async function remove({ person, peer, random }: Drawn): Promise<void> {
    const here = notes.all(person.account).filter(({ deleting }) => !deleting);
    if (here.length === 0) return;
    const note = random.pick(here);
    const which = { sortKey: note.sortKey, account: person.account };
    const { context, siblings } = await peer.app.items.get({ ...which, consistency: 'local' });
    if (siblings.length === 0) return;
    note.deleting = true;
    await peer.app.items.delete({ ...which, context });
    note.deleted = true;
  }
  return [
    { name: 'write a note', weight: 6, run: on(write) },
    { name: 'delete a note', weight: 4, run: on(remove) },
  ];
}
