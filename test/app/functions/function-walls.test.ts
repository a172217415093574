import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../src-main/base/clock.ts';
import { within } from '../../../src-main/base/waiting.ts';
import { createWorkerWall } from '../../../src-main/worker-wall.ts';
import { CALL, functionWallSuite, module_, READS } from '../../suites/function-wall-suite.ts';
import { createInProcessWall } from './in-process-wall.ts';

const clock = createSystemClock();
const workers = () => createWorkerWall({ memoryMb: 32 }, { clock });

functionWallSuite('no wall but good faith', createInProcessWall);
functionWallSuite('a worker thread', workers);

describe('a worker thread', () => {
  const run = async (body: string, timeoutMs = 5000): Promise<unknown> => {
    const fn = await workers().open({ file: 'f.mjs', text: module_(body) });
    try {
      const limits = { clock, timeoutMs, what: 'the run' };
      const { writes } = await within(limits, (signal) => fn.run(CALL, READS, signal));
      return writes[0]?.value;
    } finally {
      await fn.close();
    }
  };
  const open = (text: string) => workers().open({ file: 'f.mjs', text });

  it('ends a function that does not end', async () => {
    await expect(run('for (;;);', 300)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('ends a function that wants too much memory, and nothing else', async () => {
    const greedy = run('const all = []; for (;;) all.push(new Array(10000).fill({}));', 20_000);
    await expect(greedy).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await run(`context.put('x', 'fine')`)).toBe('fine');
  });

  it('runs again in a new thread after one was ended', async () => {
    const text = module_(`if (events[0].key === 'note#1') for (;;); context.put('x', 1);`);
    const fn = await open(text);
    const limits = { clock, timeoutMs: 300, what: 'the run' };
    const hanging = within(limits, (signal) => fn.run(CALL, READS, signal));
    await expect(hanging).rejects.toMatchObject({ code: 'TIMEOUT' });
    const other = { ...CALL, events: CALL.events.map((event) => ({ ...event, key: 'note#2' })) };
    const { writes } = await fn.run(other, READS, new AbortController().signal);
    expect(writes).toEqual([{ key: 'x', value: 1 }]);
    await fn.close();
  });

  it('says in which line it threw, or cannot be read', async () => {
    const late = module_(`\n\n  const none = undefined;\n  none.price;`);
    const fn = await open(late);
    const running = fn.run(CALL, READS, new AbortController().signal);
    await expect(running).rejects.toThrow(/\(reading 'price'\) \(line 4\)$/u);
    await fn.close();
    await expect(open('export default {\n  name: "f"\n  on: 1 };')).rejects.toThrow(/\(line 3\)$/u);
    await expect(open('\n\nnone.price;')).rejects.toThrow(/none is not defined \(line 3\)$/u);
  });

  it('has no names of the outside world', async () => {
    const names = `['process', 'require', 'fetch', 'WebSocket', 'Buffer', 'setTimeout', 'Worker',
      'XMLHttpRequest', 'EventSource', 'navigator', 'global', 'module']`;
    const found = await run(
      `context.put('x', ${names}.filter((name) => typeof globalThis[name] !== 'undefined'))`,
    );
    expect(found).toEqual([]);
  });

  it.each([`import 'node:fs';`, `import fs from 'fs';`, `import x from './other.mjs';`])(
    'refuses to load %s',
    async (line) => {
      await expect(open(line + module_(''))).rejects.toThrow(/import/);
    },
  );

  it('takes types in comments for what they are', async () => {
    const typed = `/** @type {import('carrossel/function').CarrosselFunction} */\n`;
    const fn = await open(typed + module_(''));
    await fn.close();
  });

  it.each([`return import('node:fs')`, `return import/* */('node:fs')`])(
    'refuses %s',
    async (body) => {
      await expect(open(module_(body))).rejects.toThrow(/import/);
    },
  );

  it.each([
    ['code from text', `return Function('return process')()`],
    ['eval', `return (0, eval)('process')`],
    ['the constructor of what it was given', `return context.get.constructor('return process')()`],
    ['the constructor of an event', `return events.constructor.constructor('return process')()`],
    ['an answer', `return (await context.get('x')).constructor.constructor('return process')()`],
    [
      'an error',
      `try { null.x } catch (e) { return e.constructor.constructor('return process')() }`,
    ],
    ['console', `return console.log.constructor('return process')()`],
  ])('is no way out by %s', async (_name, body) => {
    const tried = run(`
      const found = await (async () => { ${body} })().catch((error) => 'refused: ' + error.message);
      context.put('x', typeof found === 'string' ? found : 'OUT');
    `);
    expect(await tried).toMatch(/^refused/);
  });
});
