import { describe, expect, it } from 'vitest';
import { createBoundedDatastore } from '../../src-main/network/bounded-datastore.ts';

/** What the store asks of a key is its text. */
const key = (name: string) => ({ toString: () => name }) as never;
const value = Uint8Array.of(1);

describe('the bounded datastore', () => {
  it('keeps what was used last, and no more than its bound', async () => {
    const store = createBoundedDatastore(3);
    for (const name of ['/a', '/b', '/c']) await store.put(key(name), value);
    await store.get(key('/a'));
    await store.put(key('/d'), value);
    expect(['/a', '/b', '/c', '/d'].map((name) => store.has(key(name)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('throws NotFoundError for what is not there, as libp2p expects', () => {
    expect(() => createBoundedDatastore().get(key('/x'))).toThrow(
      expect.objectContaining({ name: 'NotFoundError' }) as Error,
    );
  });

  it('answers queries by prefix, filter, order, offset and limit', async () => {
    const store = createBoundedDatastore();
    for (const name of ['/p/2', '/p/1', '/q/1', '/p/3']) await store.put(key(name), value);
    const names: string[] = [];
    const query = {
      prefix: '/p',
      filters: [({ key: k }: { key: object }) => String(k) !== '/p/9'],
      orders: [
        (a: { key: object }, b: { key: object }) => (String(a.key) < String(b.key) ? -1 : 1) as -1,
      ],
      offset: 1,
      limit: 1,
    };
    for await (const pair of store.query(query as never)) names.push(pair.key.toString());
    expect(names).toEqual(['/p/2']);
    const keys: string[] = [];
    for await (const one of store.queryKeys({ prefix: '/q' })) keys.push(one.toString());
    expect(keys).toEqual(['/q/1']);
  });

  it('writes and deletes in batches and in many', async () => {
    const store = createBoundedDatastore();
    const batch = store.batch();
    batch.put(key('/a'), value);
    batch.put(key('/b'), value);
    batch.delete(key('/a'));
    expect(store.has(key('/b'))).toBe(false);
    await batch.commit();
    expect([store.has(key('/a')), store.has(key('/b'))]).toEqual([false, true]);
    for await (const done of store.putMany([{ key: key('/c'), value }])) {
      expect(done.toString()).toBe('/c');
    }
    for await (const one of store.getMany([key('/c')])) expect(one.value).toEqual(value);
    for await (const done of store.deleteMany([key('/c')])) expect(done.toString()).toBe('/c');
    expect(store.has(key('/c'))).toBe(false);
  });
});
