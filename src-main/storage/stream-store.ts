import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { ChangeStream } from './change-stream.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { RecordKeys } from './record-keys.ts';
import { parsePosition } from './stream-position.ts';
import type { StreamReader } from './stream-reader.ts';
import { encodeHead } from './stream-record.ts';
import type { StreamWriter } from './stream-writer.ts';

/** Changes forgotten in one piece of work, so that writes do not wait long behind it. */
const MAX_TRIMMED = 500;
/** Beyond this many a call rests: the next one goes on. */
const MAX_TRIMS = 10;

/** The change stream put together from its reader and its writer. */
export function createStreamStore(components: {
  readonly queue: Pick<CommitQueue, 'submit'>;
  readonly keys: RecordKeys;
  readonly random: Random;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
}): ChangeStream {
  const { queue, keys, random, reader, writer } = components;
  const { read, end, extent, countBehind } = reader;
  return {
    ...{ read, end, extent, countBehind },
    follow: (partitionKey) =>
      queue.submit({
        bytes: 0,
        grows: false,
        async stage(tx) {
          const key = keys.streamHead(partitionKey);
          if ((await tx.get(key)) !== undefined) return;
          tx.put(key, encodeHead({ id: toHex(random.bytes(8)), first: 1, next: 1, bytes: 0 }));
        },
      }),
    async trim(partitionKey, { seenBeforeMs, passed }) {
      const upTo = Math.min(...passed.map((one) => parsePosition(one)?.sequence ?? Infinity));
      let gone = 0;
      for (let round = 0; round < MAX_TRIMS; round++) {
        const now = await queue.submit({
          bytes: 0,
          grows: false,
          stage: (tx) =>
            writer.trim(
              tx,
              partitionKey,
              ({ sequence, wallMs }) => wallMs < seenBeforeMs && sequence <= upTo,
              MAX_TRIMMED,
            ),
        });
        gone += now;
        if (now < MAX_TRIMMED) break;
      }
      return gone;
    },
  };
}
