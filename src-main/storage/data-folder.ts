import { join, resolve } from 'node:path';
import type { Logger } from '../base/logger.ts';
import { releaseLock, takeLock } from './folder-lock.ts';
import { makeFolder, unusable } from './made-folder.ts';

/** One peer's folder, held by this process until released. */
export interface DataFolder {
  /** Absolute. */
  readonly dir: string;
  readonly secretsDir: string;
  release(): Promise<void>;
}

/**
 * Makes the folder (mode 0700) if it is not there, and takes it for this process alone.
 * @throws DATA_DIR_IN_USE with `pid`; DISK_FULL or STORAGE_FAILED where there can be no such.
 */
export async function openDataFolder(
  init: { readonly dir: string },
  components: { readonly logger: Logger },
): Promise<DataFolder> {
  const dir = resolve(init.dir);
  await makeFolder(dir);
  await takeLock(dir).catch((error: unknown) => {
    throw unusable(dir, error);
  });
  components.logger.debug('the data folder is ours', { dir });
  return { dir, secretsDir: join(dir, 'secrets'), release: () => releaseLock(dir) };
}
