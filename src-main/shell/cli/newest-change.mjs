// Shared by the plain-JavaScript entries: is what was built as new as what it was built from?
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The newest change of a file or below a folder, in milliseconds; 0 when it is not there. */
export function newestChange(path) {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const below = readdirSync(path).map((name) => newestChange(join(path, name)));
  return Math.max(0, ...below);
}
