/**
 * One of five processes that do nothing but what a quorum cannot do without: 1.5 KB to each owner
 * over noise and yamux on one long-lived stream, a synced write in LevelDB, a short answer. No
 * signatures, no sealing, no versions, no membership.
 */
import type { Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { ClassicLevel } from 'classic-level';
import { randomBytes } from 'node:crypto';
import { drive } from './figures.ts';
import { createNode } from './floors.ts';
import { serveCommands } from './worker.ts';

const PROTOCOL = '/bench/bare-ring/1';
const VALUE_BYTES = 1536;
const ANSWER_BYTES = 32;
const HEAD_BYTES = 8;
/** Owners that have written it, this one among them. */
const W = 2;

const [dir = ''] = process.argv.slice(2);
const db = new ClassicLevel<string, Uint8Array>(dir, { valueEncoding: 'view' });
await db.open();
const node = await createNode();
await node.handle(PROTOCOL, (stream) => {
  const send = coalesced(stream);
  onFrames(stream, (id, value) => {
    void put(`k${id}`, value).then(() => {
      send(frame(id, new Uint8Array(ANSWER_BYTES)));
    });
  });
});

interface Put {
  readonly key: string;
  readonly value: Uint8Array;
  readonly done: PromiseWithResolvers<void>;
}

let queued: Put[] = [];
let committing = false;

/** Group commit: what comes while one batch is being synced is the next batch. */
function put(key: string, value: Uint8Array): Promise<void> {
  const done = Promise.withResolvers<void>();
  queued.push({ key, value, done });
  if (!committing) void commit();
  return done.promise;
}

async function commit(): Promise<void> {
  committing = true;
  while (queued.length > 0) {
    const batch = queued;
    queued = [];
    const writes = batch.map(({ key, value }) => ({ type: 'put' as const, key, value }));
    await db.batch(writes, { sync: true });
    for (const { done } of batch) done.resolve();
  }
  committing = false;
}

function frame(id: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + body.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, HEAD_BYTES + body.byteLength);
  view.setUint32(4, id);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

/** All frames of one turn of the event loop in one send. */
function coalesced(stream: Stream): (frame: Uint8Array) => void {
  let frames: Uint8Array[] = [];
  return (one) => {
    if (frames.push(one) > 1) return;
    setImmediate(() => {
      stream.send(Buffer.concat(frames));
      frames = [];
    });
  };
}

function onFrames(stream: Stream, take: (id: number, body: Uint8Array) => void): void {
  let rest = Buffer.alloc(0);
  stream.addEventListener('message', ({ data }) => {
    const chunk = data.subarray();
    rest = rest.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (rest.byteLength >= HEAD_BYTES && rest.byteLength >= rest.readUInt32BE(0)) {
      const length = rest.readUInt32BE(0);
      take(rest.readUInt32BE(4), rest.subarray(HEAD_BYTES, length));
      rest = rest.subarray(length);
    }
  });
}

type Send = (frame: Uint8Array) => void;
const others: Send[] = [];
/** By the frame's number: called once for each owner that has it. */
const waiting = new Map<number, () => void>();
let written = 0;

async function connect(address: string): Promise<void> {
  const stream = await node.dialProtocol(multiaddr(address), PROTOCOL);
  onFrames(stream, (id) => waiting.get(id)?.());
  others.push(coalesced(stream));
}

/** One write of N=3: this owner and the two it is connected to first; safe with two of them. */
function write(value: Uint8Array): Promise<void> {
  const id = ++written;
  const safe = Promise.withResolvers<void>();
  let have = 0;
  const count = (): void => {
    have++;
    if (have === W) safe.resolve();
    if (have === 3) waiting.delete(id);
  };
  waiting.set(id, count);
  const bytes = frame(id, value);
  for (const send of others.slice(0, 2)) send(bytes);
  put(`k${id}`, value).then(count, safe.reject);
  return safe.promise;
}

serveCommands({
  address: () => node.getMultiaddrs()[0]?.toString(),
  connect,
  write: ({ count, inFlight }: { count: number; inFlight: number }) => {
    const value = randomBytes(VALUE_BYTES);
    return drive(count, inFlight, () => write(value));
  },
});
