import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '../../src-main/base/app-error.ts';
import { createSystemClock } from '../../src-main/base/clock.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { contract } from '../../src-main/shell/contract.ts';
import { createLoopbackServer } from '../../src-main/shell/headless/loopback-server.ts';
import { createRouter } from '../../src-main/shell/router.ts';
import { fromRpcError } from '../../src-main/shell/rpc-error.ts';
import { createPortServer } from '../../src-main/shell/serve-port.ts';
import { createMemoryApp, type MemoryApp } from './memory-app.ts';

/** One suite for every way in: the contract means the same on all of them. */

type Client = ContractRouterClient<typeof contract>;
interface Line {
  readonly app: MemoryApp;
  readonly client: Client;
  /** Headers for the next calls. */
  readonly headers: Record<string, string>;
  cut(): void;
  close(): Promise<void>;
}

/** The surface of Electron's MessagePortMain over one of Node's ports. */
class MainPortOfNode extends EventEmitter {
  readonly #port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.#port = port;
  }
  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }
  start(): void {
    this.#port.on('message', (data) => this.emit('message', { data, ports: [] }));
    this.#port.on('close', () => this.emit('close'));
  }
  close(): void {
    this.#port.close();
  }
}

function base() {
  const app = createMemoryApp();
  const logger = createSilentLogger();
  const clock = createSystemClock();
  const metrics = createMetrics();
  const router = createRouter({ app, logger, metrics, clock });
  return { app, logger, clock, metrics, router, random: createSystemRandom(), headers: {} };
}

async function loopback() {
  const parts = base();
  const server = createLoopbackServer({ version: '1.2.3' }, parts);
  await server.start();
  return { parts, server };
}

const ways: Record<string, () => Promise<Line>> = {
  MessagePort: () => {
    const parts = base();
    const { port1, port2 } = new MessageChannel();
    const server = createPortServer(parts);
    server.serve(new MainPortOfNode(port1));
    const client = createORPCClient<Client>(
      new PortLink({ port: port2, headers: () => parts.headers }),
    );
    port2.start();
    return Promise.resolve({
      app: parts.app,
      client,
      headers: parts.headers,
      cut: () => {
        port2.close();
      },
      close: () => {
        server.stop();
        port2.close();
        return Promise.resolve();
      },
    });
  },
  WebSocket: async () => {
    const { parts, server } = await loopback();
    const socket = new WebSocket(
      `${server.origin.replace('http', 'ws')}/rpc`,
      ['carrossel.v1', `auth.${server.token}`],
      { origin: server.origin },
    );
    const client = createORPCClient<Client>(
      new SocketLink({
        websocket: socket as unknown as globalThis.WebSocket,
        headers: () => parts.headers,
      }),
    );
    const cut = (): void => {
      socket.terminate();
    };
    return { app: parts.app, client, headers: parts.headers, cut, close: () => server.stop() };
  },
  HTTP: async () => {
    const { parts, server } = await loopback();
    const cutting = new AbortController();
    const link = new OpenAPILink(contract, {
      url: `${server.origin}/api/v1`,
      headers: () => ({ ...parts.headers, authorization: `Bearer ${server.token}` }),
      fetch: (request, init) =>
        fetch(request, {
          ...init,
          signal: AbortSignal.any([request.signal, cutting.signal]),
        }),
      customErrorResponseBodyDecoder: (body, { status }) => {
        const { code, message, details } = body as { code: string } & Record<string, unknown>;
        return new ORPCError(code, { status, message: String(message), data: details });
      },
    });
    return {
      app: parts.app,
      client: createORPCClient<Client>(link),
      headers: parts.headers,
      cut: () => {
        cutting.abort();
      },
      close: () => server.stop(),
    };
  },
};

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => fromRpcError(error).code,
  );

