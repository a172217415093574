import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHousehold, oneFamily, type Household, type Machine } from './household.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

describe('several raw items at once', () => {
  let home: Household;
  beforeEach(() => {
    home = createHousehold('batches');
  });
  afterEach(() => home.stopAll());

  it('are written, deleted and read, in the order they were named', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    const writes = [3, 1, 2].map((n) => ({ sortKey: `n#${n}`, value: { n } }));
    const { items, safety } = await home.run(kitchen.app.batch.write({ writes }));
    expect(items.map(({ sortKey }) => sortKey)).toEqual(['n#3', 'n#1', 'n#2']);
    expect(safety.state).not.toBe('pending');
    const read = await home.run(
      office.app.batch.get({ sortKeys: ['n#2', 'n#0', 'n#3'], consistency: 'strict' }),
    );
    expect(read).toMatchObject({
      freshness: 'strict',
      items: [
        { sortKey: 'n#2', context: items[2]?.context, siblings: [{ value: { n: 2 } }] },
        { sortKey: 'n#0', siblings: [] },
        { sortKey: 'n#3', siblings: [{ value: { n: 3 }, version: items[0]?.version }] },
      ],
    });
    const change = [
      { sortKey: 'n#1', deleted: true as const, context: items[1]?.context },
      { sortKey: 'n#2', value: 'new', context: items[2]?.context },
    ];
    await home.run(office.app.batch.write({ writes: change }));
    const after = await home.run(kitchen.app.batch.get({ sortKeys: ['n#1', 'n#2'], r: 2 }));
    expect(after.items).toMatchObject([
      { siblings: [{ deleted: true }] },
      { siblings: [{ value: 'new' }] },
    ]);
  });

  it('are not written at all when one of them may not be', async () => {
    const { machines } = await oneFamily(home, ['kitchen']);
    const { batch, items } = machines[0]!.app;
    const good = { sortKey: 'n#1', value: 1 };
    const refused = async (bad: Parameters<typeof batch.write>[0]['writes'][number]) =>
      home.run(batch.write({ writes: [good, bad] }));
    await expect(refused({ sortKey: 'order#1', value: 1 })).rejects.toThrow(code('BAD_REQUEST'));
    await expect(refused({ sortKey: 'n#1', value: 2 })).rejects.toThrow(code('BAD_REQUEST'));
    const forged = { sortKey: 'n#2', value: 2, context: 'AAAA' };
    await expect(refused(forged)).rejects.toThrow(code('UNKNOWN_CONTEXT'));
    const large = { sortKey: 'n#2', value: 'x'.repeat(450_000) };
    await expect(refused(large)).rejects.toThrow(code('LIMIT_EXCEEDED'));
    expect((await home.run(items.get({ sortKey: 'n#1' }))).siblings).toEqual([]);
    await expect(home.run(batch.get({ sortKeys: ['share#1'] }))).rejects.toThrow(
      code('BAD_REQUEST'),
    );
  });

  it('are found on this machine also without the others', async () => {
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const [kitchen, office] = machines as [Machine, Machine];
    home.cut([kitchen], [office]);
    await home.pass(5000);
    const written = await home.run(
      kitchen.app.batch.write({ writes: [{ sortKey: 'n#1', value: 1 }] }),
    );
    expect(written.safety).toMatchObject({ state: 'pending', waitingFor: ['office'] });
    const read = await home.run(kitchen.app.batch.get({ sortKeys: ['n#1'], consistency: 'local' }));
    expect(read).toMatchObject({ freshness: 'local', items: [{ siblings: [{ value: 1 }] }] });
    const strict = { sortKeys: ['n#1'], r: 2, consistency: 'strict' as const };
    await expect(home.run(kitchen.app.batch.get(strict))).rejects.toThrow(
      code('QUORUM_NOT_REACHED'),
    );
  });
});
