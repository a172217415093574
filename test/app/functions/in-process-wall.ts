import { openInProcess } from '../../../src-main/app/functions/in-process-function.ts';
import type { CarrosselFunction } from '../../../src-main/app/functions/function-api.ts';
import type { FunctionWall } from '../../../src-main/app/functions/function-wall.ts';
import { AppError, toAppError } from '../../../src-main/base/app-error.ts';

/** Modules in this very thread: for the simulation, where threads would not be repeatable. */
export function createInProcessWall(): FunctionWall {
  return {
    async open({ text }) {
      const url = `data:text/javascript,${encodeURIComponent(text)}`;
      try {
        const found = (await import(/* @vite-ignore */ url)) as { default?: CarrosselFunction };
        return openInProcess(found.default as CarrosselFunction);
      } catch (error) {
        throw new AppError('BAD_REQUEST', toAppError(error).message, { cause: error });
      }
    },
  };
}
