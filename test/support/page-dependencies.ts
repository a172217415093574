import { readFileSync } from 'node:fs';
import { findSources } from './find-sources.ts';

/**
 * The packages that the page and its tests import, as written. Vite has to know them before the
 * first test: one that it meets later makes it reload the page, in the middle of that test.
 */
export function pageDependencies(root: string): readonly string[] {
  const files = findSources(root, ['src-renderer', 'test/ui'], ['.ts', '.svelte']);
  const found = files.flatMap((file) => {
    const text = readFileSync(`${root}/${file}`, 'utf8');
    const imports = text.matchAll(/^\s*import\s(?!type\b)[\w\s{},*$]*?from '([@a-z][\w@./-]*)';/gm);
    const lazily = text.matchAll(/\bimport\('([@a-z][\w@./-]*)'\)/g);
    return [...imports, ...lazily].map(([, specifier = '']) => specifier);
  });
  return [...new Set(found)].filter((name) => !IN_PLACE.test(name)).sort();
}

/** Served as they are, by Vite's or the runner's own means, or parts of Node. */
const IN_PLACE = /^(node:|svelte(\/|$)|vitest(\/|$)|vite(\/|$)|@vitest\/|playwright|@sveltejs\/)/;
