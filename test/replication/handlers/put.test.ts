import { beforeEach, describe, expect, it } from 'vitest';
import { toAppError } from '../../../src-main/base/app-error.ts';
import { EMPTY_CONTEXT } from '../../../src-main/domain/causal-context.ts';
import type { Hash } from '../../../src-main/domain/ids.ts';
import { putMessage } from '../../../src-main/network/messages/put.ts';
import { DEVICES_SORT_KEY } from '../../../src-main/security/envelope-format.ts';
import { createRingFixture } from '../../sim/ring-fixture.ts';
import { createSeededRandom } from '../../sim/seeded-random.ts';
import { SIM_SETTINGS } from '../../sim/world.ts';
import { createAsking, type Asking } from './asking.ts';

describe('put', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({ machines: 3 });
  });
  const put = (
    sortKey: string,
    versions: readonly Uint8Array[],
    options: { listHash?: Hash | null; sloppy?: boolean } = {},
  ) =>
    asking.ask(0, 1, putMessage, {
      ...{ listHash: null, sloppy: false, hintsFor: [], ...options },
      key: asking.key(sortKey),
      versions,
    });

  it('stores a signed version and answers with the highest counter known', async () => {
    const version = await asking.issue(0, 'cart', 'w1');
    const { each } = await put('cart', [version.bytes]);
    expect(each).toEqual([{ outcome: 'stored', unfilled: false, highest: version.dot.counter }]);
    expect(await asking.member(1).store.read(asking.key('cart'))).toHaveLength(1);
  });

  it('answers that a later version covers it', async () => {
    const first = await asking.issue(0, 'cart', 'w1');
    const second = await asking.issue(0, 'cart', 'w2');
    await put('cart', [second.bytes]);
    const { each } = await put('cart', [first.bytes]);
    expect(each).toEqual([{ outcome: 'covered', unfilled: false, highest: second.dot.counter }]);
  });

  it('refuses a wrong signature and cuts who sent it', async () => {
    const { bytes } = await asking.issue(0, 'cart', 'w1');
    const forged = bytes.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    await expect(put('cart', [forged])).rejects.toThrow();
    expect(await asking.member(1).store.read(asking.key('cart'))).toEqual([]);
    const { metrics } = asking.member(1);
    expect(metrics.render()).toContain('carrossel_offences_total{code="BAD_SIGNATURE"} 1');
  });

  it('refuses a version of another item than it says', async () => {
    const { bytes } = await asking.issue(0, 'cart', 'w1');
    await expect(put('order', [bytes])).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('refuses a version of another ring', async () => {
    const random = createSeededRandom('another ring');
    const fixture = createRingFixture({ machines: 1, settings: SIM_SETTINGS }, { random });
    const [machine] = fixture.machines;
    if (machine === undefined) throw new Error('one machine');
    const { build } = fixture.write(machine, { sortKey: 'cart', id: 'w', replaces: () => [] });
    const { epoch } = asking.member(0).store;
    const request = { epoch, counter: 1, lastOwn: 0, siblings: [] };
    const actor = fixture.write(machine, { sortKey: 'x', id: 'x', replaces: () => [] });
    const foreign = build({ ...request, actor: actor.actorOf(epoch) });
    const sent = asking.ask(0, 1, putMessage, {
      ...{ listHash: null, sloppy: false, hintsFor: [], key: foreign.key },
      versions: [foreign.bytes],
    });
    await expect(sent).rejects.toMatchObject({ code: 'WRONG_RING' });
  });

  it('asks for the account’s devices before it takes what they sign', async () => {
    const lone = await createAsking({ machines: 2, member: () => ({ holds: false }) });
    const { bytes } = await lone.issue(0, 'cart', 'w1');
    const request = { listHash: null, sloppy: false, hintsFor: [], key: lone.key('cart') };
    const sent = lone.ask(0, 1, putMessage, { ...request, versions: [bytes] });
    await expect(sent).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
  });

  it('refuses a context that covers a version without that one’s past', async () => {
    const { member, world, key } = asking;
    const first = await asking.issue(0, 'cart', 'w1');
    const second = await asking.issue(0, 'cart', 'w2');
    await put('cart', [second.bytes]);
    const { machine, store } = member(2);
    const request = world.fixture.write(machine, {
      ...{ sortKey: 'cart', id: 'w3' },
      // Covers the second, but its author pretends that the second follows nothing.
      replaces: () => [{ ...second, context: EMPTY_CONTEXT }],
    });
    const { epoch } = store;
    const given = { epoch, actor: request.actorOf(epoch), counter: 9, lastOwn: 8, siblings: [] };
    const unclosed = request.build(given);
    await expect(put('cart', [unclosed.bytes])).rejects.toMatchObject({ code: 'STALE_CONTEXT' });
    expect((await member(1).store.read(key('cart')))[0]?.hash).toBe(second.hash);
    expect(first.dot.counter).toBeLessThan(second.dot.counter);
  });

  it('tells a sender with another list, unless it goes on as a sloppy write', async () => {
    const { bytes } = await asking.issue(0, 'cart', 'w1');
    const listHash = '12'.repeat(32) as Hash;
    const refused = put('cart', [bytes], { listHash });
    await expect(refused).rejects.toMatchObject({ code: 'OTHER_LIST' });
    const { each } = await put('cart', [bytes], { listHash, sloppy: true });
    expect(each).toMatchObject([{ outcome: 'stored' }]);
  });

  it('is not acknowledged by a list that changed while it was stored', async () => {
    const ring = await createAsking({ machines: 4, settings: { n: 3, r: 2, w: 2 } });
    const { clock } = ring.world;
    const { owners } = ring.member(0).replication.listOf(ring.world.fixture.account);
    const at = ring.members.findIndex((one, i) => i > 0 && owners.includes(one.peer));
    const owner = ring.member(at);
    const listHash = (): Hash => owner.replication.listOf(ring.world.fixture.account).hash;
    let storedUnder: Hash | undefined;
    let sentAs = '';
    owner.store.on('changed', ({ key }) => {
      // Those of before may come from others at any time.
      if (key.sortKey === sentAs) storedUnder = listHash();
    });
    let met = 0;
    for (let i = 0; i < 40 && met < 3; i++) {
      const version = await ring.issue(0, `cart ${i}`, 'w1');
      const request = { listHash: listHash(), sloppy: false, hintsFor: [], key: version.key };
      storedUnder = undefined;
      sentAs = version.key.sortKey;
      const versions = [version.bytes];
      const sent = ring.ask(0, at, putMessage, { ...request, versions }).then(
        () => 'stored',
        (error: unknown) => toAppError(error).code,
      );
      await clock.advance(i % 8);
      await clock.settle(owner.members.announce({ move: 'leave' }));
      const outcome = await clock.settle(sent);
      if (storedUnder !== undefined && storedUnder !== request.listHash) {
        met++;
        expect(outcome).toBe('OTHER_LIST');
      }
      await clock.settle(owner.members.announce({ move: 'return' }));
    }
    expect(met).toBe(3);
  });

  it('keeps what it does not own as hints for the owners', async () => {
    const ring = await createAsking({
      ...{ machines: 6, settings: { n: 3, r: 2, w: 2 } },
      member: (i) => ({ holds: i === 0 }),
    });
    const { owners } = ring.member(0).replication.listOf(ring.world.fixture.account);
    const strange = ring.members.findIndex((one, i) => i > 0 && !owners.includes(one.peer));
    const versions = await ring.member(0).store.read(ring.key(DEVICES_SORT_KEY));
    await ring.ask(0, strange, putMessage, {
      ...{ listHash: null, sloppy: false, hintsFor: [], key: ring.key(DEVICES_SORT_KEY) },
      versions: versions.map((version) => version.bytes),
    });
    const hinted = await ring.member(strange).store.hintOwners();
    const others = owners.filter((peer) => peer !== ring.member(0).peer);
    expect(hinted.toSorted()).toEqual(others.toSorted());
  });
});