describe.each(Object.entries(ways))('the contract over %s', (_name, open) => {
  it('answers, with defaults filled in and input trimmed', async () => {
    const { client, close } = await open();
    await client.carts.create({ name: '  Groceries ' });
    const { cart } = await client.carts.addLines({
      name: 'Groceries',
      lines: [{ product: { title: ' Rice ' }, quantity: 2 }],
    });
    expect(cart.lines).toMatchObject([{ product: { title: 'Rice' }, quantity: 2, note: '' }]);
    expect(await client.carts.list()).toMatchObject([{ name: 'Groceries', lines: 1 }]);
    await close();
  });

  it('carries items of any JSON under any sort key', async () => {
    const { client, close } = await open();
    for (const sortKey of ['note#1', 'a/b/c', 'ç & % ?=', '...']) {
      const value = { text: 'Olá', list: [1, null, true, { deep: 0.5 }] };
      await client.items.put({ sortKey, value });
      const { siblings } = await client.items.get({ sortKey });
      expect(siblings[0]?.value).toEqual(value);
    }
    const page = await client.items.query({ prefix: '', limit: 2, reverse: true });
    expect(page.items.map((item) => item.sortKey)).toEqual(['ç & % ?=', 'note#1']);
    expect(await client.items.delete({ sortKey: 'note#1', w: 2 })).toMatchObject({
      safety: { state: 'safe', copies: 2 },
    });
    await close();
  });

  it('gives our codes, sentences and details to whoever asked', async () => {
    const { client, close } = await open();
    await client.carts.create({ name: 'Groceries' });
    const error = await client.carts
      .setLine({ name: 'Groceries', id: 'nope', quantity: 1 })
      .catch(fromRpcError);
    expect(error).toMatchObject({
      code: 'LINE_NOT_FOUND',
      message: 'That line is not there.',
      details: { id: 'nope' },
    });
    expect(await codeOf(client.carts.create({ name: 'Groceries' }))).toBe('CART_EXISTS');
    expect(await codeOf(client.ring.show())).toBe('NO_RING');
    expect(await codeOf(client.ring.join({ link: 'x' }))).toBe('INVALID_LINK');
    await close();
  });

  it('refuses an input of another shape, saying where', async () => {
    const { client, close } = await open();
    const error = await client.carts
      .addLines({ name: 'x', lines: [{ product: { title: 'Rice' }, quantity: 0 }] })
      .catch(fromRpcError);
    expect(error).toMatchObject({
      code: 'BAD_REQUEST',
      details: { issues: [{ path: ['lines', '0', 'quantity'] }] },
    });
    expect((error as Error).message).toContain('lines.0.quantity');
    await close();
  });

  it('does not tell what broke inside', async () => {
    const { app, client, close } = await open();
    app.memory.failWith = new TypeError('secret path /home/ana/.keys is undefined');
    const error = await client.system.health().catch(fromRpcError);
    expect(error).toMatchObject({ code: 'INTERNAL', details: {} });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect((error as Error).message).not.toContain('secret');
    app.memory.failWith = new AppError('DISK_FULL', 'The disk is full.');
    expect(await codeOf(client.system.health())).toBe('DISK_FULL');
    await close();
  });

  it('hands the Idempotency-Key on', async () => {
    const { app, client, headers, close } = await open();
    headers['idempotency-key'] = 'once-1';
    await client.items.put({ sortKey: 'a', value: 1 });
    expect(app.memory.calls.get('items.put')?.idempotencyKey).toBe('once-1');
    delete headers['idempotency-key'];
    await client.items.put({ sortKey: 'a', value: 1 });
    expect(app.memory.calls.get('items.put')?.idempotencyKey).toBeUndefined();
    await close();
  });

  it('streams changes and lets go of a stream that is cancelled', async () => {
    const { app, client, close } = await open();
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const change of await client.system.events(undefined, { signal: stop.signal })) {
        seen.push(change.type);
      }
    })().catch(() => 'cancelled');
    await vi.waitFor(() => {
      expect(seen).toEqual(['hello']);
    });
    app.memory.change({ type: 'ring' });
    await vi.waitFor(() => {
      expect(seen).toEqual(['hello', 'ring']);
    });
    stop.abort();
    await reading;
    await vi.waitFor(() => {
      expect(app.memory.watchers).toBe(0);
    });
    await close();
  });

  it('lets go of a stream whose line is cut', async () => {
    const { app, client, cut, close } = await open();
    const changes = await client.system.events();
    await changes.next();
    expect(app.memory.watchers).toBe(1);
    const waiting = changes.next().then(
      () => 'ended',
      () => 'ended',
    );
    cut();
    expect(await waiting).toBe('ended');
    await vi.waitFor(() => {
      expect(app.memory.watchers).toBe(0);
    });
    await close();
  });
});
