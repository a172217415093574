import { describe, expect, expectTypeOf, it } from 'vitest';
import type { App } from '../../src-main/app/app.ts';
import { contract } from '../../src-main/shell/contract.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import { createHousehold, oneFamily, product } from './household.ts';

describe('the app and the contract', () => {
  it('have the same procedures, and the app gives the shapes that the contract promises', async () => {
    expectTypeOf<App>().toExtend<AppApi>();
    const home = createHousehold('contract');
    const { machines } = await oneFamily(home, ['kitchen', 'office']);
    const { app } = machines[0]!;
    for (const [group, procedures] of Object.entries(contract)) {
      for (const name of Object.keys(procedures)) {
        expect(app[group as keyof typeof contract]).toHaveProperty(name);
      }
    }
    const name = 'Party';
    const lines = [{ product: product('Cake', 1200), quantity: 1, note: '' }];
    const answers: [{ parse(value: unknown): unknown } | undefined, unknown][] = [];
    const check = (procedure: { '~orpc': { outputSchema?: unknown } }, answer: unknown) => {
      const schema = procedure['~orpc'].outputSchema as { parse(value: unknown): unknown };
      answers.push([schema, answer]);
    };
    check(contract.carts.create, await home.run(app.carts.create({ name })));
    check(contract.carts.addLines, await home.run(app.carts.addLines({ name, lines })));
    check(contract.carts.show, await home.run(app.carts.show({ name })));
    check(contract.carts.list, await home.run(app.carts.list()));
    check(contract.system.status, await home.run(app.system.status()));
    check(contract.system.doctor, await home.run(app.system.doctor()));
    check(contract.system.health, app.system.health());
    check(contract.ring.show, app.ring.show());
    check(contract.ring.members, await home.run(app.ring.members()));
    check(contract.ring.invites, await home.run(app.ring.invites()));
    check(contract.accounts.list, app.accounts.list());
    const { id } = app.accounts.list()[0]!;
    check(contract.accounts.devices, app.accounts.devices({ id }));
    const item = { sortKey: 'note#1', value: { a: 1 } };
    check(contract.items.put, await home.run(app.items.put(item)));
    check(contract.items.get, await home.run(app.items.get(item)));
    const query = { limit: 10, reverse: false };
    check(contract.items.query, await home.run(app.items.query(query)));
    const counted = { ...query, groupBy: 'key.0', sum: 'a', min: 'a', max: 'a' };
    check(contract.items.query, await home.run(app.items.query(counted)));
    const writes = [{ sortKey: 'note#2', value: 1 }];
    check(contract.batch.write, await home.run(app.batch.write({ writes })));
    const sortKeys = ['note#1', 'note#2', 'note#3'];
    check(contract.batch.get, await home.run(app.batch.get({ sortKeys })));
    for (const [schema, answer] of answers) expect(schema?.parse(answer)).toEqual(answer);
    await home.stopAll();
  });
});
