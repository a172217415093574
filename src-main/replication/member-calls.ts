import { isAppError, toAppError, type AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../base/metrics.ts';
import type { PeerId } from '../domain/ids.ts';
import type { Transport } from '../network/transport.ts';
import type { Verb } from '../network/verb.ts';
import { askedAgain } from './asked-again.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { Timings } from './timings.ts';

/** One verb's message, as the network floor's codecs have it. */
export interface RequestCodec<Q, A> {
  readonly verb: Verb;
  encodeRequest(request: Q): Uint8Array;
  decodeResponse(body: Uint8Array): A;
}

export interface CallOptions {
  /** @default Timings.requestMs */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Sent once more after each `Timings.slowMs` without an answer (asked-again.ts). @default false */
  readonly again?: boolean;
}

/**
 * Every request of this floor goes through here, so that what is missed and measured is in one
 * place.
 */
export interface MemberCalls {
  /** The decoded answer; rejects with the other member's own code or the transport's. */
  call<Q, A>(
    peer: PeerId,
    codec: RequestCodec<Q, A>,
    request: Q,
    options?: CallOptions,
  ): Promise<A>;
}

export function createMemberCalls(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly transport: Transport;
    readonly detector: FailureDetector;
    readonly metrics: Metrics;
  },
): MemberCalls {
  const { clock, transport, detector, metrics } = components;
  async function callOnce<Q, A>(
    peer: PeerId,
    codec: RequestCodec<Q, A>,
    request: Q,
    options: CallOptions,
  ): Promise<A> {
    const started = clock.monotonicMs();
    const labels = { verb: String(codec.verb) };
    try {
      const body = await transport.request(peer, codec.verb, codec.encodeRequest(request), {
        timeoutMs: options.timeoutMs ?? init.timings.requestMs,
        signal: options.signal,
      });
      detector.answered(peer);
      metrics.observeMs('carrossel_rpc_ms', clock.monotonicMs() - started, labels);
      return codec.decodeResponse(body);
    } catch (error) {
      const known = toAppError(error);
      metrics.count('carrossel_rpc_errors_total', { ...labels, code: known.code });
      if (known.code === 'TIMEOUT') detector.missed(peer);
      else if (!isSilence(known)) detector.answered(peer);
      throw known;
    }
  }
  return {
    async call(peer, codec, request, options = {}) {
      const { again = false, signal } = options;
      if (!again) return callOnce(peer, codec, request, options);
      return askedAgain({ everyMs: init.timings.slowMs, signal }, { clock }, (until) =>
        callOnce(peer, codec, request, { ...options, signal: until }),
      );
    },
  };
}

/** True when the error says nothing of whether the other member works (nor whether it acted). */
export function isSilence(error: AppError): boolean {
  return (
    isAppError(error, 'TIMEOUT') ||
    isAppError(error, 'UNREACHABLE') ||
    isAppError(error, 'ABORTED') ||
    isAppError(error, 'OVERLOADED')
  );
}
