import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, isAppError } from '../base/app-error.ts';

/**
 * Makes the folder for its owner alone, and those above it that are not there.
 * @throws DISK_FULL, STORAGE_FAILED with a sentence about what stands in the way.
 */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await makeWithParents(dir);
    // A folder that a person made is left as it is, but for what others may do in it.
    await chmod(dir, 0o700);
  } catch (error) {
    throw unusable(dir, error);
  }
}

/**
 * Step by step: Node's own `recursive` goes round for ever where a file system says that a folder
 * is not there whatever is made (/proc).
 */
async function makeWithParents(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' });
  if (dirname(dir) !== dir) await makeWithParents(dirname(dir));
  await mkdir(dir, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/** What a failure of the file system in the data folder means for a person. */
export function unusable(dir: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const reason = codeOf(error);
  const options = { details: { dir, reason }, cause: error };
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('DISK_FULL', `There is no room for the data folder ${dir}.`, options);
    case 'ENOTDIR':
    case 'EEXIST':
      return failed(`The data folder cannot be ${dir}: there is a file in its place.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failed(`Nothing may be written to the data folder ${dir}; choose another place.`);
    case 'ENAMETOOLONG':
      return failed(`The name of the data folder is too long: ${dir}`);
    default:
      return failed(`The data folder cannot be ${dir}: no folder can be made there (${reason}).`);
  }
  function failed(message: string): AppError {
    return new AppError('STORAGE_FAILED', message, options);
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
