import { toAppError } from '../../base/app-error.ts';
import type { PeerId } from '../../domain/ids.ts';
import { putBatchMessage, type PutBatchAnswer } from '../../network/messages/put-batch.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';
import { checkList } from './list-check.ts';
import type { TakePut } from './put.ts';

/**
 * Several puts in one message: each is taken or refused by itself, and all that are taken share
 * the store's next batch.
 */
export function handlePutBatch(
  handling: Handling,
  components: {
    readonly view: RingView;
    readonly takePut: TakePut;
    /** Counts what no working member does against the peer, and cuts it. */
    penalty(peer: PeerId, error: unknown): void;
  },
): void {
  const { view, takePut, penalty } = components;
  handling.answer(putBatchMessage, async (request, { from }) => {
    const { listHash, partitionKey, hintsFor, items } = request;
    checkList(view, partitionKey, listHash);
    const takeOne = async (item: (typeof items)[number]): Promise<PutBatchAnswer['items'][0]> => {
      const key = { partitionKey, sortKey: item.sortKey };
      const put = { key, versions: item.versions, listHash, sloppy: false, hintsFor };
      try {
        return (await takePut(put, from)).each;
      } catch (error) {
        penalty(from, error);
        return toAppError(error);
      }
    };
    return { items: await Promise.all(items.map(takeOne)) };
  });
}
