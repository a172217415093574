import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from '../base/logger.ts';
import { releaseLock, takeLock } from './folder-lock.ts';

/** One peer's folder, held by this process until released. */
export interface DataFolder {
  /** Absolute. */
  readonly dir: string;
  readonly secretsDir: string;
  release(): Promise<void>;
}

/**
 * Makes the folder (mode 0700) if it is not there, and takes it for this process alone.
 * @throws DATA_DIR_IN_USE with `pid`.
 */
export async function openDataFolder(
  init: { readonly dir: string },
  components: { readonly logger: Logger },
): Promise<DataFolder> {
  const dir = resolve(init.dir);
  const made = await mkdir(dir, { recursive: true, mode: 0o700 });
  // A folder that a person made is left as it is, but for what others may do in it.
  if (made === undefined) await chmod(dir, 0o700);
  await takeLock(dir);
  components.logger.debug('the data folder is ours', { dir });
  return { dir, secretsDir: join(dir, 'secrets'), release: () => releaseLock(dir) };
}
