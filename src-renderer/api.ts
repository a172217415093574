/**
 * The only user of the bridge: requests and streams over the line that is open, every failure an
 * ApiError with the peer's code.
 */
import { ApiError, toApiError } from './api-error.ts';
import { pause, type Cancel } from './clock.ts';
import {
  aborted,
  createLineKeeper,
  onLine,
  type LineComponents,
  type LineKeeper,
  type LinkState,
} from './line.ts';
import type { Client } from './wall.ts';

/** How long a call made while the line is down waits for it to come back. */
const PATIENCE_MS = 4000;
const CALL_MS = 30_000;
const REOPEN_MS = 200;

export interface Follower<T> {
  open(client: Client, signal: AbortSignal): Promise<AsyncIterable<T>>;
  each(value: T): void;
  /** The peer refused, or the stream came to its end (undefined); a broken line is not told. */
  ended(error: ApiError | undefined): void;
}

export interface Api {
  readonly state: LinkState;
  onState(listener: (state: LinkState) => void): Cancel;
  /** One request. Rejects with ApiError: the peer's code, TIMEOUT, or NO_RUNNING_PEER. */
  call<T>(run: (client: Client, signal: AbortSignal) => Promise<T>, timeoutMs?: number): Promise<T>;
  /** A stream that is opened again each time the line comes back, until cancelled or ended. */
  follow<T>(follower: Follower<T>): Cancel;
  start(): void;
  stop(): void;
}

export function createApi(components: LineComponents): Api {
  const { clock } = components;
  const keeper = createLineKeeper(components);
  const stopping = new AbortController();

  async function keepFollowing<T>(follower: Follower<T>, ended: AbortSignal): Promise<void> {
    while (await followOnce(keeper, follower, ended)) await pause(clock, REOPEN_MS, ended);
  }

  return {
    get state() {
      return keeper.state;
    },
    onState: (listener) => keeper.onState(listener),
    async call(run, timeoutMs = CALL_MS) {
      const impatient = new AbortController();
      const cancel = clock.schedule(PATIENCE_MS, () => {
        impatient.abort();
      });
      const line = await keeper.coming(impatient.signal);
      cancel();
      if (line === undefined) {
        throw new ApiError('NO_RUNNING_PEER', 'The peer on this machine does not answer.');
      }
      return onLine(clock, line, timeoutMs, (signal) => run(line.connection.client, signal));
    },
    follow(follower) {
      const ended = new AbortController();
      void keepFollowing(follower, AbortSignal.any([ended.signal, stopping.signal]));
      return () => {
        ended.abort();
      };
    },
    start: () => {
      keeper.start();
    },
    stop() {
      stopping.abort();
      keeper.stop();
    },
  };
}

/** Follows on one line. True if the line broke and the stream should be opened on the next. */
async function followOnce<T>(
  keeper: LineKeeper,
  follower: Follower<T>,
  ended: AbortSignal,
): Promise<boolean> {
  const line = await keeper.coming(ended);
  if (line === undefined) return false;
  let failure: ApiError | undefined;
  try {
    // Left, not aborted, when the line breaks: to abort would mean to send once more.
    const gone = aborted(line.gone);
    const stream = await Promise.race([follower.open(line.connection.client, ended), gone]);
    const values = stream?.[Symbol.asyncIterator]();
    for (;;) {
      const step = await Promise.race([values?.next(), gone]);
      if (ended.aborted) return false;
      if (step === undefined || step.done === true) break;
      follower.each(step.value);
    }
  } catch (error) {
    failure = toApiError(error, line.gone.aborted);
  }
  if (ended.aborted) return false;
  if (line.gone.aborted) return true;
  follower.ended(failure);
  return false;
}
