import { afterEach, describe, expect, it } from 'vitest';
import type {
  FunctionReads,
  FunctionWall,
  OpenFunction,
} from '../../src-main/app/functions/function-wall.ts';

const value = (n: number) => ({
  ...{ version: `v${n}`, device: 'laptop', wallMs: n, deleted: false, value: n },
  derivedKey: `notice#${n}`,
});
export const READS: FunctionReads = {
  get: (key) => Promise.resolve(key === 'note#1' ? [value(1)] : []),
  query: ({ prefix }) => Promise.resolve([{ key: `${prefix}1`, values: [value(1)] }]),
};
export const CALL = {
  account: { id: 'a', name: 'Ana' },
  events: [
    {
      ...{ id: '1', key: 'note#1', before: [], after: [value(2)] },
      ...{ replay: false, retried: false, local: true },
    },
  ],
};
export const module_ = (body: string, head = `name: 'f', on: { prefix: 'note#' }`) =>
  `export default { ${head}, async handler(events, context) { ${body} } };`;

/** What every wall does with a function, wherever that runs. */
export function functionWallSuite(name: string, make: () => FunctionWall): void {
  describe(`a function behind ${name}`, () => {
    const opened: OpenFunction[] = [];
    const open = async (text: string): Promise<OpenFunction> => {
      const fn = await make().open({ file: 'f.mjs', text });
      opened.push(fn);
      return fn;
    };
    const run = async (body: string) =>
      (await open(module_(body))).run(CALL, READS, new AbortController().signal);
    afterEach(async () => {
      for (const fn of opened.splice(0)) await fn.close();
    });

    it('says what it is', async () => {
      const fn = await open(module_('', `name: 'f-1', on: { prefix: 'cart#' }, batch: 7`));
      expect(fn.head).toEqual({ name: 'f-1', prefix: 'cart#', batch: 7 });
      expect((await open(module_(''))).head.batch).toBe(25);
    });

    it.each([
      ['export const nothing = 1;', /default/],
      [module_('', `name: 'Big Name', on: { prefix: '' }`), /name/],
      [module_('', `name: 'f'`), /prefix/],
      [`export default { name: 'f', on: { prefix: '' } };`, /handler/],
      [module_('', `name: 'f', on: { prefix: '' }, batch: 0`), /batch/],
      ['this is no module', /./],
    ])('refuses %s', async (text, reason) => {
      await expect(open(text)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      await expect(open(text)).rejects.toThrow(reason);
    });

    it('reads items, and its writes and lines come back', async () => {
      const result = await run(`
        const [one] = await context.get('note#1');
        const [row] = await context.query({ prefix: 'note#' });
        context.put('sum#1', { sum: one.value + events[0].after[0].value, row: row.key });
        context.delete('note#9');
        context.log('saw', context.account.name);
      `);
      expect(result.logs).toEqual(['saw Ana']);
      expect(result.writes).toHaveLength(2);
      expect(result.writes[0]).toEqual({ key: 'sum#1', value: { sum: 3, row: 'note#1' } });
      expect(result.writes[1]?.key).toBe('note#9');
      expect(result.writes[1]?.value).toBeUndefined();
    });

    it('tells what it threw, writes nothing, and can run again', async () => {
      const fn = await open(
        module_(`
          context.put('x', 1);
          if (events[0].key === 'note#1') throw new Error('this one not');
        `),
      );
      const { signal } = new AbortController();
      await expect(fn.run(CALL, READS, signal)).rejects.toThrow('this one not');
      const other = { ...CALL, events: CALL.events.map((event) => ({ ...event, key: 'note#2' })) };
      expect((await fn.run(other, READS, signal)).writes).toHaveLength(1);
    });

    it('may not write without end', async () => {
      const endless = run(`for (let n = 0; n < 1000; n++) context.put('x#' + n, n);`);
      await expect(endless).rejects.toThrow(/100 writes/);
    });
  });
}
