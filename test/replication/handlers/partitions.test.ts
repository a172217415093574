import { beforeEach, describe, expect, it } from 'vitest';
import type { Hash } from '../../../src-main/domain/ids.ts';
import { rangeHash, TREE_WAYS } from '../../../src-main/domain/merkle-tree.ts';
import { partitionsMessage } from '../../../src-main/network/messages/partitions.ts';
import { createRingView } from '../../../src-main/replication/ring-view.ts';
import { createSharing } from '../../../src-main/replication/shared-partitions.ts';
import { SIM_PARTITIONS as Q } from '../../sim/member-life.ts';
import { createAsking, type Asking } from './asking.ts';

describe('a member that compares shared partitions', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({ machines: 2 });
    await asking.issue(1, 'cart#a', 'w1');
  });
  const listsHash = () => {
    const { members, peer } = asking.member(0);
    const view = createRingView({ members, onError: () => undefined });
    const other = asking.member(1).peer;
    expect(peer).toBe(view.self);
    const { partitions, listsHash: hash } = createSharing({ view })(other);
    expect(partitions).toHaveLength(Q);
    return hash;
  };
  const ask = async (nodes: readonly { first: number; count: number; hash: Hash | null }[]) => {
    const request = { listsHash: listsHash(), nodes };
    return (await asking.ask(0, 1, partitionsMessage, request)).children;
  };
  const hashesAt = (member: number) => {
    const all = Array.from({ length: Q }, (_, partition) => partition);
    return asking.member(member).store.trees.partitions(all);
  };

  it('hears one word when all is equal, and the children where not', async () => {
    const theirs = await hashesAt(1);
    const whole = { first: 0, count: Q };
    const root = rangeHash(whole, theirs) ?? null;
    expect(await ask([{ ...whole, hash: root }])).toEqual([]);
    const own = rangeHash(whole, await hashesAt(0)) ?? null;
    const children = await ask([{ ...whole, hash: own }]);
    expect(children).toHaveLength(TREE_WAYS);
    const filled = children.filter((child) => child.hash !== null);
    expect(filled).toHaveLength(1);
    const leaves = await ask(filled.map((child) => ({ ...child, hash: null })));
    const { partition } = asking.member(0).replication.listOf(asking.world.fixture.account);
    const hash = rangeHash({ first: partition, count: 1 }, theirs);
    expect(leaves.filter((leaf) => leaf.hash !== null)).toEqual([
      { first: partition, count: 1, hash },
    ]);
  });

  it('is refused with other lists, and for nodes that no tree has', async () => {
    const other = { listsHash: '12'.repeat(32) as Hash, nodes: [] };
    await expect(asking.ask(0, 1, partitionsMessage, other)).rejects.toMatchObject({
      code: 'OTHER_LIST',
    });
    const node = (first: number, count: number) => ({ first, count, hash: null });
    for (const nodes of [[node(Q - 24, 25)], [node(2, 2), node(3, 1)], [node(4, 1), node(0, 1)]]) {
      await expect(ask(nodes)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    const many = Array.from({ length: 257 }, (_, i) => node(i, 1));
    await expect(ask(many)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
