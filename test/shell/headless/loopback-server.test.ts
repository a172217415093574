import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../../src-main/base/clock.ts';
import { createSilentLogger } from '../../../src-main/base/logger.ts';
import { createMetrics } from '../../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../../src-main/base/random.ts';
import {
  createLoopbackServer,
  type LoopbackServer,
} from '../../../src-main/shell/headless/loopback-server.ts';
import { createRouter } from '../../../src-main/shell/router.ts';
import { createMemoryApp, type MemoryApp } from '../memory-app.ts';

let root: string;
let app: MemoryApp;
let server: LoopbackServer;

const TUNNEL = 'http://localhost:9999';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(root, 'index.html'), '<p>hi');
  await writeFile(join(root, 'app.js'), 'let a');
  await writeFile(join(root, 'notes.secret'), 'no');
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'assets', 'index-CSHDvO_c.js'), 'let b');
  await writeFile(join(root, 'assets', 'icon.svg'), '<svg/>');
  app = createMemoryApp();
  const logger = createSilentLogger();
  const clock = createSystemClock();
  const metrics = createMetrics();
  const router = createRouter({ app, logger, metrics, clock });
  server = createLoopbackServer(
    { pageRoot: root, allowOrigins: [TUNNEL], version: '1.2.3' },
    { router, metrics, logger, clock, random: createSystemRandom() },
  );
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A request with exactly these headers: fetch would not let us lie. */
function ask(
  path: string,
  options: { headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(server.origin);
  const { headers = {}, method = 'GET', body } = options;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, path, method, headers: { host, ...headers } },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${server.token}` });
const codeIn = ({ text }: Answer): unknown => (JSON.parse(text) as { code?: unknown }).code;

describe('the page', () => {
  it('is given to this machine only under the announced address', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, text: '<p>hi' });
    expect((await ask('/', { headers: { host: 'evil.example:80' } })).status).toBe(421);
    const { port } = new URL(server.origin);
    expect((await ask('/', { headers: { host: `localhost:${port}` } })).status).toBe(421);
    expect((await ask('/', { headers: { host: 'localhost:9999' } })).status).toBe(200);
  });

  it('is refused to other sites and to other methods', async () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect((await ask('/', { headers: cross })).status).toBe(403);
    expect((await ask('/', { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
    expect((await ask('/', { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it('stays inside its folder', async () => {
    const paths = [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/notes.secret',
      '/nope.js',
      '/%',
      '/%00',
      '//etc/passwd',
    ];
    for (const path of paths) expect((await ask(path)).status, path).toBe(404);
    expect((await ask('/app.js')).headers['content-type']).toContain('text/javascript');
  });

  it('carries the headers that keep other pages out', async () => {
    const { headers } = await ask('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('is asked for each time, and its parts that are named by what is in them once', async () => {
    const kept = async (path: string) => (await ask(path)).headers['cache-control'];
    expect(await kept('/assets/index-CSHDvO_c.js')).toBe('private, max-age=31536000, immutable');
    for (const path of [
      '/',
      '/app.js',
      '/assets/icon.svg',
      '/assets/other-CSHDvO_c.js',
      '/api/v1',
    ]) {
      expect(await kept(path), path).toBe('no-store');
    }
  });

  it('is opened with its token by a link that works once', async () => {
    const link = new URL(server.pageLink()).pathname;
    expect(link).not.toContain(server.token);
    const first = await ask(link);
    expect(first).toMatchObject({ status: 303 });
    expect(first.headers['location']).toBe(`/#token=${server.token}`);
    expect((await ask(link)).status).toBe(410);
    expect((await ask('/open/guess')).status).toBe(410);
  });
});

