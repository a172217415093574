import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Files below the folders with one of the endings, as paths from the root, sorted. */
export function findSources(
  root: string,
  folders: readonly string[],
  endings: readonly string[],
): readonly string[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
