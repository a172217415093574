import type { PartitionKey, PeerId } from '../../domain/ids.ts';
import { putMessage } from '../../network/messages/put.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { Intake } from '../intake.ts';
import type { KnownCopies } from '../known-copies.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';

/**
 * Takes versions of one item: as an owner or holder, or in the place of an owner that is away.
 * Never refuses for the number of siblings (DESIGN §2 Writes). What a member sends that this one
 * does not keep by itself is kept as hints for its owners.
 */
export function handlePut(
  handling: Handling,
  components: {
    readonly intake: Intake;
    readonly store: ItemStore;
    readonly view: RingView;
    readonly copies: KnownCopies;
    /** Owned here, or an account held here. */
    keeps(account: PartitionKey): boolean;
  },
): void {
  const { intake, store, view, copies } = components;

  function owedTo(account: PartitionKey, from: PeerId, asked: readonly PeerId[]) {
    const hintsFor = asked.filter((peer) => peer !== view.self);
    if (hintsFor.length > 0 || components.keeps(account)) return hintsFor;
    return view.listOf(account).owners.filter((peer) => peer !== from);
  }
  handling.answer(putMessage, async (request, { from }) => {
    const { key } = request;
    if (!request.sloppy) checkList(view, key.partitionKey, request.listHash);
    const versions = intake.read(request.versions, key);
    const hintsFor = owedTo(key.partitionKey, from, request.hintsFor);
    const outcome = await intake.take(key, versions, { hintsFor });
    for (const { hash } of versions) copies.held(hash, from);
    const each = versions.map(async ({ dot }, i) => ({
      outcome: outcome.each[i] ?? ('stored' as const),
      highest: await store.highestKnownCounter(dot.actor),
    }));
    return { each: await Promise.all(each) };
  });
}
