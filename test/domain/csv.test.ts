import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src-main/domain/csv.ts';

const cellsOf = (text: string) => readCsv(text).rows.map(({ cells }) => cells);

describe('comma-separated values', () => {
  it('are read with commas, semicolons or tabs, whichever the first line has', () => {
    expect(cellsOf('a,b\n1,2;3\n')).toEqual([
      ['a', 'b'],
      ['1', '2;3'],
    ]);
    expect(cellsOf('a;b\r\n1,5;2\r\n')).toEqual([
      ['a', 'b'],
      ['1,5', '2'],
    ]);
    expect(cellsOf('a\tb\n1\t\n')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ]);
  });

  it('name the line a row begins on, past quotes over several lines and empty lines', () => {
    const text = 'a,b\n\n"one\ntwo",2\n,\n3,4';
    expect(readCsv(text)).toEqual({
      rows: [
        { line: 1, cells: ['a', 'b'] },
        { line: 3, cells: ['one\ntwo', '2'] },
        { line: 6, cells: ['3', '4'] },
      ],
    });
    expect(readCsv('a,b\n1,2\n3,"4\n5,6\n')).toMatchObject({
      rows: [{ line: 1 }, { line: 2 }],
      openQuote: 3,
    });
  });

  it('say again what was written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', ';', '"', '\n', 'é') });
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
        const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`;
        const all = [['x', 'y'], ...rows];
        const text = all.map((cells) => cells.map(quoted).join(',')).join('\r\n');
        const full = all.filter((cells) => cells.some((one) => one.trim() !== ''));
        expect(cellsOf(text)).toEqual(full);
      }),
    );
  });
});
