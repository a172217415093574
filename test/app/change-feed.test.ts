import { describe, expect, it } from 'vitest';
import { createChangeFeed } from '../../src-main/app/change-feed.ts';
import type { Change } from '../../src-main/app/views.ts';

const item = (n: number): Change => ({ type: 'item', account: 'a', sortKey: `k${n}` });

describe('change feed', () => {
  it('says hello first, then what happened', async () => {
    const feed = createChangeFeed();
    const reader = feed.subscribe();
    expect((await reader.next()).value).toEqual({ type: 'hello' });
    feed.publish(item(1));
    expect((await reader.next()).value).toEqual(item(1));
  });

  it('gives the latest of one thing once to a reader that was slow', async () => {
    const feed = createChangeFeed();
    const reader = feed.subscribe();
    await reader.next();
    for (const conflict of [false, true, false, true]) {
      feed.publish({ type: 'cart', account: 'a', id: 'c', conflict });
    }
    feed.publish({ type: 'ring' });
    expect((await reader.next()).value).toMatchObject({ type: 'cart', conflict: true });
    expect((await reader.next()).value).toEqual({ type: 'ring' });
  });

  it('tells a reader far behind to read everything anew instead of keeping a queue', async () => {
    const feed = createChangeFeed();
    const reader = feed.subscribe();
    await reader.next();
    for (let n = 0; n < 5300; n++) feed.publish(item(n));
    const seen: Change[] = [];
    feed.publish(item(-1));
    for (let next = await reader.next(); ; next = await reader.next()) {
      seen.push(next.value as Change);
      if (JSON.stringify(next.value) === JSON.stringify(item(-1))) break;
    }
    expect(seen.length).toBeLessThanOrEqual(501);
    expect(seen).toContainEqual({ type: 'hello' });
  });

  it('ends with the signal, with return and with the feed, also while a reader waits', async () => {
    const feed = createChangeFeed();
    const abort = new AbortController();
    const readers = [feed.subscribe(abort.signal), feed.subscribe(), feed.subscribe()];
    for (const reader of readers) await reader.next();
    const waiting = readers.map((reader) => reader.next());
    abort.abort();
    await readers[1]?.return?.();
    feed.end();
    expect(await Promise.all(waiting)).toEqual(readers.map(() => ({ done: true })));
    expect(await feed.subscribe().next()).toMatchObject({ done: true });
  });
});
