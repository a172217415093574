import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../../src-main/base/clock.ts';
import { createLineServer } from '../../../src-main/shell/headless/line-server.ts';

const LIMITS = { headersMs: 100, requestMs: 200, idleMs: 300, graceMs: 200, checkEveryMs: 150 };
/** Longer than all of them together. */
const ASLEEP_MS = 800;
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n';

let server: Server;
let line: Socket;
let serverEnd: Socket;
let heard: string;

beforeEach(async () => {
  server = createLineServer({ clock: createSystemClock() }, LIMITS);
  server.on('request', (request, response) => {
    // Not at once: a line cut a moment later must be found out.
    request.resume().on('end', () => setTimeout(() => response.end('answered'), 50));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line = await newLine();
});
afterEach(() => {
  line.destroy();
  server.close();
  server.closeAllConnections();
});

async function newLine(): Promise<Socket> {
  heard = '';
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', (error: NodeJS.ErrnoException) => (heard += error.code ?? ''));
  socket.on('data', (chunk) => (heard += chunk.toString()));
  [serverEnd] = (await once(server, 'connection')) as [Socket];
  return socket;
}

/**
 * The whole process stands still, as by SIGSTOP or a closed lid, and the kernel takes what comes
 * meanwhile. It falls asleep among the events of its files and sockets, so timers are next.
 */
async function sleepWhile(comes: string): Promise<void> {
  await stat('.');
  line.write(comes);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASLEEP_MS);
}

/** What comes until a line like this, or until the line ends. */
async function hears(what: string): Promise<string> {
  while (!heard.includes(what) && !line.destroyed) {
    await Promise.race([once(line, 'data'), once(line, 'close')]);
  }
  return heard;
}

async function askedOnce(): Promise<void> {
  line.write(`${HEAD}\r\nhi`);
  expect(await hears('answered')).toMatch(/^HTTP\/1.1 200 /);
  heard = '';
}

describe('a request that came while the process stood still', () => {
  it('is answered on a line that was idle before', async () => {
    await askedOnce();
    await sleepWhile(`${HEAD}\r\nhi`);
    expect(await hears('answered')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is answered on a line that nothing had come on yet', async () => {
    await sleepWhile(`${HEAD}\r\nhi`);
    expect(await hears('answered')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is answered when the rest of it came then', async () => {
    const begun = once(server, 'request');
    line.write(`${HEAD}\r\nh`);
    await begun;
    await sleepWhile('i');
    expect(await hears('answered')).toMatch(/^HTTP\/1.1 200 /);
  });
});

it('a request that comes a little after a standstill is answered, too', async () => {
  await askedOnce();
  await sleepWhile('');
  const [idle] = (await once(server, 'timeout')) as [Socket];
  expect(idle).toBe(serverEnd);
  line.write(`${HEAD}\r\nhi`);
  expect(await hears('answered')).toMatch(/^HTTP\/1.1 200 /);
});

describe('a silent line', () => {
  it('is cut between requests', async () => {
    await askedOnce();
    await once(line, 'close');
    expect(heard).toBe('');
  });

  it('is told so when a request does not come to its end', async () => {
    line.write(HEAD);
    await once(line, 'close');
    expect(heard).toMatch(/^HTTP\/1.1 408 /);
  });

  it('is cut, too, when only a part came while the process stood still', async () => {
    line.write('POST ');
    await vi.waitFor(() => {
      expect(serverEnd.bytesRead).toBeGreaterThan(0);
    });
    await sleepWhile('/ ');
    await once(line, 'close');
    expect(heard).toMatch(/^HTTP\/1.1 408 /);
  });

  it('is cut, too, when only a part of the next request came then', async () => {
    await askedOnce();
    await sleepWhile(HEAD);
    await once(line, 'close');
    expect(heard).not.toContain('answered');
  });
});

it('tells what is no request, and one with too long a head', async () => {
  line.write('no request\r\n\r\n');
  await once(line, 'close');
  expect(heard).toMatch(/^HTTP\/1.1 400 /);
  line = await newLine();
  line.write(`${HEAD}X: ${'x'.repeat(17 << 10)}\r\n\r\n`);
  await once(line, 'close');
  expect(heard).toMatch(/^HTTP\/1.1 431 /);
});
