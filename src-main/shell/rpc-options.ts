import type { StandardHandlerOptions } from '@orpc/server/standard';
import type { Logger } from '../base/logger.ts';
import type { RpcContext } from './router.ts';
import { toRpcError } from './rpc-error.ts';

/**
 * What the three handlers share: the Idempotency-Key header goes into the context, and errors that
 * arise around the app (a wrong input, an output that breaks the contract) get our codes too.
 */
export function rpcOptions(logger: Logger): StandardHandlerOptions<RpcContext> {
  const report = (error: unknown): void => {
    logger.error('a request failed at the border', { error: String(error) });
  };
  return {
    interceptors: [
      (options) => {
        const key = options.request.headers['idempotency-key'];
        if (typeof key !== 'string') return options.next();
        return options.next({ ...options, context: { ...options.context, idempotencyKey: key } });
      },
    ],
    clientInterceptors: [
      async (options) => {
        try {
          return await options.next();
        } catch (error) {
          throw toRpcError(error, report);
        }
      },
    ],
  };
}
