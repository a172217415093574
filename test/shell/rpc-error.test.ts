import { ORPCError } from '@orpc/client';
import { expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { ERROR_CODES } from '../../src-main/base/error-code.ts';
import { fromRpcError, statusOf, toRpcError } from '../../src-main/shell/rpc-error.ts';

const unheard = (): void => undefined;

it('every code has an HTTP status of an error and survives the way there and back', () => {
  for (const code of ERROR_CODES) {
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
    expect(statusOf(code)).toBeLessThan(600);
    const sent = toRpcError(new AppError(code, 'A sentence.', { details: { a: 1 } }), unheard);
    const got = fromRpcError(sent);
    expect(got.code).toBe(code);
    if (code === 'INTERNAL') continue;
    expect([got.message, got.details]).toEqual(['A sentence.', { a: 1 }]);
  }
});

it('what is no error of ours is reported and told as INTERNAL', () => {
  const reported: unknown[] = [];
  const report = (error: unknown): void => {
    reported.push(error);
  };
  const cause = new TypeError('x is undefined');
  const foreign = new ORPCError('INTERNAL_SERVER_ERROR', { message: 'secret', cause });
  for (const error of [cause, foreign, 'text', new ORPCError('TEAPOT', { status: 418 })]) {
    const sent = toRpcError(error, report);
    expect([sent.code, sent.status, sent.data]).toEqual(['INTERNAL', 500, {}]);
    expect(sent.message).not.toMatch(/secret|undefined|text/);
  }
  expect(reported).toHaveLength(4);
  expect(reported[1]).toBe(cause);
});

it('names the fields of an input that was refused', () => {
  const issues = [
    { ...{ code: 'too_small', minimum: 1 }, path: ['lines', { key: 0 }, 'quantity'] },
    { message: 'Of no known kind' },
  ];
  const sent = toRpcError(new ORPCError('BAD_REQUEST', { data: { issues } }), unheard);
  expect(sent.message).toBe(
    'The quantity of line 1 must be at least 1 (lines.0.quantity). ' +
      'The input is not right: Of no known kind.',
  );
  expect(sent.data).toMatchObject({ issues: [{ path: ['lines', '0', 'quantity'] }, { path: [] }] });
});

it('a BAD_REQUEST of the app keeps its sentence and details on its way out', () => {
  const error = new AppError('BAD_REQUEST', 'Say which cart.', { details: { carts: 2 } });
  const twice = toRpcError(toRpcError(error, unheard), unheard);
  expect(fromRpcError(twice)).toMatchObject({
    code: 'BAD_REQUEST',
    message: 'Say which cart.',
    details: { carts: 2 },
  });
});

it('an aborted call is ABORTED, a full disk DISK_FULL', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  expect(toRpcError(full, unheard).code).toBe('DISK_FULL');
  expect(toRpcError(new DOMException('x', 'AbortError'), unheard).code).toBe('ABORTED');
});
