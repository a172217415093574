import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { stillIcon } from '../src-renderer/still-icons.ts';
import { findSources } from './support/find-sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const library = fileURLToPath(
  new URL('../node_modules/@lucide/svelte/dist/icons/', import.meta.url),
);

/** Names of all icons that a component of the page imports. */
function iconsUsed(): readonly string[] {
  const names = findSources(root, ['src-renderer'], ['.svelte']).flatMap((file) =>
    [
      ...readFileSync(`${root}${file}`, 'utf8').matchAll(/@lucide\/svelte\/icons\/([a-z0-9-]+)/g),
    ].map(([, name]) => name ?? ''),
  );
  return [...new Set(names)];
}

/** A name may be the older one of another icon. */
function sourceOf(name: string): string {
  const entry = readFileSync(`${library}${name}.js`, 'utf8');
  const file = /from "\.\/([a-z0-9-]+\.svelte)"/.exec(entry)?.[1] ?? '';
  return readFileSync(`${library}${file}`, 'utf8');
}

describe('the icons of the built page', () => {
  it('are those of the library, shape by shape, without anything that draws them', () => {
    const used = iconsUsed();
    expect(used.length).toBeGreaterThan(30);
    for (const name of used) {
      const source = sourceOf(name);
      const still = stillIcon(source);
      const paths = [...source.matchAll(/"d": "([^"]+)"/g)].map(([, path]) => path);
      const drawn = [...still.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path);
      expect(drawn, name).toEqual(paths);
      const { js } = compile(still, { generate: 'client', runes: true });
      expect(js.code, name).not.toMatch(/attribute_effect|\$\.each|\$\.element/);
    }
  });

  it('fail the build where the library keeps its data otherwise', () => {
    expect(() => stillIcon('<script>const icon = [];</script>')).toThrow(/another form/);
  });
});
