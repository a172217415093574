import { OpenAPIHandler } from '@orpc/openapi/node';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '../../base/app-error.ts';
import { toAppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { AppRouter } from '../router.ts';
import { fromRpcError, statusOf } from '../rpc-error.ts';
import { rpcOptions } from '../rpc-options.ts';
import { readJsonBody } from './read-body.ts';

export const API_PREFIX = '/api/v1';

/** Programs' way in: JSON over HTTP, described by OpenAPI (DESIGN §4). */
export interface HttpApi {
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

export interface HttpApiComponents {
  readonly router: AppRouter;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The OpenAPI document, made on first use. */
  document(): Promise<object>;
}

export function createHttpApi(components: HttpApiComponents): HttpApi {
  const { metrics, clock } = components;
  const handler = new OpenAPIHandler(components.router, {
    ...rpcOptions(components.logger),
    customErrorResponseBodyEncoder: (error) => errorBody(fromRpcError(error)),
  });
  return {
    async handle(request, response, url) {
      const path = url.pathname.slice(API_PREFIX.length);
      if (request.method === 'GET' && path === '/metrics') {
        sendText(response, 'text/plain; version=0.0.4; charset=utf-8', metrics.render());
        return;
      }
      if (request.method === 'GET' && path === '/openapi.json') {
        sendText(response, 'application/json', JSON.stringify(await components.document()));
        return;
      }
      try {
        if (request.method !== 'GET') await takeInput(request, url, clock);
      } catch (error) {
        // What is left of a refused body is not read: the connection ends with the answer.
        response.setHeader('connection', 'close');
        sendError(response, toAppError(error));
        return;
      }
      const { matched } = await handler.handle(request, response, {
        prefix: API_PREFIX,
        context: {},
      });
      if (!matched) sendRefusal(response, 404, 'NOT_FOUND', 'There is no such address here.');
    },
  };
}

/**
 * Query parameters count as input on every method, not on GET only: `DELETE …?w=2` means what it
 * says. What is in the body wins. The handler takes a `body` that is already there.
 */
async function takeInput(request: IncomingMessage, url: URL, clock: Clock): Promise<void> {
  const body = await readJsonBody(request, clock);
  const query = Object.fromEntries(url.searchParams);
  const whole =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? { ...query, ...body }
      : (body ?? query);
  (request as { body?: unknown }).body = whole;
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type }).end(text);
}

function errorBody(error: AppError): object {
  return { code: error.code, message: error.message, details: error.details };
}

function sendError(response: ServerResponse, error: AppError): void {
  sendRefusal(response, statusOf(error.code), error.code, error.message, error.details);
}

/** An error answer of the API, as JSON. */
export function sendRefusal(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  details: object = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ code, message, details }));
}