describe('the API', () => {
  it('asks for the token', async () => {
    const without = await ask('/api/v1/status');
    expect(without.status).toBe(401);
    expect(codeIn(without)).toBe('UNAUTHORIZED');
    for (const path of ['/metrics', '/openapi.json', '/health', '/nothing']) {
      expect((await ask(`/api/v1${path}`)).status).toBe(401);
    }
    const wrong = { authorization: `Bearer ${server.token.slice(1)}x` };
    expect((await ask('/api/v1/status', { headers: wrong })).status).toBe(401);
    expect((await ask('/api/v1/status', { headers: bearer() })).status).toBe(200);
  });

  it('answers no other site even with the token', async () => {
    const headers = { ...bearer(), origin: 'http://evil.example' };
    expect((await ask('/api/v1/status', { headers })).status).toBe(403);
    expect((await ask('/api/v1/status', { headers: { ...bearer(), origin: TUNNEL } })).status).toBe(
      200,
    );
  });

  it('maps codes to HTTP status', async () => {
    const missing = await ask('/api/v1/carts/nope', { headers: bearer() });
    expect(missing.status).toBe(404);
    expect(JSON.parse(missing.text)).toEqual({
      code: 'CART_NOT_FOUND',
      message: 'There is no cart "nope".',
      details: { name: 'nope' },
    });
    const nowhere = await ask('/api/v1/nothing', { headers: bearer() });
    expect([nowhere.status, codeIn(nowhere)]).toEqual([404, 'NOT_FOUND']);
  });

  it('takes query parameters on every method', async () => {
    app.memory.items.set('note#1', 1);
    const deleted = await ask('/api/v1/items/note%231?w=2', {
      headers: bearer(),
      method: 'DELETE',
    });
    expect(JSON.parse(deleted.text)).toMatchObject({ safety: { copies: 2 } });
    const page = await ask('/api/v1/items?limit=1&reverse=true', { headers: bearer() });
    expect(page.status).toBe(200);
  });

  it('counts items in groups, with sum, least and most, as the query says', async () => {
    for (const [at, shop] of ['Corner', 'Market', 'Corner'].entries()) {
      app.memory.items.set(`visit#${at}`, { shop, spent: 10 + at });
    }
    const measures = 'sum=spent&min=spent&max=spent';
    const path = `/api/v1/items?prefix=visit%23&groupBy=shop&${measures}`;
    const [sum, min, max] = [22, 10, 12].map((value) => [{ value }]);
    expect(JSON.parse((await ask(path, { headers: bearer() })).text)).toMatchObject({
      items: [],
      groups: [{ group: 'Corner', count: 2, sum, min, max }, { group: 'Market' }],
    });
  });

  it('refuses bodies that are too large, no JSON, or of another type', async () => {
    const json = { ...bearer(), 'content-type': 'application/json' };
    const put = (headers: Record<string, string>, body: string) =>
      ask('/api/v1/items/a', { headers, method: 'PUT', body });
    expect((await put(json, '{"value":1}')).status).toBe(200);
    expect(codeIn(await put(json, '{"value":'))).toBe('BAD_REQUEST');
    expect(codeIn(await put({ ...bearer(), 'content-type': 'text/plain' }, 'x'))).toBe(
      'BAD_REQUEST',
    );
    const large = await put(json, JSON.stringify({ value: 'x'.repeat(1 << 20) }));
    expect([large.status, codeIn(large)]).toEqual([413, 'LIMIT_EXCEEDED']);
  });

  it('refuses a large body that does not say its size', async () => {
    const { hostname, port, host } = new URL(server.origin);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.on('error', () => undefined);
    socket.write(
      `PUT /api/v1/items/a HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${server.token}\r\n` +
        'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let i = 0; i < 20; i++) socket.write(chunk);
    await vi.waitFor(() => {
      expect(text).toContain('HTTP/1.1 413');
    });
    socket.destroy();
  });

  it('describes itself by OpenAPI 3.1', async () => {
    const { text } = await ask('/api/v1/openapi.json', { headers: bearer() });
    const document = JSON.parse(text) as {
      openapi: string;
      info: { version: string };
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.version).toBe('1.2.3');
    expect(Object.keys(document.paths)).toContain('/carts/{name}/lines/{id}');
    expect(Object.keys(document.paths['/carts/{name}'] ?? {}).sort()).toEqual([
      'delete',
      'get',
      'put',
    ]);
    expect(document.paths['/status']?.['get']?.responses).toHaveProperty('default');
    expect(text).toContain('STALE_CONTEXT');
  });

  it('gives its measurements to Prometheus', async () => {
    await ask('/api/v1/status', { headers: bearer() });
    const { headers, text } = await ask('/api/v1/metrics', { headers: bearer() });
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(text).toMatch(/carrossel_api_requests_total\{path="system.status",code="ok"\} \d+/);
  });

  it('streams changes as server-sent events', async () => {
    const stop = new AbortController();
    const response = await fetch(`${server.origin}/api/v1/changes`, {
      headers: bearer(),
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const more = async (): Promise<string> => {
      text += new TextDecoder().decode((await reader.read()).value);
      return text;
    };
    while (!(await more()).includes('"hello"'));
    app.memory.change({ type: 'ring' });
    while (!(await more()).includes('"ring"'));
    stop.abort();
    await vi.waitFor(() => {
      expect(app.memory.watchers).toBe(0);
    });
  });
});

it('says which port is taken', async () => {
  const logger = createSilentLogger();
  const clock = createSystemClock();
  const metrics = createMetrics();
  const second = createLoopbackServer(
    { version: '1', port: Number(new URL(server.origin).port) },
    {
      router: createRouter({ app, logger, metrics, clock }),
      metrics,
      logger,
      clock,
      random: createSystemRandom(),
    },
  );
  await expect(second.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
