/**
 * What the shells ask of the app, derived from the contract: for each procedure `x.y` the app
 * offers `app.x.y(input, call)`. The input is validated and has its defaults; the output is checked
 * again on the way out.
 */
import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';
import type { Metrics } from '../base/metrics.ts';
import type { Startable } from '../base/startable.ts';
import type { contract } from './contract.ts';

/** What comes with a request besides its input. */
export interface Call {
  /** Aborts when whoever asked goes away or gives up. */
  readonly signal: AbortSignal;
  /** Of a stream that was cut: the id of the last event that arrived (`Last-Event-ID`). */
  readonly lastEventId?: string;
  /** The `Idempotency-Key` header: a repeated request with it is answered, not done again. */
  readonly idempotencyKey?: string;
}

type InputOf<I> = unknown extends I ? undefined : I;
type ResultOf<O> =
  O extends AsyncIteratorObject<infer T, unknown, void>
    ? AsyncIterable<T> | Promise<AsyncIterable<T>>
    : O | Promise<O>;

/* A schema, an error map and metadata of a procedure we only look through. */
type AppPart<C> =
  C extends ContractProcedure<infer I, infer O, infer _Errors, infer _Meta>
    ? (input: InputOf<InferSchemaOutput<I>>, call: Call) => ResultOf<InferSchemaInput<O>>
    : { readonly [K in keyof C]: AppPart<C[K]> };

export type AppApi = AppPart<typeof contract>;

/** As much of a peer (peer.ts) as the shells need. */
export interface RunningPeer extends Startable {
  readonly app: AppApi;
  readonly peerId: string;
  readonly metrics: Metrics;
  addresses(): readonly string[];
  /** The machine was asleep, or its network changed: lost members are looked for at once. */
  wake(): void;
}
