/** A part of the page that is brought when it is wanted, or when there is nothing better to do. */
import { toApiError, type ApiError } from '../api-error.ts';

export interface Later<T> {
  /** Undefined until it is here. */
  readonly value: T | undefined;
  /** The host of the page did not give it. */
  readonly error: ApiError | undefined;
  /** Once is enough. */
  bring(): void;
}

export function createLater<T>(load: () => Promise<T>): Later<T> {
  let value = $state.raw<T>();
  let error = $state.raw<ApiError>();
  let coming = false;
  async function bring(): Promise<void> {
    coming = true;
    try {
      value = await load();
    } catch (cause) {
      // Who gives out the page is the peer, too.
      error = toApiError(cause, true);
    }
  }
  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    bring() {
      if (!coming) void bring();
    },
  };
}
