// Stands between a peer and all who dial it, inside the peer's namespace: the kernel here has no
// netem (STACK B5). Carries bytes both ways, later than they came, and cuts connections, as told by
// lines of JSON on standard input. Bytes keep their order: what is lost comes late, as with TCP.
//   node slow-wire.mjs LISTEN_PORT HOST PORT SEED
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [listenPort, host, port, seed] = process.argv.slice(2);
const CALM = { delayMs: 0, jitterMs: 0, loss: 0, cutsPerMinute: 0 };
/** What TCP waits at least before it sends a lost packet again. */
const RETRANSMISSION_MS = 200;
const MOST_HELD_BYTES = 4 << 20;

let rule = CALM;
const pairs = new Set();

let state = Number(seed) >>> 0 || 1;
function fraction() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

function lateness() {
  const lost = fraction() < rule.loss ? RETRANSMISSION_MS * (1 + Math.floor(fraction() * 4)) : 0;
  return rule.delayMs + fraction() * rule.jitterMs + lost;
}

function carry(from, to) {
  let last = 0;
  let held = 0;
  const later = (run) => {
    const now = performance.now();
    last = Math.max(last, now + lateness());
    setTimeout(run, last - now);
  };
  from.on('data', (chunk) => {
    held += chunk.length;
    if (held > MOST_HELD_BYTES) from.pause();
    later(() => {
      held -= chunk.length;
      if (held <= MOST_HELD_BYTES) from.resume();
      to.write(chunk);
    });
  });
  from.on('end', () => later(() => to.end()));
  from.on('close', () => setTimeout(() => to.destroy(), Math.max(0, last - performance.now())));
  from.on('error', () => to.destroy());
}

createServer({ allowHalfOpen: true }, (from) => {
  const to = connect({ port: Number(port), host, allowHalfOpen: true });
  from.setNoDelay(true);
  to.setNoDelay(true);
  const pair = [from, to];
  pairs.add(pair);
  from.on('close', () => pairs.delete(pair));
  carry(from, to);
  carry(to, from);
}).listen(Number(listenPort), () => console.log('ready'));

setInterval(() => {
  for (const pair of pairs) {
    if (fraction() >= rule.cutsPerMinute / 60) continue;
    for (const end of pair) end.resetAndDestroy();
  }
}, 1000);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    rule = { ...CALM, ...JSON.parse(line) };
  })
  .on('close', () => process.exit());
