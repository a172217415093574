import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCommandLine, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

describe('carrossel functions', () => {
  it('lists them, and shows what one logged and could not deal with', async () => {
    const list = await line.run('functions', 'list');
    expect(list.out).toMatch(/price-notes +running/);
    expect(list.out).toContain('Your own are the modules in /data/functions');
    const logs = await line.run('functions', 'logs', 'price-notes');
    expect(logs.out).toContain('price-notes says hello');
    expect(logs.out).toContain('dead letter 42: note#1, 5 tries: no');
    expect(await line.run('functions', 'logs', 'nobody')).toMatchObject({ status: 1 });
  });

  it('gives dead letters back, and pauses and resumes', async () => {
    expect((await line.run('functions', 'retry', 'price-notes')).out).toBe(
      '1 done, 0 failed again.',
    );
    expect((await line.run('functions', 'pause', 'low-stock')).out).toBe('low-stock is paused.');
    expect((await line.run('functions', 'resume', 'low-stock')).out).toBe('low-stock is running.');
  });
});

describe('carrossel changes', () => {
  it('says who changed what, and which function did', async () => {
    const run = await line.run('changes');
    expect(run).toMatchObject({ status: 0 });
    expect(run.out).toMatch(/desk +written apart +Groceries \(cart#1\)/);
    expect(run.out).toMatch(/this machine, function shelf-sum +changed +sum#shelf/);
    expect(JSON.parse((await line.run('changes', '--json')).out)).toMatchObject({ more: false });
    expect(await line.run('changes', '--limit', '0')).toMatchObject({ status: 2 });
  });
});
