import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src-main/base/app-error.ts';
import type { Hash } from '../../../src-main/domain/ids.ts';
import {
  putBatchMessage,
  type PutBatchItem,
} from '../../../src-main/network/messages/put-batch.ts';
import { createAsking, type Asking } from './asking.ts';

describe('several puts in one message', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({ machines: 3 });
  });
  async function item(sortKey: string): Promise<PutBatchItem> {
    return { sortKey, versions: [(await asking.issue(0, sortKey, sortKey)).bytes] };
  }
  const send = (items: readonly PutBatchItem[], listHash: Hash | null = null) =>
    asking.ask(0, 1, putBatchMessage, {
      listHash,
      partitionKey: asking.key('').partitionKey,
      hintsFor: [],
      items,
    });

  it('are stored and answered each by itself, in their order', async () => {
    const { items } = await send([await item('a'), await item('b'), await item('c')]);
    expect(items).toHaveLength(3);
    for (const [i, sortKey] of ['a', 'b', 'c'].entries()) {
      expect(items[i]).toMatchObject([{ outcome: 'stored' }]);
      expect(await asking.member(1).store.read(asking.key(sortKey))).toHaveLength(1);
    }
  });

  it('are taken but for the one that is refused', async () => {
    const covered = await item('a');
    await asking.issue(0, 'a', 'later');
    const { items } = await send([covered, { ...covered, sortKey: 'b' }]);
    expect(items[0]).toMatchObject([{ outcome: 'stored' }]);
    expect(items[1]).toBeInstanceOf(AppError);
    expect(items[1]).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('count against who sent them when one is forged, and the others are taken', async () => {
    const bad = await item('bad');
    const forged = bad.versions.map((bytes) => Uint8Array.of(...bytes.subarray(0, -1), 0));
    // Its session is cut, so no answer comes.
    await expect(send([await item('a'), { ...bad, versions: forged }])).rejects.toThrow();
    const { metrics, store } = asking.member(1);
    expect(metrics.render()).toContain('carrossel_offences_total{code="BAD_SIGNATURE"} 1');
    expect(await store.read(asking.key('bad'))).toEqual([]);
    expect(await store.read(asking.key('a'))).toHaveLength(1);
  });

  it('tell a sender with another list at once', async () => {
    const sent = send([await item('a')], '12'.repeat(32) as Hash);
    await expect(sent).rejects.toMatchObject({ code: 'OTHER_LIST' });
    expect(await asking.member(1).store.read(asking.key('a'))).toEqual([]);
  });

  it('is what many writes of one moment travel in, one message an owner', async () => {
    const { member, world } = asking;
    const { machine, replication } = member(0);
    const requests = Array.from({ length: 60 }, (_, i) =>
      world.fixture.write(machine, { sortKey: `item ${i}`, id: `w${i}`, replaces: () => [] }),
    );
    const answered = (verb: string): number => {
      const found = new RegExp(`carrossel_rpc_ms_count\\{verb="${verb}"\\} (\\d+)`);
      return Number(found.exec(member(0).metrics.render())?.[1] ?? 0);
    };
    const before = answered('1');
    await world.clock.settle(
      Promise.all(requests.map((one) => replication.put([one], { waitFor: 'complete' }))),
    );
    // 100 items fit one message, and two owners are elsewhere.
    expect(answered('20')).toBe(2);
    expect(answered('1') - before).toBe(0);
    for (const { key } of requests) expect(await member(2).store.read(key)).toHaveLength(1);
  });
});
