/**
 * The `lock` file of a data folder: who has it. LevelDB's own lock on the store is the real one,
 * and the system takes that away from a killed process; this file says early, and by its id, who it
 * is.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/app-error.ts';

interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts; undefined where it cannot be told. */
  readonly began: string | undefined;
}

const MAX_ATTEMPTS = 5;

/**
 * Writes the lock file, in the place of one whose process is gone.
 * @throws DATA_DIR_IN_USE with `pid` when its process certainly lives.
 */
export async function takeLock(dir: string): Promise<void> {
  const path = lockPath(dir);
  const mine: Holder = { pid: process.pid, began: await beginOf(process.pid) };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(`${JSON.stringify(mine)}\n`).finally(() => file.close());
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    }
    const holder = await read(dir);
    if (holder !== undefined && (await lives(holder))) {
      throw new AppError('DATA_DIR_IN_USE', 'Another Carrossel is using this data folder.', {
        details: { pid: holder.pid },
      });
    }
    await rm(path, { force: true });
  }
  throw new AppError('DATA_DIR_IN_USE', 'Another Carrossel is starting in this data folder.');
}

/** Takes the lock file away, if it is this process's. */
export async function releaseLock(dir: string): Promise<void> {
  const holder = await read(dir);
  if (holder?.pid === process.pid) await rm(lockPath(dir), { force: true });
}

/** The process that is said to have the folder. */
export async function readHolder(dir: string): Promise<number | undefined> {
  const holder = await read(dir);
  return holder === undefined || holder.pid === process.pid ? undefined : holder.pid;
}

function lockPath(dir: string): string {
  return join(dir, 'lock');
}

async function read(dir: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(lockPath(dir), 'utf8')) as Holder;
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True only when it is certain: a process of that id that began at that moment. Another process may
 * have got the id since; then, or where the moment cannot be told, LevelDB's lock decides.
 */
async function lives(holder: Holder): Promise<boolean> {
  if (holder.began === undefined) return false;
  return (await beginOf(holder.pid)) === holder.began;
}

/** When the process began, in ticks since the machine did, and which run of the machine (Linux). */
async function beginOf(pid: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // The name, in parentheses, may hold anything; the 20th field after it is the start.
    const began = line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
    return began === undefined ? undefined : `${boot.trim()}/${began}`;
  } catch {
    return undefined;
  }
}
