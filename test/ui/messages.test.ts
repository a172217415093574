import { describe, expect, it } from 'vitest';
import { en } from '../../src-renderer/i18n/en.ts';
import { ptBR } from '../../src-renderer/i18n/pt-br.ts';
import { ERROR_CODES } from '../../src-main/base/error-code.ts';

/** Every leaf of a dictionary as `cart.add`. */
function leaves(node: unknown, path = ''): [string, unknown][] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) =>
    leaves(value, path === '' ? key : `${path}.${key}`),
  );
}
const said = (leaf: unknown): string =>
  typeof leaf === 'function'
    ? String((leaf as (...of: unknown[]) => unknown)('X', 'Y', 2))
    : String(leaf);

/** The renderer's own source, to see which words are used. */
const sources = Object.values(
  import.meta.glob<string>(['../../src-renderer/**/*.{svelte,ts}', '!**/i18n/{en,pt-br}*.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).join('\n');
/** Groups whose members are chosen by a value at run time, as in `t.groups[group]`. */
const BY_VALUE = [
  'errors',
  ...['activity.states', 'activity.what'],
  ...['data.why', 'data.catalogue.problems'],
  ...['conflict.groups', 'conflict.why', 'conflict.option', 'conflict.bannerText'],
  ...['inStep.away', 'inStep.advice', 'inStep.kinds'],
  ...['lookUp.kinds', 'lookUp.groupings', 'lookUp.measures'],
  ...['orders.states', 'orders.spending.fields'],
  ...['ring.moves', 'ring.seat.shares', 'ring.seat.about'],
  ...['peers.states', 'settings.checks', 'settings.levels', 'settings.themes'],
];

/** Of words, or of at least one machine. */
const NEVER_NONE = new Set(['orders.spending.by', 'ring.keeping.writes']);

describe('the dictionaries', () => {
  it('have the same words in both languages', () => {
    const keys = (of: object) =>
      leaves(of)
        .map(([path]) => path)
        .toSorted();
    expect(keys(ptBR)).toEqual(keys(en));
  });

  it('say something for every word, in the language’s own words', () => {
    const portuguese = new Map(leaves(ptBR));
    /** Names and words that are the same in both languages. */
    const same = new Set(['app.name', 'cart.total', 'orders.total', 'link.ringLine', 'data.kinds']);
    for (const [path, value] of leaves(en)) {
      const [english, other] = [said(value), said(portuguese.get(path))];
      expect(english, path).not.toBe('');
      expect(other, path).not.toBe('');
      expect(other, path).not.toMatch(/undefined|\[object/u);
      if (english === other) {
        expect([
          ...same,
          'conflict.whoWhen',
          'conflict.option.as',
          'lookUp.by',
          'peers.ms',
          'ring.seat.at',
        ]).toContain(path);
      }
    }
  });

  it('hold no word that no screen says', () => {
    const unused = leaves(en)
      .map(([path]) => path)
      .filter((path) => !BY_VALUE.some((group) => path.startsWith(`${group}.`)))
      .filter((path) => !new RegExp(`\\.${path.split('.').at(-1) ?? ''}\\b`, 'u').test(sources));
    expect(unused).toEqual([]);
  });

  it.each([en, ptBR])('count nothing as they count several: $language', (words) => {
    const counted = leaves(words).flatMap(([path, value]) => {
      if (typeof value !== 'function' || value.length !== 1 || NEVER_NONE.has(path)) return [];
      const say = value as (n: number) => unknown;
      const [none, several] = [String(say(0)), String(say(7))];
      return none.includes('0') ? [[path, none.replaceAll('0', '7'), several]] : [];
    });
    expect(counted.length).toBeGreaterThan(20);
    for (const [path, none, several] of counted) expect(none, path).toBe(several);
  });

  it('have a sentence for every error code', () => {
    expect(Object.keys(en.errors).toSorted()).toEqual([...ERROR_CODES].toSorted());
    expect(Object.keys(ptBR.errors).toSorted()).toEqual([...ERROR_CODES].toSorted());
  });
});
