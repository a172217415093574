import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A small network of hosts on one machine: a namespace each, joined by bridges that live in a
 * namespace of their own. Moving a host's cable to another bridge is a silent partition: no link
 * goes down, packets just stop arriving (STACK B5).
 */
export interface NetworkLab {
  /** Adds a host with an address of its own. */
  addHost(name: string): LabHost;
  /** Puts the named hosts on a bridge of their own, away from all others. */
  isolate(...names: string[]): void;
  /** What one sends the other does not arrive; what comes back does. */
  cutOneWay(from: string, to: string): void;
  /** The host has another address from now on, as after another network gave it one. */
  readdress(name: string): string;
  /** Everybody on one bridge again, and nothing is dropped. */
  heal(): void;
  close(): Promise<void>;
}

export interface LabHost {
  readonly name: string;
  /** IPv4 address on the lab's network. */
  readonly address: string;
  /** Namespace. */
  readonly ns: string;
  /** Arguments that run a command inside the host: spawn(prefix[0], [...prefix.slice(1), …]). */
  readonly prefix: readonly string[];
  /**
   * Makes a loopback port of the host reachable at the same loopback port of this machine, over a
   * unix socket, which namespaces do not separate. So a browser out here sees the host's page.
   * Once for each port, whoever listens there.
   */
  expose(port: number): Promise<void>;
}

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** Commands to the packet filter of a namespace. */
export const nft = (ns: string, command: string): void => {
  ip('netns', 'exec', ns, 'nft', command);
};

/** Why the lab cannot run here; undefined when it can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    ip('netns', 'add', `czprobe${process.pid}`);
    ip('netns', 'del', `czprobe${process.pid}`);
    return undefined;
  } catch (error) {
    return `no network namespaces here: ${String(error)}`;
  }
}

let labs = 0;

export function createNetworkLab(): NetworkLab {
  const id = `cz${process.pid.toString(36)}${(labs++).toString(36)}`;
  const wire = `${id}w`;
  const hosts: LabHost[] = [];
  const closers: (() => void)[] = [];
  const dropped = new Set<string>();
  let bridges = 0;
  let moves = 0;
  ip('netns', 'add', wire);
  const addBridge = (): string => {
    const bridge = `br${bridges++}`;
    ip('-n', wire, 'link', 'add', bridge, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
    ip('-n', wire, 'link', 'set', bridge, 'up');
    return bridge;
  };
  const main = addBridge();
  const plug = (name: string, bridge: string): void => {
    ip('-n', wire, 'link', 'set', `v${hosts.findIndex((h) => h.name === name)}`, 'master', bridge);
  };
  return {
    addHost(name) {
      const host = makeHost({ id, wire, bridge: main, name, number: hosts.length }, closers);
      hosts.push(host);
      return host;
    },
    isolate(...names) {
      const bridge = addBridge();
      for (const name of names) plug(name, bridge);
    },
    cutOneWay(from, to) {
      const [source, target] = [from, to].map((name) => hosts.find((h) => h.name === name));
      if (source === undefined || target === undefined) throw new Error(`no ${from} or ${to}`);
      dropped.add(target.ns);
      nft(target.ns, 'add table ip cut');
      nft(target.ns, 'add chain ip cut in { type filter hook input priority 0; }');
      nft(target.ns, `add rule ip cut in ip saddr ${source.address} drop`);
    },
    readdress(name) {
      const host = hosts.find((one) => one.name === name);
      if (host === undefined) throw new Error(`no ${name}`);
      const address = `10.77.0.${101 + moves++}`;
      ip('-n', host.ns, 'addr', 'flush', 'dev', 'eth0');
      ip('-n', host.ns, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      // Goes with the address that it was made beside.
      ip('-n', host.ns, 'route', 'replace', '224.0.0.0/4', 'dev', 'eth0');
      return address;
    },
    heal() {
      for (const host of hosts) plug(host.name, main);
      for (const ns of dropped) nft(ns, 'delete table ip cut');
      dropped.clear();
    },
    async close() {
      for (const close of closers.splice(0)) close();
      for (const number of hosts.keys()) ip('netns', 'del', `${id}h${number}`);
      ip('netns', 'del', wire);
      return Promise.resolve();
    },
  };
}

interface HostPlan {
  readonly id: string;
  readonly wire: string;
  readonly bridge: string;
  readonly name: string;
  readonly number: number;
}

function makeHost(plan: HostPlan, closers: (() => void)[]): LabHost {
  const { id, wire, bridge, name, number } = plan;
  const ns = `${id}h${number}`;
  const address = `10.77.0.${number + 1}`;
  ip('netns', 'add', ns);
  ip('-n', wire, 'link', 'add', `v${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', ns);
  ip('-n', wire, 'link', 'set', `v${number}`, 'master', bridge, 'up');
  ip('-n', ns, 'link', 'set', 'lo', 'up');
  ip('-n', ns, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
  ip('-n', ns, 'link', 'set', 'eth0', 'up');
  ip('-n', ns, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0');
  const prefix = ['ip', 'netns', 'exec', ns];
  const exposed = new Map<number, Promise<void>>();
  return {
    ...{ name, address, ns, prefix },
    expose(port) {
      const open =
        exposed.get(port) ?? expose(prefix, join(tmpdir(), `${ns}-${port}.sock`), port, closers);
      exposed.set(port, open);
      return open;
    },
  };
}

/** Runs inside the host: unix socket → the host's loopback port. */
const INSIDE = `const net = require('node:net'); const [path, port] = process.argv.slice(1);
net.createServer((from) => { const to = net.connect(Number(port), '127.0.0.1');
  from.pipe(to).pipe(from); from.on('error', () => to.destroy()); to.on('error', () => from.destroy());
}).listen(path, () => console.log('ready'));`;

async function expose(
  prefix: readonly string[],
  path: string,
  port: number,
  closers: (() => void)[],
): Promise<void> {
  if (existsSync(path)) rmSync(path);
  const [command = '', ...rest] = prefix;
  const args = [...rest, process.execPath, '-e', INSIDE, path, String(port)];
  const inside = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  closers.push(() => {
    inside.kill('SIGKILL');
    rmSync(path, { force: true });
  });
  await firstLine(inside);
  const outside = await listen(path, port);
  closers.push(() => {
    outside.close();
  });
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => {
      resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`the forwarder ended with ${String(code)}`));
    });
  });
}

function listen(path: string, port: number): Promise<Server> {
  const server = createServer((from) => {
    const to = connect(path);
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.unref();
      resolve(server);
    });
  });
}
