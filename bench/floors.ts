/** What the machine can do at best in this run: the floors that the ring's figures stand beside. */
import { noise } from '@chainsafe/libp2p-noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { ClassicLevel } from 'classic-level';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLibp2p, type Libp2p } from 'libp2p';
import { drive, type Latencies } from './figures.ts';

const SIZE = 1536;
const ECHO = '/bench/echo/1';

export interface Floors {
  readonly echo: Latencies;
  readonly fdatasync: Latencies;
  readonly levelSyncedPut: Latencies;
}

export async function measureFloors(dir: string, count: number): Promise<Floors> {
  return {
    echo: await measureEcho(count),
    fdatasync: await measureFdatasync(join(dir, 'fdatasync'), count),
    levelSyncedPut: await measureLevel(join(dir, 'level'), count),
  };
}

async function measureFdatasync(file: string, count: number): Promise<Latencies> {
  const handle = await open(file, 'a');
  const bytes = randomBytes(SIZE);
  const figures = await drive(count, 1, async () => {
    await handle.write(bytes);
    await handle.datasync();
  });
  await handle.close();
  await rm(file);
  return figures;
}

async function measureLevel(location: string, count: number): Promise<Latencies> {
  const db = new ClassicLevel<string, Uint8Array>(location, { valueEncoding: 'view' });
  await db.open();
  const figures = await drive(count, 1, (i) => db.put(`k${i}`, randomBytes(SIZE), { sync: true }));
  await db.close();
  return figures;
}

/** A bare libp2p peer on loopback, with noise as the library brings it. */
export function createNode(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  });
}

/** The other end, in a process of its own: answers each 1.5 KB with 32 bytes. */
export async function serveEcho(): Promise<void> {
  const node = await createNode();
  await node.handle(ECHO, (stream) => {
    let got = 0;
    stream.addEventListener('message', (event) => {
      for (got += event.data.byteLength; got >= SIZE; got -= SIZE) stream.send(new Uint8Array(32));
    });
  });
  process.send?.(node.getMultiaddrs()[0]?.toString());
}

/** One request of 1.5 KB and its short answer on one long-lived libp2p stream, one at a time. */
async function measureEcho(count: number): Promise<Latencies> {
  const child = fork(fileURLToPath(new URL('./echo-process.ts', import.meta.url)));
  const [address] = (await once(child, 'message')) as [string];
  const node = await createNode();
  const stream = await node.dialProtocol(multiaddr(address), ECHO);
  const bytes = randomBytes(SIZE);
  let answered: () => void = () => undefined;
  let got = 0;
  stream.addEventListener('message', (event) => {
    for (got += event.data.byteLength; got >= 32; got -= 32) answered();
  });
  const figures = await drive(count, 1, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answered = resolve;
    stream.send(bytes);
    return promise;
  });
  await node.stop();
  child.kill();
  return figures;
}
