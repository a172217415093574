import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortedError, onAbort } from '../base/waiting.ts';
import {
  MAX_WAITING_BYTES,
  MAX_WAITING_REQUESTS,
  WINDOW_BYTES,
  WINDOW_REQUESTS,
} from './rpc-limits.ts';
import { MAX_BODY_BYTES, type RequestOptions } from './transport.ts';
import type { Verb } from './verb.ts';

interface Pending {
  readonly id: number;
  readonly verb: Verb;
  readonly body: Uint8Array;
  sent: boolean;
  settled: boolean;
  readonly settle: (result: Uint8Array | AppError) => void;
}

/** Requests towards one peer: numbered, windowed, timed, each settled exactly once. */
export interface OutgoingRequests {
  request(verb: Verb, body: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** The answer (or error) to request `id`; unknown ids are late answers and ignored. */
  answered(id: number, result: Uint8Array | AppError): void;
  /** Ends all with the error; later requests are refused with it too. */
  close(error: AppError): void;
  readonly size: number;
}

export function createOutgoingRequests(
  components: { clock: Clock },
  wire: {
    sendRequest(id: number, verb: Verb, body: Uint8Array): void;
    sendCancel(id: number): void;
  },
): OutgoingRequests {
  const pending = new Map<number, Pending>();
  let waiting: Pending[] = [];
  let head = 0;
  let nextId = 1;
  let waitingBytes = 0;
  let sentCount = 0;
  let sentBytes = 0;
  let closedWith: AppError | undefined;

  function freshId(): number {
    while (pending.has(nextId)) nextId = (nextId % 0xffffffff) + 1;
    const id = nextId;
    nextId = (nextId % 0xffffffff) + 1;
    return id;
  }

  function sendWaiting(): void {
    for (let next = waiting[head]; next !== undefined; next = waiting[head]) {
      const full = sentCount >= WINDOW_REQUESTS || sentBytes + next.body.byteLength > WINDOW_BYTES;
      if (!next.settled && full && sentCount > 0) break;
      head++;
      if (next.settled) continue;
      next.sent = true;
      sentCount++;
      sentBytes += next.body.byteLength;
      wire.sendRequest(next.id, next.verb, next.body);
    }
    if (head === waiting.length) {
      waiting = [];
      head = 0;
    } else if (head > 1024) {
      waiting = waiting.slice(head);
      head = 0;
    }
  }

  function finish(one: Pending, result: Uint8Array | AppError): void {
    if (one.settled) return;
    one.settled = true;
    pending.delete(one.id);
    waitingBytes -= one.body.byteLength;
    if (one.sent) {
      sentCount--;
      sentBytes -= one.body.byteLength;
    }
    one.settle(result);
    if (closedWith === undefined && one.sent) sendWaiting();
  }

  function refusal(body: Uint8Array, signal: AbortSignal | undefined): AppError | undefined {
    if (closedWith !== undefined) return closedWith;
    if (signal?.aborted) return abortedError(signal);
    if (body.byteLength > MAX_BODY_BYTES) {
      return new AppError('LIMIT_EXCEEDED', 'This message is too large to be sent at once.', {
        details: { bytes: body.byteLength, maxBytes: MAX_BODY_BYTES },
      });
    }
    if (
      pending.size >= MAX_WAITING_REQUESTS ||
      waitingBytes + body.byteLength > MAX_WAITING_BYTES
    ) {
      return new AppError('OVERLOADED', 'Too many requests wait for one machine; try again.');
    }
    return undefined;
  }

  return {
    get size() {
      return pending.size;
    },
    request(verb, body, { timeoutMs, signal }) {
      const refused = refusal(body, signal);
      if (refused !== undefined) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        const giveUp = (error: AppError): void => {
          if (one.sent && !one.settled) wire.sendCancel(one.id);
          finish(one, error);
        };
        const cancelTimer = components.clock.schedule(timeoutMs, () => {
          giveUp(
            new AppError('TIMEOUT', `The other machine did not answer in ${timeoutMs} ms.`, {
              details: { timeoutMs },
            }),
          );
        });
        const one: Pending = {
          id: freshId(),
          verb,
          body,
          sent: false,
          settled: false,
          settle(result) {
            cancelTimer();
            stopListening?.();
            if (result instanceof AppError) reject(result);
            else resolve(result);
          },
        };
        const stopListening =
          signal &&
          onAbort(signal, () => {
            giveUp(abortedError(signal));
          });
        pending.set(one.id, one);
        waiting.push(one);
        waitingBytes += body.byteLength;
        sendWaiting();
      });
    },
    answered(id, result) {
      const one = pending.get(id);
      if (one?.sent === true) finish(one, result);
    },
    close(error) {
      if (closedWith !== undefined) return;
      closedWith = error;
      for (const one of [...pending.values()]) finish(one, error);
      waiting = [];
    },
  };
}
