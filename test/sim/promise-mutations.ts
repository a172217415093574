/** Deliberate faults in what people decided, what they are told, and who is answered. */
import type { Mutation } from './app-mutations.ts';

export const PROMISE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a line that a side lacks counts as taken out there',
    kinds: 'apps',
    edits: [
      {
        file: 'src-main/domain/line-merge.ts',
        find: '      (line === undefined || !sameDot(line, entry)) && containsDot(seen, entry.dot),',
        replace:
          '      line === undefined || (!sameDot(line, entry) && containsDot(seen, entry.dot)),',
      },
    ],
  },
  {
    name: 'a set is told, and the line stays as it was',
    kinds: 'apps',
    edits: [
      {
        file: 'src-main/domain/cart-edit.ts',
        find: '          quantity: change.quantity ?? line.quantity,\n',
        replace: '          quantity: line.quantity,\n',
      },
    ],
  },
  {
    name: 'an outcome that nobody knows is told as refused',
    kinds: 'ring',
    edits: [
      {
        file: 'src-main/replication/put-coordinator.ts',
        find: "      'OUTCOME_UNKNOWN',\n",
        replace: "      'QUORUM_NOT_REACHED',\n",
      },
    ],
  },
  {
    name: 'who is taken off the ring is heard until the connection ends',
    kinds: 'ring',
    edits: [
      {
        file: 'src-main/replication/floor-loops.ts',
        find: "      transport.disconnect(peer, 'revoked');\n",
        replace: "      logger.debug('taken off', { peer });\n",
      },
    ],
  },
];
