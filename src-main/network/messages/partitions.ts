import { fromHex } from '../../base/bytes.ts';
import type { Hash } from '../../domain/ids.ts';
import type { PartitionRange } from '../../domain/merkle-tree.ts';
import type { Fields } from '../../security/positional.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { MAX_ENTRIES, readHash, readOptionalHash, writeOptionalHash } from './fields.ts';

/** A node of the tree over the partitions two members share; null: nothing is there. */
export interface PartitionNode extends PartitionRange {
  readonly hash: Hash | null;
}

/** Nodes of the asker's tree. The first request has one: the root. */
export interface PartitionsRequest {
  /** Hash of the lists of all partitions that both keep: the answerer's must be the same. */
  readonly listsHash: Hash;
  readonly nodes: readonly PartitionNode[];
}

export interface PartitionsAnswer {
  /** The answerer's children of the nodes that differ there; none when all are equal. */
  readonly children: readonly PartitionNode[];
}

const MAX_PARTITIONS = 65_536;

const writeNodes = (nodes: readonly PartitionNode[]) =>
  nodes.map((node) => [node.first, node.count, writeOptionalHash(node.hash)]);

const readNodes = (fields: Fields): readonly PartitionNode[] =>
  fields.list(MAX_ENTRIES, (list) =>
    list.nested((node) => ({
      first: node.uint(0, MAX_PARTITIONS - 1),
      count: node.uint(1, MAX_PARTITIONS),
      hash: readOptionalHash(node),
    })),
  );

export const partitionsMessage = createMessageCodec<PartitionsRequest, PartitionsAnswer>(
  VERB.partitions,
  'partitions',
  {
    write: (m) => [fromHex(m.listsHash), writeNodes(m.nodes)],
    read: (f) => ({ listsHash: readHash(f), nodes: readNodes(f) }),
  },
  { write: (m) => [writeNodes(m.children)], read: (f) => ({ children: readNodes(f) }) },
);
