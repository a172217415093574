import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';

const root = join(import.meta.dirname, '../..');

describe('the deliberate faults', () => {
  it.each(MUTATIONS.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit }))))(
    'still fit the code: $name, $file',
    ({ file, find, replace }) => {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text.split(find)).toHaveLength(2);
      expect(replace).not.toBe(find);
    },
  );
});
