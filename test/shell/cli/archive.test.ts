import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCommandLine, ran, testIo, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

const notes = (count: number) =>
  Array.from({ length: count }, (_, i): [string, unknown] => [`note#${i}`, i]);

describe('export and import', () => {
  it('writes a file, whole and for nobody else, and brings it back', async () => {
    const { items } = line.app.memory;
    for (const [key, value] of notes(20)) items.set(key, value);
    const file = join(line.dataDir, 'home.jsonl');
    const exported = await line.run('export', file);
    expect(exported).toMatchObject({ status: 0, out: `Exported: 20 items to ${file}.` });
    expect(exported.err.split('\n')).toHaveLength(9);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(21);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(line.dataDir)).not.toContain('home.jsonl.part');
    for (const key of ['note#3', 'note#4']) items.delete(key);
    items.set('note#5', 'other');
    expect((await line.run('import', file, '--check')).out).toMatchInlineSnapshot(
      `"A whole export of "Ana", made Nov 12, 2026, 12:00 PM: 20 items (20 note)."`,
    );
    expect(items.size).toBe(18);
    expect((await line.run('import', file)).out).toMatchInlineSnapshot(`
      "Imported: 2 written, 17 were here, 1 left as they are here.
        note#5: is otherwise here"
    `);
    expect([items.get('note#3'), items.get('note#5')]).toEqual([3, 'other']);
    const again = JSON.parse((await line.run('import', file, '--json')).out) as object;
    expect(again).toMatchObject({ written: 0, there: 19, kept: 1, finished: true });
    expect((await line.run('export', '-')).out.split('\n')).toHaveLength(20);
  });

  it('draws a bar on a terminal, of both looks at the file, and takes it away at the end', async () => {
    const { items } = line.app.memory;
    const file = join(line.dataDir, 'home.jsonl');
    for (const [key, value] of notes(20)) items.set(key, value);
    await line.run('export', file);
    items.clear();
    const drawn: (string | undefined)[] = [];
    const io = testIo({ redraw: (text) => drawn.push(text) });
    const imported = await ran(['import', file, '--data', line.dataDir], io);
    expect(imported.status).toBe(0);
    expect(drawn).toEqual([
      'Checked: 20 items',
      undefined,
      '[########################] 20 of 20 items',
      undefined,
    ]);
    // Beside the bar there are no lines of it.
    expect(imported.err).toBe(
      'A whole export of "Ana", made Nov 12, 2026, 12:00 PM: 20 items (20 note).',
    );
    drawn.length = 0;
    const failing = testIo({ redraw: (text) => drawn.push(text) });
    await ran(['import', `${file}.none`, '--data', line.dataDir], failing);
    expect(drawn.at(-1)).toBeUndefined();
    expect((await ran(['export', file, '--data', line.dataDir], io)).status).toBe(0);
    expect(drawn.at(-1)).toBeUndefined();
  });

  it('takes the passphrase from the person or the environment, never from the words', async () => {
    line.app.memory.items.set('note#1', 1);
    const file = join(line.dataDir, 'home.sealed');
    const env = { CARROSSEL_PASSPHRASE: 'correct horse' };
    const words = ['export', file, '--sealed', '--data', line.dataDir];
    expect((await ran(words, testIo({ env }))).status).toBe(0);
    expect(await readFile(file, 'utf8')).toContain('sealed correct horse');
    const typed = (input: string) =>
      ran(['import', file, '--sealed', '--data', line.dataDir], testIo({ input }));
    expect((await typed('correct horse')).status).toBe(0);
    expect(await typed('wrong')).toMatchObject({
      status: 1,
      err: expect.stringContaining('WRONG_PASSPHRASE') as string,
    });
    expect((await line.run('import', file)).err).toContain('WRONG_PASSPHRASE');
    let asked = 0;
    const differing = testIo({ ask: () => Promise.resolve(`passphrase ${asked++}`) });
    expect((await ran(words, differing)).status).toBe(2);
  });

  it('refuses a file that is not there in one sentence', async () => {
    const missing = await line.run('import', join(line.dataDir, 'none.jsonl'));
    expect(missing.status).toBe(2);
    expect(missing.err).toContain('none.jsonl');
  });
});

describe('a catalogue', () => {
  it('is shown before it is brought along, with what is wrong in which line', async () => {
    const text = 'title;price\nTea;2,50\nRice;many\nSalt;\n';
    const words = ['catalogue', 'import', '-', '--currency', 'EUR', '--data', line.dataDir];
    const preview = await ran([...words, '--preview'], testIo({ input: text }));
    expect(preview.out).toMatchInlineSnapshot(`
      "Title  Category  Unit  Price
      Tea                    €2.50
      Salt
      2 products: 2 new, 0 changed, 0 there.
      One is left out:
        line 3: the price is no amount like 21.90"
    `);
    expect(line.app.memory.items.size).toBe(0);
    const done = await ran(words, testIo({ input: text }));
    expect(done.out).toBe('Catalogue: 2 written, 0 were there, 1 left out.');
    expect(done.err).toContain('line 3: the price is no amount');
  });

  it('of JSON is told by line, too, and where it is no JSON any more', async () => {
    const preview = (input: string) =>
      ran(
        ['catalogue', 'import', '-', '--preview', '--data', line.dataDir],
        testIo({ input, env: { CARROSSEL_CURRENCY: 'EUR' } }),
      );
    const read = await preview('[\n  "Tea",\n  {"title": "Rice",\n   "price": "many"}\n]\n');
    expect(read.out).toContain('\nOne is left out:\n  line 3 (product 2): the price is no amount');
    const broken = await preview('[\n  "Tea"\n  "Rice"\n]\n');
    expect(broken.out).toMatchInlineSnapshot(`
      "Nothing in this file can be taken:
        line 3: here, or right before, it is no JSON any more"
    `);
  });
});
