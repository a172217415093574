import { fork } from 'node:child_process';
import net from 'node:net';
import { createRealPeer, createRoll, freshIdentity } from './real-peer.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { encodeFrame, createFrameReader } from '../../src-main/network/rpc-frame.ts';
import { createPeerKey } from '../../src-main/security/peer-key.ts';
const REPLY = new Uint8Array(32).fill(1), REQ = new Uint8Array(1500).fill(2);
const hex = (b: Uint8Array) => Buffer.from(b).toString('hex');
if (process.argv[2] === 'server') {
  const roll = createRoll();
  const seed = Buffer.from(process.argv[3]!, 'hex');
  const client = process.argv[4]! as never;
  const peer = await createRealPeer(roll, { seed });
  roll.members.set(peer.self, []); roll.members.set(client, []);
  peer.rpc.handle(VERB.get, () => Promise.resolve(REPLY));
  await peer.start();
  const server = net.createServer((s) => { s.setNoDelay(true); const r = createFrameReader(); let out: Uint8Array[] = [];
    s.on('data', (d) => { for (const f of r.read(d)) out.push(encodeFrame(2, f.id, REPLY)); s.write(Buffer.concat(out)); out = []; }); s.on('error', () => {}); });
  server.listen(0, '127.0.0.1', () => process.send!({ addresses: peer.libp2p.addresses(), port: (server.address() as net.AddressInfo).port }));
} else {
  const a = freshIdentity(), b = freshIdentity();
  const child = fork(process.argv[1]!, ['server', hex(b.seed), a.peer], { execPath: process.execPath });
  const info: any = await new Promise((r) => child.once('message', r));
  const roll = createRoll();
  const peer = await createRealPeer(roll, { seed: a.seed });
  roll.members.set(peer.self, []); roll.members.set(b.peer, info.addresses);
  await peer.start();
  await new Promise<void>((r) => { peer.rpc.on('up', () => r()); if (peer.rpc.connected().length) r(); });
  const sock = net.connect(info.port, '127.0.0.1'); sock.setNoDelay(true);
  await new Promise((r) => sock.once('connect', r));
  const waiting = new Map<number, () => void>(); const reader = createFrameReader(); let id = 1;
  sock.on('data', (d) => { for (const f of reader.read(d)) { waiting.get(f.id)!(); waiting.delete(f.id); } });
  let rawOut: Uint8Array[] = [];
  const raw = () => new Promise<void>((r) => { const n = id++; waiting.set(n, r); if (rawOut.length === 0) queueMicrotask(() => { const o = rawOut; rawOut = []; sock.write(Buffer.concat(o)); }); rawOut.push(encodeFrame(1, n, REQ)); });
  const rpc = () => peer.rpc.request(b.peer, VERB.get, REQ, { timeoutMs: 10000 });
  async function run(name: string, f: () => Promise<unknown>, c: number, ms: number) {
    const lat: number[] = []; const end = performance.now() + ms; const cpu = process.cpuUsage();
    await Promise.all(Array.from({ length: c }, async () => { while (performance.now() < end) { const t = performance.now(); await f(); lat.push(performance.now() - t); } }));
    const u = process.cpuUsage(cpu);
    lat.sort((x, y) => x - y);
    const us = (q: number) => Math.round(lat[Math.floor(lat.length * q)]! * 1000);
    console.log(name.padEnd(8), `c${c}`.padEnd(4), `p50 ${us(.5)}us p99 ${us(.99)}us`.padEnd(28), `${Math.round(lat.length / ms * 1000)} req/s`, `cpu ${Math.round((u.user+u.system)/lat.length)}us/req`);
    return { p50: us(.5), rate: lat.length / ms };
  }
  for (const f of [raw, rpc]) await run('warm', f, 64, 1500);
  for (let round = 0; round < 2; round++) {
    const r1 = await run('raw', raw, 1, 2000), l1 = await run('rpc', rpc, 1, 2000);
    const r64 = await run('raw', raw, 64, 3000), l64 = await run('rpc', rpc, 64, 3000);
    console.log(`ratio p50 c1 ${(l1.p50 / r1.p50).toFixed(2)}  rate c64 ${(l64.rate / r64.rate).toFixed(2)}`);
  }
  child.kill(); await peer.stop(); process.exit(0);
}
