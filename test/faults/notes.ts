/** Items that are written once and deleted once at most: what is deleted must never come back. */
import type { Checker } from '../sim/activity.ts';
import type { PeopleKit } from '../sim/app-machine.ts';

export interface NoteTruth {
  readonly sortKey: string;
  readonly account: string;
  /** The machine told so. */
  written: boolean;
  /** Somebody tried to. */
  deleting: boolean;
  /** The machine told so. */
  deleted: boolean;
}

export interface NotesTruth {
  begin(account: string): NoteTruth;
  all(account: string): readonly NoteTruth[];
}

export function createNotesTruth(): NotesTruth {
  const notes: NoteTruth[] = [];
  return {
    begin(account) {
      const sortKey = `note#${notes.length}`;
      const note = { sortKey, account, written: false, deleting: false, deleted: false };
      notes.push(note);
      return note;
    },
    all: (account) => notes.filter((note) => note.account === account),
  };
}

type NotesKit = PeopleKit & { readonly notes: NotesTruth };
type Check = Checker<NotesKit>['check'];

export const NOTE_CHECKERS: readonly Checker<NotesKit>[] = [
  { invariant: 6, name: 'what was deleted stays deleted', check: notesStand },
];

async function notesStand(...[{ world, notes }, fail]: Parameters<Check>): Promise<void> {
  for (const { account, peers } of world.people) {
    for (const peer of peers) {
      for (const { sortKey, written, deleting, deleted } of notes.all(account)) {
        const which = { sortKey, account, consistency: 'local' } as const;
        const { siblings } = await peer.app.items.get(which);
        const stands = siblings.some((one) => !one.deleted);
        if (deleted && stands) fail(`${sortKey}, deleted, stands again at ${peer.name}`);
        if (written && !deleting && !stands) fail(`${sortKey} is not at ${peer.name}`);
      }
    }
  }
}
