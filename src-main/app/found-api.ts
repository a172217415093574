import type { AppParts } from './app-parts.ts';
import { createOnce, type First } from './app-api.ts';

export function createFoundApi(parts: AppParts) {
  const { found } = parts;
  const once = createOnce(parts);
  return {
    list: () => found.list(),
    keep: once('found.keep', (input: First<typeof found.keep>) => found.keep(input)),
    drop: once('found.drop', (input: First<typeof found.drop>) => found.drop(input)),
  };
}
