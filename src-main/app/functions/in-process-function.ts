import { AppError, toAppError } from '../../base/app-error.ts';
import type { CarrosselFunction, FunctionContext } from './function-api.ts';
import {
  FUNCTION_LIMITS,
  readHead,
  type FunctionCall,
  type FunctionReads,
  type FunctionWrite,
  type OpenFunction,
} from './function-wall.ts';

/** A function in this very thread: for built-in ones. Its limits are those of good faith. */
export function openInProcess(fn: CarrosselFunction): OpenFunction {
  const head = readHead(fn);
  if (typeof head === 'string') throw new AppError('BAD_REQUEST', head);
  return {
    head,
    async run(call: FunctionCall, reads: FunctionReads, signal: AbortSignal) {
      const writes: FunctionWrite[] = [];
      const logs: string[] = [];
      const add = (write: FunctionWrite): void => {
        if (writes.length >= FUNCTION_LIMITS.writes) throw tooManyWrites();
        writes.push(write);
      };
      const context: FunctionContext = {
        account: call.account,
        get: (key) => reads.get(key),
        query: (range) => reads.query(range),
        put: (key, value) => {
          add({ key, value: structuredClone(value) });
        },
        delete: (key) => {
          add({ key });
        },
        log: (...words) => {
          if (logs.length < FUNCTION_LIMITS.logLines) logs.push(words.map(String).join(' '));
        },
      };
      try {
        await fn.handler(call.events, context);
      } catch (error) {
        const { message } = toAppError(error);
        throw new AppError('BAD_REQUEST', message === '' ? 'It threw.' : message, { cause: error });
      }
      if (signal.aborted) throw new AppError('ABORTED', 'The run was ended.');
      return { writes, logs };
    },
    close: () => Promise.resolve(),
  };
}

export function tooManyWrites(): AppError {
  return new AppError('LIMIT_EXCEEDED', `More than ${FUNCTION_LIMITS.writes} writes in one run.`);
}
