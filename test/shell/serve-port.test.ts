import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src-main/base/clock.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import type { contract } from '../../src-main/shell/contract.ts';
import { createRouter } from '../../src-main/shell/router.ts';
import { createPortServer } from '../../src-main/shell/serve-port.ts';
import { createMemoryApp } from './memory-app.ts';

const MIB = 1 << 20;

/** Electron's MessagePortMain over one of Node's ports, counting what is posted. */
class CountingPort extends EventEmitter {
  posted = 0;
  readonly #port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.#port = port;
  }
  postMessage(message: string): void {
    this.posted += message.length;
    this.#port.postMessage(message);
  }
  start(): void {
    this.#port.on('message', (data) => this.emit('message', { data }));
    this.#port.on('close', () => this.emit('close'));
  }
  close(): void {
    this.#port.close();
  }
}

describe('the line of a window', () => {
  function open() {
    const app = createMemoryApp();
    const parts = { logger: createSilentLogger(), metrics: createMetrics() };
    const router = createRouter({ app, ...parts, clock: createSystemClock() });
    const { port1, port2 } = new MessageChannel();
    const port = new CountingPort(port1);
    const server = createPortServer({ router, ...parts });
    server.serve(port);
    const client: ContractRouterClient<typeof contract> = createORPCClient(
      new PortLink({ port: port2 }),
    );
    port2.start();
    return { app, client, port, server };
  }
  const change = (n: number) =>
    ({ type: 'item', account: '', sortKey: `${n} ${'x'.repeat(MIB)}` }) as const;

  it('is closed when much was sent to a window that says nothing any more', async () => {
    const { app, client, port, server } = open();
    const events = await client.system.events();
    await events.next();
    for (let i = 1; app.memory.watchers > 0 && i <= 20; i++) {
      app.memory.change(change(i));
      await vi.waitFor(() => {
        expect(app.memory.watchers === 0 || port.posted > i * MIB).toBe(true);
      });
    }
    await vi.waitFor(() => expect(app.memory.watchers).toBe(0));
    expect(port.posted).toBeLessThan(9 * MIB);
    server.stop();
  });

  it('stays open for one that lives', async () => {
    const { app, client, server } = open();
    const events = await client.system.events();
    await events.next();
    for (let i = 1; i <= 20; i++) {
      app.memory.change(change(i));
      expect((await events.next()).value).toMatchObject({ type: 'item' });
      await client.system.health();
    }
    expect(app.memory.watchers).toBe(1);
    server.stop();
  });
});
