import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { failureOf } from '../../src-main/network/connection-failure.ts';

const node = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:4001`), { code });
const unreachable = (...errors: unknown[]) =>
  new AppError('UNREACHABLE', 'none', { cause: new AggregateError(errors, 'all failed') });

describe('why a machine is not reached', () => {
  it('is read from what its addresses answered, the most telling first', () => {
    expect(failureOf(unreachable(node('ECONNREFUSED'), node('EHOSTUNREACH')))).toBe('refused');
    expect(failureOf(unreachable(node('EHOSTUNREACH'), node('ENETUNREACH')))).toBe('noRoute');
    expect(failureOf(unreachable(new Error('connect ETIMEDOUT 10.0.0.1')))).toBe('silent');
    expect(failureOf(new AppError('TIMEOUT', 'No answer in 5000 ms: dial.'))).toBe('silent');
  });

  it('is what the other one said, where it said something', () => {
    expect(failureOf(new AppError('ABORTED', 'goodbye'))).toBe('goodbye');
    expect(failureOf(new AppError('NOT_MEMBER', 'no'))).toBe('notMember');
    expect(failureOf(new AppError('UNSUPPORTED_FORMAT', 'old'))).toBe('tooOld');
    expect(failureOf(new AppError('INTERNAL', 'what'))).toBe('other');
    expect(failureOf(undefined)).toBe('other');
  });
});
