import type { PartitionKey, PeerId } from '../../domain/ids.ts';
import { putMessage, type PutAnswer, type PutRequest } from '../../network/messages/put.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { AccountQuota } from '../account-quota.ts';
import type { DevicesTeller } from '../devices-teller.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { Foreground } from '../foreground.ts';
import type { HintShare } from '../hint-share.ts';
import type { Intake } from '../intake.ts';
import type { KnownCopies } from '../known-copies.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/** Takes the versions of one put, from one member. */
export type TakePut = (request: PutRequest, from: PeerId) => Promise<PutAnswer>;

/**
 * Takes versions of one item: as an owner or holder, or in the place of an owner that is away.
 * Never refuses for the number of siblings (DESIGN §2 Writes). What a member sends that this one
 * does not keep by itself is kept as hints for its owners. Hints are kept for members only that can
 * be owners, and up to each sender's share: else anybody could fill their room.
 */
export function createTakePut(components: {
  readonly intake: Intake;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly copies: KnownCopies;
  readonly hintShare: HintShare;
  readonly quota: AccountQuota;
  readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  readonly teller: DevicesTeller;
  readonly foreground: Pick<Foreground, 'heard'>;
  /** Owned here, or an account held here. */
  keeps(account: PartitionKey): boolean;
}): TakePut {
  const { intake, store, view, copies, hintShare, quota, fillMarks, teller } = components;
  const { foreground } = components;

  /** By the list here; in a sloppy put the sender's differs, and may name any that stores. */
  function owedTo({ key, sloppy, hintsFor }: PutRequest, from: PeerId): readonly PeerId[] {
    if (hintsFor.length === 0 && components.keeps(key.partitionKey)) return [];
    const { owners, n, walk } = view.listOf(key.partitionKey);
    const able = new Set(sloppy ? walk() : owners);
    const asked = [...new Set(hintsFor)].filter((peer) => able.has(peer) && peer !== view.self);
    if (asked.length > 0) return asked.slice(0, n);
    if (components.keeps(key.partitionKey)) return [];
    return owners.filter((peer) => peer !== from);
  }
  return async (request, from) => {
    const { key } = request;
    if (request.listHash !== null) foreground.heard();
    if (!request.sloppy) checkList(view, key.partitionKey, request.listHash);
    const versions = intake.read(request.versions, key);
    await quota.admit(from, key, versions);
    const hintsFor = owedTo(request, from);
    const bytes = request.versions.reduce((sum, one) => sum + one.byteLength, 0);
    const outcome = await teller.watching(from, key.partitionKey, () =>
      hintShare.within(from, bytes * hintsFor.length, () =>
        intake.take(key, versions, { hintsFor }),
      ),
    );
    // Once more: who takes the partition over asks what is here when the lists have changed, and
    // what was stored after that must not count by the list of before (decision 0104).
    if (!request.sloppy) checkList(view, key.partitionKey, request.listHash);
    for (const { hash } of versions) copies.held(hash, from);
    const unfilled = fillMarks.isUnfilled(view.listOf(key.partitionKey).partition);
    const each = versions.map(async ({ dot }, i) => ({
      outcome: outcome.each[i] ?? ('stored' as const),
      unfilled,
      highest: await store.highestKnownCounter(dot.actor),
    }));
    return { each: await Promise.all(each) };
  };
}

export function handlePut(handling: Handling, { takePut }: { readonly takePut: TakePut }): void {
  handling.answer(putMessage, (request, { from }) => takePut(request, from));
}
