import { fitFrame } from '../../network/messages/codec.ts';
import { getMessage } from '../../network/messages/get.ts';
import type { SignedVersion } from '../../security/signed-version.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { OwnCounters } from '../own-counters.ts';
import type { RingView } from '../ring-view.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { Foreground } from '../foreground.ts';
import type { FirstContact } from '../first-contact.ts';
import type { SessionBook } from '../session-book.ts';
import type { VersionName } from '../../network/messages/fields.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/** Answers with the siblings held here, whether as owner or from hints. */
export function handleGet(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly view: RingView;
    readonly book: SessionBook;
    readonly contact: FirstContact;
    readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
    readonly foreground: Pick<Foreground, 'heard'>;
    readonly counters: OwnCounters;
  },
): void {
  const { store, view, book, counters, contact, fillMarks, foreground } = components;
  handling.answer(getMessage, async ({ key, listHash, mode, have }, { from }) => {
    foreground.heard();
    book.check(from, key.partitionKey);
    await contact.with(from, key.partitionKey);
    checkList(view, key.partitionKey, listHash);
    const siblings = await store.read(key);
    const known = new Set(have);
    const wanted = mode === 'full' ? siblings.filter((version) => !known.has(version.hash)) : [];
    const versions = fitFrame(wanted.map((version) => version.bytes));
    const leaving = wanted.slice(0, versions.length);
    await counters.letOut(leaving);
    counters.checkNames(leaving);
    const owner = view.isOwner(key.partitionKey, view.self);
    const unfilled = fillMarks.isUnfilled(view.listOf(key.partitionKey).partition);
    return { owner, unfilled, names: siblings.map(nameOf), versions };
  });
}

/** What names a version without its bytes. */
export function nameOf({ dot, hash, bytes }: SignedVersion): VersionName {
  return { dot, hash, size: bytes.byteLength };
}
