import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nft, type LabHost } from '../e2e/support/network-lab.ts';

/** How bad a line is; what is left out is as good as it gets. */
export interface WireRule {
  readonly delayMs?: number;
  /** Added to the delay, evenly from none to all of it. */
  readonly jitterMs?: number;
  /** Share of chunks that come later still, as lost and sent again. */
  readonly loss?: number;
  /** How often a connection breaks. */
  readonly cutsPerMinute?: number;
}

export interface SlowWire {
  set(rule: WireRule): void;
  close(): void;
}

const PROGRAM = fileURLToPath(new URL('slow-wire.mjs', import.meta.url));
const WIRE_PORT = 39;

/** All connections to the host's port go through a proxy in its namespace from now on. */
export async function createSlowWire(
  host: LabHost,
  init: { readonly port: number; readonly seed: number },
): Promise<SlowWire> {
  const [command = '', ...prefix] = host.prefix;
  const where = [String(WIRE_PORT), host.address, String(init.port), String(init.seed)];
  const child = spawn(command, [...prefix, process.execPath, PROGRAM, ...where], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [
    unknown,
  ];
  if (!(said instanceof Buffer)) throw new Error(`the proxy ended with ${String(said)}`);
  nft(host.ns, 'add table ip wire');
  nft(host.ns, 'add chain ip wire in { type nat hook prerouting priority dstnat; }');
  const redirect = `tcp dport ${init.port} redirect to :${WIRE_PORT}`;
  nft(host.ns, `add rule ip wire in iifname "eth0" ${redirect}`);
  return {
    set(rule) {
      child.stdin.write(`${JSON.stringify(rule)}\n`);
    },
    close() {
      child.kill('SIGKILL');
    },
  };
}
