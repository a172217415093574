import * as z from 'zod';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src-main/base/error-code.ts';
import { contract } from '../../../src-main/shell/contract.ts';
import { openApiDocument } from '../../../src-main/shell/headless/openapi-document.ts';

/** The structure of OpenAPI 3.1, as far as a document like ours uses it; nothing unknown. */
const Ref = z.strictObject({ $ref: z.string() });
const Schema = z.record(z.string(), z.unknown());
const Media = z.strictObject({ schema: Schema, example: z.unknown().optional() });
const Content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), Media);
const Parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: Schema,
  style: z.string().optional(),
  explode: z.boolean().optional(),
  allowEmptyValue: z.boolean().optional(),
  allowReserved: z.boolean().optional(),
  example: z.unknown().optional(),
});
const Response = z.strictObject({ description: z.string().min(1), content: Content.optional() });
const Operation = z.strictObject({
  operationId: z.string().min(1),
  summary: z.string().min(1).max(120),
  description: z.string().optional(),
  tags: z.array(z.string()).min(1),
  parameters: z.array(z.union([Ref, Parameter])).optional(),
  requestBody: z.strictObject({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), z.union([Ref, Response])),
});
const Method = z.enum(['get', 'put', 'post', 'delete', 'patch']);
const Document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.url() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(Method, Operation)),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), z.strictObject({ type: z.string(), scheme: z.string() })),
    parameters: z.record(z.string(), Parameter),
    responses: z.record(z.string(), Response),
    schemas: z.record(z.string(), Schema),
  }),
});
type Document = z.infer<typeof Document>;

describe('the OpenAPI document', () => {
  let document: Document;
  let operations: { path: string; method: string; operation: z.infer<typeof Operation> }[];
  beforeAll(async () => {
    const made = await openApiDocument({ origin: 'http://127.0.0.1:8080', version: '1.2.3' });
    document = Document.parse(JSON.parse(JSON.stringify(made)));
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
  });

  it('refers only to what is in it', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      const found = (ref ?? '')
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect(found, ref).toBeDefined();
    }
    for (const { operation } of operations) {
      for (const tag of operation.tags)
        expect(document.tags.map(({ name }) => name)).toContain(tag);
    }
  });

  it('names every procedure of the contract once, and its path’s parameters', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const all = Object.entries(contract).flatMap(([group, procedures]) =>
      Object.keys(procedures).map((name) => `${group}.${name}`),
    );
    expect(ids.toSorted()).toEqual([...all, 'metrics', 'openapi'].sort());
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter(
        (one): one is z.infer<typeof Parameter> => 'in' in one && one.in === 'path',
      );
      expect(declared.map(({ name }) => name).sort(), path).toEqual(inPath.sort());
      expect(declared.every(({ required }) => required === true)).toBe(true);
    }
  });

  it('tells of the Idempotency-Key wherever something changes, and nowhere else', () => {
    const header = { $ref: '#/components/parameters/IdempotencyKey' };
    for (const { method, operation } of operations) {
      const has = (operation.parameters ?? []).some(
        (one) => '$ref' in one && one.$ref === header.$ref,
      );
      expect(has, operation.operationId).toBe(method !== 'get');
    }
  });

  it('gives every code of an error at its status', () => {
    const codes = Object.values(document.components.responses).flatMap(({ content }) => {
      const { properties } = content?.['application/json']?.schema as {
        properties: { code: { enum: string[] } };
      };
      return properties.code.enum;
    });
    expect(codes.toSorted()).toEqual([...ERROR_CODES].sort());
    for (const { operation } of operations) {
      expect(Object.keys(operation.responses), operation.operationId).toContain('401');
      expect(Object.keys(operation.responses)[0]).toBe('200');
    }
  });

  it('shows by example only what the contract takes', () => {
    const shown = operations.flatMap(({ operation, path }) => {
      const example = operation.requestBody?.content['application/json']?.example;
      return example === undefined ? [] : [{ id: operation.operationId, path, example }];
    });
    expect(shown.length).toBeGreaterThanOrEqual(10);
    for (const { id, path, example } of shown) {
      const [group = '', name = ''] = id.split('.');
      const groups = contract as unknown as Record<string, Record<string, unknown>>;
      const procedure = groups[group]?.[name] as { '~orpc': { inputSchema: z.ZodType } };
      const inPath = Object.fromEntries(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, key]) => [key, 'x']),
      );
      const parsed = procedure['~orpc'].inputSchema.safeParse({
        ...inPath,
        ...(example as object),
      });
      expect(parsed.error?.issues ?? [], id).toEqual([]);
    }
  });
});
