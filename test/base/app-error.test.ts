import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { AppError, toAppError } from '../../src-main/base/app-error.ts';

it('what the file system refuses is told by the file, not by the call', async () => {
  const error: unknown = await readFile('/dev/null/secret').catch((e: unknown) => e);
  expect(toAppError(error)).toMatchObject({
    code: 'STORAGE_FAILED',
    message: 'The file or folder /dev/null/secret cannot be used (ENOTDIR).',
    details: { path: '/dev/null/secret', reason: 'ENOTDIR' },
  });
});

it('what is full is DISK_FULL, what is known stays, the rest is INTERNAL with its cause', () => {
  const full = Object.assign(new Error('x'), { code: 'ENOSPC', path: '/a', syscall: 'write' });
  expect(toAppError(full).code).toBe('DISK_FULL');
  const known = new AppError('SEALED', 'No key.');
  expect(toAppError(known)).toBe(known);
  const cause = new TypeError('x is undefined');
  expect(toAppError(cause)).toMatchObject({ code: 'INTERNAL', cause });
});
