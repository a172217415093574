/**
 * What tells a store's folder from a copy of it (decision 0301): files cannot be copied together
 * with their inode and change time. A mark names a marker file inside the store's folder and the
 * file outside it, with what the file system alone can say of them.
 */
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex, utf8 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { sha256Hex } from '../base/sha256.ts';

export interface BirthmarkFiles {
  /** The store's folder. */
  readonly dir: string;
  /** The file outside it, which must exist. */
  readonly outside: string;
}

const PREFIX = 'birthmark-';
/** One per installation of the system, where there is one (systemd). */
const MACHINE_ID = '/etc/machine-id';

/** Makes a marker file, synced, and returns the mark of it. */
export async function makeBirthmark(files: BirthmarkFiles, random: Random): Promise<string> {
  const nonce = toHex(random.bytes(16));
  const file = await open(join(files.dir, PREFIX + nonce), 'wx', 0o600);
  try {
    await file.writeFile('This file tells this folder from copies of it. Leave it here.\n');
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(files.dir);
  const mark = await markOf(files, nonce);
  if (mark === undefined) throw new Error('the birthmark was gone as soon as it was made');
  return mark;
}

/** True when the mark is what the file system says of these files now. */
export async function bearsBirthmark(files: BirthmarkFiles, mark: string): Promise<boolean> {
  const nonce = mark.slice(0, 32);
  return /^[0-9a-f]{32}$/.test(nonce) && (await markOf(files, nonce)) === mark;
}

/** Removes the markers of other marks. */
export async function keepBirthmark(files: BirthmarkFiles, mark: string): Promise<void> {
  const keep = PREFIX + mark.slice(0, 32);
  for (const name of await readdir(files.dir)) {
    if (name.startsWith(PREFIX) && name !== keep) await rm(join(files.dir, name), { force: true });
  }
}

/** Makes creations and removals in the folder durable. Some systems have no such thing. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function markOf(files: BirthmarkFiles, nonce: string): Promise<string | undefined> {
  try {
    const marker = await stat(join(files.dir, PREFIX + nonce), { bigint: true });
    const outside = await stat(files.outside, { bigint: true });
    // Windows counts a backup's archive flag as a change: there the change time says nothing.
    const changed = process.platform === 'win32' ? 0n : marker.ctimeNs;
    const seen = [marker.ino, marker.birthtimeNs, changed, outside.ino, outside.birthtimeNs];
    return [nonce, ...seen, await machineId()].join(' ');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A hash of the machine's id, so that the id itself is in no file of ours; '-' without one. */
async function machineId(): Promise<string> {
  const id = await readFile(MACHINE_ID, 'utf8').catch(() => '');
  return id.trim() === '' ? '-' : sha256Hex(utf8(`carrossel/machine/1/${id.trim()}`)).slice(0, 32);
}
