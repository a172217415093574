import { describe, expect, it } from 'vitest';
import { containsDot } from '../../src-main/domain/causal-context.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import { createLife } from './other-life.ts';

describe('counters that others can know of', () => {
  it('are those let out, not those issued apart, after any number of restarts', async () => {
    const first = await createLife('let out');
    first.net.online = true;
    const sent = await first.write('a', 'sent');
    await first.counters.letOut([sent]);
    const second = await createLife('let out', first.store);
    const apart = await second.write('b', 'apart');
    for (let i = 0; i < 3; i++) {
      const next = await createLife('let out', first.store);
      expect(await next.counters.isForeign(next.account, sent.dot.counter)).toBe(false);
      expect(await next.counters.isForeign(next.account, apart.dot.counter)).toBe(true);
    }
  });

  it('never lag: what left is known to the next process, however it ended', async () => {
    const first = await createLife('no lag');
    first.net.online = true;
    const versions = [await first.write('a', 'one'), await first.write('b', 'two')];
    await first.counters.letOut(versions.slice(0, 1));
    await first.counters.letOut(versions.slice(1));
    const later = await first.write('c', 'three');
    await first.counters.letOut([later]);
    const second = await createLife('no lag', first.store);
    expect(await second.counters.isForeign(second.account, later.dot.counter)).toBe(false);
  });

  it('cost no write of their own while the machine stays connected', async () => {
    const life = await createLife('no cost');
    life.net.online = true;
    for (let i = 0; i < 50; i++) await life.counters.letOut([await life.write('a', `${i}`)]);
    expect(life.net.written).toBe(2);
  });
});

describe('an epoch that ends', () => {
  it('lets none of its own versions out while they get other names, nor later the old ones', async () => {
    const life = await createLife('ends');
    const old = await life.write('a', 'mine');
    const { promise, resolve } = Promise.withResolvers<readonly Hash[]>();
    life.counters.abandon(life.items.epoch, promise);
    const leave = (): void => {
      life.counters.checkNames([old]);
    };
    expect(leave).toThrow(expect.objectContaining({ code: 'ABORTED' }));
    resolve([]);
    await promise;
    expect(leave).not.toThrow();
    life.counters.abandon(life.items.epoch, Promise.resolve([old.hash]));
    await Promise.resolve();
    expect(leave).toThrow(expect.objectContaining({ code: 'ABORTED' }));
    // Somebody had got it before and brings it back: it stands under that name, and goes on.
    await life.items.replaceVersions(old.key, { remove: [old.hash], add: [] });
    expect(leave).toThrow();
    await life.items.merge(old.key, [old]);
    expect(leave).not.toThrow();
  });
});

describe('a sign of another life', () => {
  it('gives new names also to what was complete on this disk alone, and left the outbox', async () => {
    const life = await createLife('sole owner');
    const mine = await life.write('a', 'mine');
    const [entry] = await life.items.outbox(10);
    if (entry === undefined) throw new Error('it is in the outbox');
    const left = life.items.completeOutbox([entry]);
    // It goes with the next batch of anything.
    await life.intake.take(life.keyOf('c'), [life.made(life.other, 'c', 1)]);
    await left;
    // The other life's next write of another item: its context says that it had read our dot.
    const theirs = life.made(life.self, 'b', mine.dot.counter + 1);
    await life.intake.take(life.keyOf('b'), [theirs]);
    expect(life.renewals).toEqual(['met in a version']);
    const [held, ...more] = await life.items.read(life.keyOf('a'));
    expect(more).toEqual([]);
    if (held === undefined) throw new Error('it is gone');
    expect(life.fixture.idOf(held)).toBe('mine');
    expect(held.dot.actor).not.toBe(mine.dot.actor);
    expect((await life.items.outbox(10)).map(({ hash }) => hash)).toEqual([held.hash]);
  });

  it('is a version with a dot of ours and other bytes', async () => {
    const life = await createLife('twins');
    const ours = await life.write('a', 'ours');
    await life.counters.letOut([ours]);
    const theirs = life.made(life.self, 'a', ours.dot.counter);
    expect(theirs.dot).toEqual(ours.dot);
    await life.intake.take(life.keyOf('a'), [theirs]);
    expect(life.renewals).toEqual(['one name, two versions']);
    const held = await life.items.read(life.keyOf('a'));
    expect(held.map((version) => life.fixture.idOf(version)).sort()).toEqual([
      'ours',
      life.fixture.idOf(theirs),
    ]);
    expect(held.some((version) => version.dot.actor !== ours.dot.actor)).toBe(true);
  });

  it('is a dot of the outbox on another item', async () => {
    const life = await createLife('elsewhere');
    const ours = await life.write('a', 'ours');
    await life.counters.letOut([ours]);
    await life.intake.take(life.keyOf('b'), [life.made(life.self, 'b', ours.dot.counter)]);
    expect(life.renewals).toHaveLength(1);
  });

  it('is not our own version coming back', async () => {
    const life = await createLife('our own');
    const ours = await life.write('a', 'ours');
    await life.counters.letOut([ours]);
    await life.intake.take(life.keyOf('a'), [ours]);
    const next = await life.write('a', 'next');
    await life.counters.letOut([next]);
    await life.intake.take(life.keyOf('a'), [ours]);
    expect(life.renewals).toEqual([]);
  });

  it("is a member's bare word only once", async () => {
    const life = await createLife('liar');
    const liar = life.other.peer.peerId;
    const tell = () =>
      life.guard.told(liar, life.account, life.counters.actorOf(life.account), 2 ** 53 - 1);
    await life.write('a', 'ours');
    expect(await tell()).toBe(true);
    for (let i = 0; i < 20; i++) await expect(tell()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(life.renewals).toHaveLength(1);
    expect(life.distrusted).toHaveLength(20);
    // What is proved by a version counts as before.
    await life.intake.take(life.keyOf('b'), [life.made(life.self, 'b', 99)]);
    expect(life.renewals).toHaveLength(2);
  });
});

describe('what is issued again', () => {
  it('covers none of the names that may mean another life’s versions', async () => {
    const life = await createLife('covers');
    life.net.online = true;
    const known = await life.write('a', 'known');
    await life.counters.letOut([known]);
    life.counters.confirmed(known.dot);
    await life.write('a', 'covered');
    await life.write('b', 'elsewhere');
    const last = await life.write('a', 'last');
    expect(last.dot.counter).toBe(known.dot.counter + 3);
    const peer = life.other.peer.peerId;
    await life.guard.told(peer, life.account, known.dot.actor, last.dot.counter);
    const held = await life.items.read(life.keyOf('a'));
    expect(held).toHaveLength(1);
    const { context, dot } = held[0] ?? last;
    expect(dot.actor).not.toBe(known.dot.actor);
    expect(containsDot(context, known.dot)).toBe(true);
    for (const ahead of [1, 2, 3]) {
      const { actor, counter } = known.dot;
      expect(containsDot(context, { actor, counter: counter + ahead })).toBe(false);
    }
  });
});
