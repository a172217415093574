/** Files of the person who gives a command, in parts: an export may be large. */
import { open, rename, rm } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** A file that stands under its name only once it is whole. */
export interface NewFile {
  write(text: string): Promise<void>;
  /** It is whole, and on the disk. */
  finish(): Promise<void>;
  /** It comes to nothing. */
  discard(): Promise<void>;
}

const READ_BYTES = 256 * 1024;
/** For nobody else: an export is readable. */
const MODE = 0o600;

export async function createFile(path: string): Promise<NewFile> {
  const part = `${path}.part`;
  const handle = await open(part, 'w', MODE).catch(refused);
  return {
    async write(text) {
      await handle.writeFile(text);
    },
    async finish() {
      await handle.sync();
      await handle.close();
      await rename(part, path);
    },
    async discard() {
      await handle.close();
      await rm(part, { force: true });
    },
  };
}

/** @throws UsageError when it cannot be opened */
export async function* readParts(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r').catch(refused);
  yield* handle.createReadStream({ highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>;
}

function refused(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error));
}
