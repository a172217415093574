import { createORPCClient } from '@orpc/client';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Change } from '../../../src-main/app/views.ts';
import { createSystemClock } from '../../../src-main/base/clock.ts';
import { createSilentLogger } from '../../../src-main/base/logger.ts';
import { createMetrics } from '../../../src-main/base/metrics.ts';
import { createSystemRandom } from '../../../src-main/base/random.ts';
import type { contract } from '../../../src-main/shell/contract.ts';
import {
  createLoopbackServer,
  type LoopbackServer,
} from '../../../src-main/shell/headless/loopback-server.ts';
import { createRouter } from '../../../src-main/shell/router.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryApp, type MemoryApp } from '../memory-app.ts';

const TUNNEL = 'http://localhost:9999';
const MIB = 1 << 20;
/** Times 1 MiB: more than any socket's own buffers hold. */
const CHANGES = 60;
let server: LoopbackServer;
let app: MemoryApp;
beforeAll(async () => {
  const logger = createSilentLogger();
  const clock = createSystemClock();
  const metrics = createMetrics();
  app = createMemoryApp();
  const router = createRouter({ app, logger, metrics, clock });
  server = createLoopbackServer(
    { allowOrigins: [TUNNEL], version: '1.2.3' },
    { router, metrics, logger, clock, random: createSystemRandom() },
  );
  await server.start();
});
afterAll(() => server.stop());

describe('the socket', () => {
  interface Dial {
    readonly origin?: string;
    readonly host?: string;
    readonly token?: string;
    readonly path?: string;
  }
  const dial = ({ origin, host, token = server.token, path = '/rpc' }: Dial): WebSocket =>
    new WebSocket(
      `${server.origin.replace('http', 'ws')}${path}`,
      ['carrossel.v1', `auth.${token}`],
      {
        ...(origin === undefined ? {} : { origin }),
        headers: host === undefined ? {} : { host },
      },
    );
  const outcome = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => {
      socket.on('open', () => {
        resolve(`open ${socket.protocol}`);
        socket.terminate();
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve(String(response.statusCode));
      });
      socket.on('error', (error) => {
        resolve(error.message);
      });
    });

  it('opens only for our page, with the token', async () => {
    const { origin } = server;
    expect(await outcome(dial({ origin }))).toBe('open carrossel.v1');
    expect(await outcome(dial({ origin: TUNNEL }))).toBe('open carrossel.v1');
    expect(await outcome(dial({ origin: 'http://evil.example' }))).toBe('403');
    expect(await outcome(dial({}))).toBe('403');
    expect(await outcome(dial({ origin, host: 'evil.example' }))).toBe('421');
    expect(await outcome(dial({ origin, token: 'x' }))).toBe('401');
    expect(await outcome(dial({ origin, path: '/other' }))).toBe('404');
  });

  it('is closed by what is no request, and the server lives on', async () => {
    const garbage = [
      'x',
      '{}',
      '[]',
      'null',
      '{"i":1,"p":{"u":5}}',
      '{"i":1,"t":9}',
      '{"i":1,"p":{"u":"http://["}}',
      '{"i":1,"p":{"u":"/a","h":{"content-type":"multipart/form-data"}}}',
      Buffer.from([1, 2, 3]),
      'x'.repeat((1 << 20) + 1),
    ];
    for (const message of garbage) {
      const socket = dial({ origin: server.origin });
      const closed = new Promise<number>((resolve) => {
        socket.on('close', resolve);
      });
      socket.on('open', () => {
        socket.send(message);
      });
      expect([1002, 1006, 1009]).toContain(await closed);
    }
    expect(await outcome(dial({ origin: server.origin }))).toBe('open carrossel.v1');
  });

  it('sends a slow reader the latest, and not all that it missed', async () => {
    const socket = dial({ origin: server.origin });
    const client = clientOver(socket);
    const events = await client.system.events();
    expect((await events.next()).value).toEqual({ type: 'hello' });
    socket.pause();
    for (let i = 1; i <= CHANGES; i++) {
      app.memory.change({ type: 'item', account: '', sortKey: `${i} ${'x'.repeat(MIB)}` });
      await nextTurn();
    }
    socket.resume();
    const got: string[] = [];
    while (got.at(-1) !== String(CHANGES)) {
      const value = (await events.next()).value as Change | undefined;
      if (value?.type === 'item') got.push(value.sortKey.split(' ')[0] ?? '');
    }
    expect(got.length).toBeLessThan(CHANGES / 2);
    socket.terminate();
  });

  it('is cut off when it asks on and on and does not read what it is answered', async () => {
    app.memory.items.set('large', 'x'.repeat(MIB));
    await vi.waitFor(() => expect(app.memory.watchers).toBe(0));
    const socket = dial({ origin: server.origin });
    const client = clientOver(socket);
    const events = await client.system.events();
    await events.next();
    expect(app.memory.watchers).toBe(1);
    socket.pause();
    const asked = Array.from({ length: CHANGES }, () =>
      client.items.get({ sortKey: 'large' }).then(
        () => true,
        () => false,
      ),
    );
    // What the socket followed ends with it.
    await vi.waitFor(() => expect(app.memory.watchers).toBe(0), { timeout: 5000 });
    socket.resume();
    expect(await Promise.all(asked)).toContain(false);
  });
});

function clientOver(socket: WebSocket): ContractRouterClient<typeof contract> {
  const websocket = socket as unknown as globalThis.WebSocket;
  return createORPCClient(new SocketLink({ websocket }));
}

it('a pong that lay unread while the peer slept counts', async () => {
  const clock = createManualClock();
  const metrics = createMetrics();
  const logger = createSilentLogger();
  const components = { metrics, logger, clock };
  const router = createRouter({ ...components, app });
  const sleeper = createLoopbackServer(
    { version: '1' },
    { ...components, router, random: createSystemRandom() },
  );
  await sleeper.start();
  const { origin, token } = sleeper;
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/rpc`,
    ['carrossel.v1', `auth.${token}`],
    { origin },
  );
  const closed = once(socket, 'close');
  await once(socket, 'open');
  let pings = 0;
  const pinged = Promise.withResolvers<undefined>();
  // The pong is on its way by then, and nothing was read since: so time passes as in a sleep.
  socket.on('ping', () => {
    if (++pings < 3) clock.advance(40_000);
    else pinged.resolve(undefined);
  });
  clock.advance(40_000);
  expect(await Promise.race([pinged.promise, closed])).toBeUndefined();
  await sleeper.stop();
});
