import { AppError } from '../../base/app-error.ts';
import { rangeHash, splitPartitions, TREE_WAYS } from '../../domain/merkle-tree.ts';
import { partitionsMessage, type PartitionNode } from '../../network/messages/partitions.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { RingView } from '../ring-view.ts';
import type { Sharing } from '../shared-partitions.ts';
import type { Handling } from './handling.ts';

/** Nodes in one request: 32 times as many may come back. */
export const MAX_NODES = 256;

/** Which nodes of the tree over shared partitions differ here: their children, or the leaf. */
export function handlePartitions(
  handling: Handling,
  components: {
    readonly store: ItemStore;
    readonly view: RingView;
    readonly sharing: Sharing;
  },
): void {
  const { store, view, sharing } = components;
  handling.answer(partitionsMessage, async ({ listsHash, nodes }, { from }) => {
    checkNodes(nodes, view.placement.q);
    const shared = sharing(from);
    if (shared.listsHash !== listsHash) {
      throw new AppError('OTHER_LIST', 'This member has other preference lists.');
    }
    const hashes = await store.trees.partitions(shared.partitions);
    const children: PartitionNode[] = [];
    for (const node of nodes) {
      if ((rangeHash(node, hashes) ?? null) === node.hash) continue;
      for (const part of splitPartitions(node, TREE_WAYS)) {
        children.push({ ...part, hash: rangeHash(part, hashes) ?? null });
      }
    }
    return { children };
  });
}

function checkNodes(nodes: readonly PartitionNode[], q: number): void {
  if (nodes.length > MAX_NODES) {
    throw new AppError('LIMIT_EXCEEDED', 'Too many nodes in one request.', {
      details: { max: MAX_NODES },
    });
  }
  let next = 0;
  for (const { first, count } of nodes) {
    if (first < next || first + count > q) {
      throw new AppError('BAD_REQUEST', 'Nodes go upwards, side by side, within the ring.');
    }
    next = first + count;
  }
}
