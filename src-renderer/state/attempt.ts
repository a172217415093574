import { toApiError, type ApiError } from '../api-error.ts';
import type { Language } from './language.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/**
 * Does what the person asked for; a failure becomes a message in words and `undefined`. Failures
 * that `own` takes care of (returns true) are not told.
 */
export type Attempt = <T>(
  work: () => Promise<T>,
  own?: (error: ApiError) => boolean,
) => Promise<T | undefined>;

export function createAttempt({
  toasts,
  language,
}: {
  toasts: Toasts;
  language: Language;
}): Attempt {
  return async (work, own) => {
    try {
      return await work();
    } catch (failure) {
      const error = toApiError(failure, false);
      if (own?.(error) !== true) toasts.error(language.errorWords(error));
      return undefined;
    }
  };
}
