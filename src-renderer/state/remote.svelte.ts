import type { Api } from '../api.ts';
import { toApiError, type ApiError } from '../api-error.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { Change, Client } from '../wall.ts';
import type { Changes } from './changes.ts';

/** A value of the peer's, kept fresh while somebody shows it. */
export interface Remote<T> {
  /** Undefined until the first answer; the last one known while a newer is asked for. */
  readonly value: T | undefined;
  /** Why the last request failed; undefined once one works. */
  readonly error: ApiError | undefined;
  /** Asks again; requests made meanwhile come to one more. */
  refresh(): void;
  /** Shows it: loads, follows changes, polls. Cancelled when no longer shown. */
  open(): Cancel;
}

export interface RemoteInit<T> {
  read(client: Client, signal: AbortSignal): Promise<T>;
  /** Whether `value` may be old after this change. */
  concerns(change: Change): boolean;
  /** For what changes without being told, such as latency. */
  pollMs?: number;
}

export interface RemoteComponents {
  readonly api: Api;
  readonly changes: Changes;
  readonly clock: Clock;
}

export function createRemote<T>(
  { read, concerns, pollMs }: RemoteInit<T>,
  { api, changes, clock }: RemoteComponents,
): Remote<T> {
  let value = $state.raw<T>();
  let error = $state.raw<ApiError>();
  let users = 0;
  let asking = false;
  let again = false;

  async function ask(): Promise<void> {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    do {
      again = false;
      try {
        value = await api.call(read);
        error = undefined;
      } catch (failure) {
        error = toApiError(failure, false);
      }
    } while (again);
    asking = false;
  }

  const refresh = (): void => {
    void ask();
  };
  let end: Cancel = () => undefined;
  const begin = (): void => {
    const stop = changes.on((change) => {
      if (change.type === 'hello' || concerns(change)) refresh();
    });
    let cancel: Cancel = () => undefined;
    const poll = (): void => {
      if (pollMs === undefined) return;
      cancel = clock.schedule(pollMs, () => {
        refresh();
        poll();
      });
    };
    poll();
    end = () => {
      stop();
      cancel();
    };
    refresh();
  };
  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    refresh,
    open() {
      users += 1;
      if (users === 1) begin();
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        users -= 1;
        if (users === 0) end();
      };
    },
  };
}
