import { takeoverMessage } from '../../network/messages/takeover.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';

/**
 * For who takes partitions over: which of them this member keeps under the same list (so it has
 * noted the asker as coming in, and takes no write any more that goes past it), and the hash of
 * what it holds, read after that.
 */
export function handleTakeover(
  handling: Handling,
  components: {
    readonly store: Pick<ItemStore, 'trees'>;
    readonly view: RingView;
    readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  },
): void {
  const { store, view, fillMarks } = components;
  handling.answer(takeoverMessage, async ({ parts }) => {
    const isSame = parts.map(
      ({ partition, listHash }) =>
        partition < view.placement.q && view.listOfPartition(partition).hash === listHash,
    );
    const same = parts.filter((_, i) => isSame[i] === true).map(({ partition }) => partition);
    const hashes = await store.trees.partitions(same);
    const each = parts.map(({ partition }, i) => {
      if (isSame[i] !== true) return { state: 'other list' as const, hash: null };
      const state = fillMarks.isUnfilled(partition) ? ('lacking' as const) : ('kept' as const);
      return { state, hash: hashes.get(partition) ?? null };
    });
    return { each };
  });
}
