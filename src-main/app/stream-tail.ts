import type { PartitionKey } from '../domain/ids.ts';
import type { ChangeStream, StreamChange, StreamPosition } from '../storage/change-stream.ts';
import { isHidden } from './item-view.ts';

const PAGE = 50;

/** The place so many changes before the end of an account's stream. */
export async function placeBeforeEnd(
  stream: ChangeStream,
  account: PartitionKey,
  count: number,
): Promise<StreamPosition> {
  const { newest, oldest } = await stream.extent(account);
  const end = await stream.end(account);
  return end.replace(/-[0-9]+$/, `-${Math.max(oldest - 1, newest - count)}`);
}

/**
 * Everything behind a place up to what is the end now, in pages, since a page ends at a bound of
 * bytes, too. Without what is Carrossel's own, and without replays.
 */
export async function* changesBehind(
  stream: ChangeStream,
  account: PartitionKey,
  from: StreamPosition,
): AsyncGenerator<{ readonly changes: readonly StreamChange[]; readonly position: string }> {
  const { newest } = await stream.extent(account);
  let position = from;
  for (;;) {
    const page = await stream.read(account, position, { limit: PAGE });
    const changes = page.changes.filter((one) => !one.replay && !isHidden(one.key.sortKey));
    ({ position } = page);
    yield { changes, position };
    if (page.caughtUp || (page.changes.at(-1)?.sequence ?? 0) >= newest) return;
  }
}
