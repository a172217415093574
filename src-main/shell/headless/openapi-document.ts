import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { ERROR_CODES } from '../../base/error-code.ts';
import { contract } from '../contract.ts';

/** The OpenAPI 3.1 description of the HTTP API, made from the contract itself. */
export async function openApiDocument(init: { origin: string; version: string }): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'Carrossel',
      version: init.version,
      description:
        'The local API of a Carrossel peer: carts kept by a ring of your own machines. ' +
        'The token is in api.json of the data folder. Changes take an Idempotency-Key header.',
    },
    servers: [{ url: `${init.origin}/api/v1` }],
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['code', 'message', 'details'],
          properties: {
            code: { type: 'string', enum: [...ERROR_CODES] },
            message: { type: 'string' },
            details: { type: 'object' },
          },
        },
      },
    },
  });
  const failed = {
    description: 'Refused: a stable code, a sentence for people, details for programs.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of [path?.get, path?.put, path?.post, path?.delete, path?.patch]) {
      if (operation) operation.responses = { ...operation.responses, default: failed };
    }
  }
  return document;
}
