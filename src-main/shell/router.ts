import { implement, withEventMeta, type ORPCError, type Router } from '@orpc/server';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/app-error.ts';
import type { ErrorCode } from '../base/error-code.ts';
import type { AppApi, Call } from './app-api.ts';
import { contract } from './contract.ts';
import { toRpcError } from './rpc-error.ts';

/** The contract, served by the app; the same router on MessagePort, WebSocket and HTTP. */

export interface RpcContext {
  readonly idempotencyKey?: string;
}
export type AppRouter = Router<typeof contract, RpcContext>;

export interface RouterComponents {
  readonly app: AppApi;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Requests worked on at once, over all ways together; streams count only until they are open. */
const MAX_IN_FLIGHT = 512;

type Method = (input: unknown, call: Call) => unknown;
type Fail = (error: unknown) => ORPCError<ErrorCode, unknown>;
interface HandlerOptions {
  readonly input: unknown;
  readonly context: RpcContext;
  readonly signal?: AbortSignal;
  readonly lastEventId?: string | undefined;
}

/** Binds each procedure of the contract to the app's method of the same name. */
export function createRouter(components: RouterComponents): AppRouter {
  const { app } = components;
  const limit = createInFlightLimit();
  const bind = (group: keyof AppApi, name: string) => {
    const path = `${group}.${name}`;
    const methods = app[group] as unknown as Readonly<Record<string, Method>>;
    const fail: Fail = (error) =>
      toRpcError(error, (cause) => {
        components.logger.error('a request failed', { path, error: describe(cause) });
      });
    return async ({ input, context, signal, lastEventId }: HandlerOptions): Promise<unknown> => {
      const { idempotencyKey } = context;
      const startedMs = components.clock.monotonicMs();
      const call = {
        signal: signal ?? new AbortController().signal,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(lastEventId === undefined ? {} : { lastEventId }),
      };
      const code = { value: 'ok' };
      try {
        const output = await limit(async () => methods[name]?.(input, call));
        return isStream(output) ? streamOf(output, fail) : output;
      } catch (error) {
        const failed = fail(error);
        code.value = failed.code;
        throw failed;
      } finally {
        const tookMs = components.clock.monotonicMs() - startedMs;
        components.metrics.observeMs('carrossel_api_request_ms', tookMs, { path });
        components.metrics.count('carrossel_api_requests_total', { path, code: code.value });
      }
    };
  };
  const os = implement(contract).$context<RpcContext>();
  const builders = os as unknown as Readonly<
    Record<string, Readonly<Record<string, { handler(run: unknown): unknown }>>>
  >;
  const groups = Object.entries(contract).map(([group, procedures]) => {
    const bound = Object.keys(procedures).map((name) => [
      name,
      builders[group]?.[name]?.handler(bind(group as keyof AppApi, name)),
    ]);
    return [group, Object.fromEntries(bound) as unknown];
  });
  return Object.fromEntries(groups) as AppRouter;
}

function createInFlightLimit(): <T>(work: () => Promise<T>) => Promise<T> {
  let inFlight = 0;
  return async (work) => {
    if (inFlight >= MAX_IN_FLIGHT) {
      throw new AppError('OVERLOADED', 'Too many requests at once; try again in a moment.');
    }
    inFlight++;
    try {
      return await work();
    } finally {
      inFlight--;
    }
  };
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

async function* streamOf(source: AsyncIterable<unknown>, fail: Fail): AsyncGenerator<unknown> {
  try {
    for await (const event of source) yield numbered(event);
  } catch (error) {
    throw fail(error);
  }
}

/** An event that names its place can be gone on from: the place is its id. */
function numbered(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('position' in event)) return event;
  const { position } = event;
  return typeof position === 'string' ? withEventMeta(event, { id: position }) : event;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.stack ?? error.message;
}
