import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/**
 * DIR/api.json (mode 0600): where the peer of a data folder answers, and the token that opens it.
 * Whoever can read the file may use the peer; that is the person whose folder it is.
 */
const ApiFile = z.object({
  version: z.literal(1),
  /** `http://127.0.0.1:PORT` */
  origin: z.string(),
  token: z.string(),
  pid: z.int(),
  peerId: z.string(),
});
export type ApiFile = z.infer<typeof ApiFile>;

function pathOf(dataDir: string): string {
  return join(dataDir, 'api.json');
}

/** What a running peer left there; undefined when there is no file, or not one of ours. */
export async function readApiFile(dataDir: string): Promise<ApiFile | undefined> {
  try {
    const text = await readFile(pathOf(dataDir), 'utf8');
    return ApiFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, so that a reader sees all of it or none. */
export async function writeApiFile(dataDir: string, content: ApiFile): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const fresh = `${pathOf(dataDir)}.${content.pid}`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
  } finally {
    await file.close();
  }
  await chmod(fresh, 0o600);
  await rename(fresh, pathOf(dataDir));
}

/** Removes the file if it is still the one with this token. */
export async function removeApiFile(dataDir: string, token: string): Promise<void> {
  const found = await readApiFile(dataDir);
  if (found?.token === token) await rm(pathOf(dataDir), { force: true });
}
