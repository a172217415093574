import { AppError } from '../base/app-error.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { abortedError, onAbort } from '../base/waiting.ts';

/**
 * Asks once more each `everyMs` until one of the askings ends, well or not; the others are given up
 * then. For small requests that open the way for others and may be answered more than once: one
 * whose answer never comes would hold up, for as long as a request may take, all that wait for it.
 * @param ask brings a time-out of its own.
 */
export function askedAgain<A>(
  init: { readonly everyMs: number; readonly signal?: AbortSignal | undefined },
  { clock }: { readonly clock: Clock },
  ask: (signal: AbortSignal) => Promise<A>,
): Promise<A> {
  const { everyMs, signal } = init;
  if (signal?.aborted) return Promise.reject(abortedError(signal));
  const over = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<A>();
  let cancel: Cancel;
  function once(): void {
    cancel = clock.schedule(everyMs, once);
    ask(over.signal).then(resolve, reject);
  }
  const unheard =
    signal === undefined
      ? undefined
      : onAbort(signal, () => {
          reject(abortedError(signal));
        });
  once();
  return promise.finally(() => {
    cancel();
    unheard?.();
    over.abort(new AppError('ABORTED', 'Another asking was answered.'));
  });
}
