import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { ERROR_CODES, type ErrorCode } from '../../base/error-code.ts';
import { contract } from '../contract.ts';
import { statusOf } from '../rpc-error.ts';
import { OPERATION_WORDS, type OperationWords } from './openapi-words.ts';

type Document = Awaited<ReturnType<OpenAPIGenerator['generate']>>;
type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['get']>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
/** What any operation may be answered: its input, the token, the page that asks, the peer. */
const ALWAYS = [400, 401, 403, 409, 500, 501, 503];
/** What one that changes something may be answered besides. */
const CHANGING = [404, 410, 413, 422, 504, 507];

const TAGS: Readonly<Record<keyof typeof contract, string>> = {
  system: 'The peer itself',
  ring: 'The ring and its machines',
  membership: 'Leaving, retiring, and what a change of the ring moves',
  nearby: 'Joining on the local network by comparing six digits',
  accounts: 'Accounts and the machines logged in to them',
  carts: 'Carts and their lines',
  orders: 'Checkout, orders, vouchers and spending',
  items: 'Raw items with JSON values',
  batch: 'Several raw items at once',
  archive: 'An account as a file',
  catalogue: 'Lists of products',
  found: 'Versions that were set aside',
  functions: 'Functions that run on changes, and views',
  stream: 'The stream of changes',
  picture: 'The whole at a glance: in step or not, how the ring is divided',
  history: 'What carts were before, and what people put into them',
};

/** The OpenAPI 3.1 description of the HTTP API, made from the contract itself. */
export async function openApiDocument(init: { origin: string; version: string }): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'Carrossel',
      version: init.version,
      description:
        'The local API of a Carrossel peer: carts kept by a ring of your own machines. ' +
        'The token is in api.json of the data folder. Every error has a stable code, a sentence ' +
        'for people, and details for programs.',
    },
    servers: [{ url: `${init.origin}/api/v1` }],
    security: [{ token: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      responses: Object.fromEntries(
        STATUSES.map((status) => [`Refused${status}`, refusal(status)]),
      ),
      schemas: { Error: errorSchema(ERROR_CODES) },
    },
  });
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = path?.[method];
      if (operation !== undefined) describe(operation, method !== 'get');
    }
  }
  document.paths = { ...document.paths, ...beside() };
  return document;
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  description:
    'Chosen by the caller. A call repeated with the same key and input within 24 hours is ' +
    'answered as the first one was, and not done again.',
  schema: { type: 'string' as const, minLength: 1, maxLength: 200 },
  example: '2f6c1a4e-groceries-rice',
};

const STATUSES = [...new Set(ERROR_CODES.map(statusOf))].sort((a, b) => a - b);

function refusal(status: number) {
  const codes = ERROR_CODES.filter((code) => statusOf(code) === status);
  const example = { code: codes[0], message: 'A sentence for people.', details: {} };
  return {
    description: `Refused: ${codes.join(', ')}.`,
    content: { 'application/json': { schema: errorSchema(codes), example } },
  };
}

function errorSchema(codes: readonly ErrorCode[]) {
  return {
    type: 'object' as const,
    required: ['code', 'message', 'details'],
    properties: {
      code: { type: 'string' as const, enum: [...codes] },
      message: { type: 'string' as const },
      details: { type: 'object' as const },
    },
  };
}

/** Adds words, the header, and the answers of refusals. */
function describe(operation: Operation, changes: boolean): void {
  const [group = '', name = ''] = (operation.operationId ?? '').split('.');
  const words = (OPERATION_WORDS as Record<string, Record<string, OperationWords>>)[group]?.[name];
  const named = (operation.parameters ?? []).some((one) => 'in' in one && one.in === 'path');
  const wide = changes ? [...ALWAYS, ...CHANGING] : [...ALWAYS, ...(named ? [404, 504] : [])];
  const statuses = STATUSES.filter((status) => wide.includes(status));
  operation.summary = words?.summary ?? '';
  operation.tags = [group];
  if (words?.description !== undefined) operation.description = words.description;
  if (changes) {
    const header = { $ref: '#/components/parameters/IdempotencyKey' };
    operation.parameters = [...(operation.parameters ?? []), header];
  }
  const body = operation.requestBody;
  const content = body !== undefined && 'content' in body ? body.content['application/json'] : null;
  if (content && words?.example !== undefined) content.example = words.example;
  operation.responses = {
    ...operation.responses,
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]),
    ),
    default: {
      description: 'Refused: a stable code, a sentence for people, details for programs.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  };
}

/** What is served besides the contract. */
function beside(): NonNullable<Document['paths']> {
  const tags = ['system'];
  const responses = (type: string, description: string) => ({
    200: { description, content: { [type]: { schema: {} } } },
    401: { $ref: '#/components/responses/Refused401' },
  });
  return {
    '/metrics': {
      get: {
        ...{ operationId: 'metrics', summary: 'Measurements, as Prometheus reads them', tags },
        responses: responses('text/plain', 'Prometheus text format 0.0.4'),
      },
    },
    '/openapi.json': {
      get: {
        ...{ operationId: 'openapi', summary: 'This document', tags },
        responses: responses('application/json', 'OpenAPI 3.1'),
      },
    },
  };
}
