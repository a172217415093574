import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import {
  encodeBatchItem,
  encodedPutBatchMessage,
  MAX_BATCH_ITEMS,
  putBatchMessage,
} from '../../src-main/network/messages/put-batch.ts';
import { peerIdOf } from '../../src-main/security/peer-key.ts';

describe('a batch of puts', () => {
  const item = { sortKey: 'cart#1', versions: [new Uint8Array(300).fill(7)] };
  const partitionKey = 'ab'.repeat(32) as never;
  const owner = peerIdOf(new Uint8Array(32).fill(9));

  it('is the same message put together from items that are encoded already', () => {
    for (const [length, listHash, hintsFor] of [
      [1, null, []],
      [23, null, [owner]],
      [24, 'cd'.repeat(32) as never, []],
      [MAX_BATCH_ITEMS, null, [owner, owner]],
    ] as const) {
      const items = Array.from({ length }, (_, i) => ({ ...item, sortKey: `cart#${i}` }));
      const message = { listHash, partitionKey, hintsFor, items };
      const encoded = { ...message, items: items.map(encodeBatchItem) };
      const bytes = encodedPutBatchMessage.encodeRequest(encoded);
      expect(bytes).toEqual(putBatchMessage.encodeRequest(message));
    }
  });

  it('answers an item with an error of its own', () => {
    const error = new AppError('DEVICE_UNKNOWN', 'Who?', { details: { a: 1 } });
    const answer = { items: [[{ outcome: 'stored' as const, unfilled: true, highest: 3 }], error] };
    const { items } = encodedPutBatchMessage.decodeResponse(putBatchMessage.encodeResponse(answer));
    expect(items[0]).toEqual(answer.items[0]);
    expect(items[1]).toMatchObject({ code: 'DEVICE_UNKNOWN', message: 'Who?', details: { a: 1 } });
  });
});
