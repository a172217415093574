import { expect, type Page } from '@playwright/test';
import { createNetworkLab, type LabHost, type NetworkLab } from './network-lab.ts';
import { freePort, makeDir, removeDirs, startPeer, type PeerProcess } from './peer-process.ts';

/** Several machines of one person, each a real process: a ring, joined by invites, one account. */
export interface Household {
  readonly peers: readonly PeerProcess[];
  readonly phrase: string;
  readonly lab: NetworkLab | undefined;
  peer(name: string): PeerProcess;
  /** Starts a killed or stopped peer again on its own folder and host. */
  restart(name: string): Promise<PeerProcess>;
  close(): Promise<void>;
}

export interface HouseholdOptions {
  readonly names: readonly string[];
  /** Each on a host of its own in a network of namespaces, instead of all on loopback. */
  readonly apart?: boolean;
  /** They listen on all addresses and do not look for each other by mDNS. */
  readonly onAllAddresses?: boolean;
  readonly createRing?: readonly string[];
}

export async function invite(from: PeerProcess): Promise<string> {
  const made = await from.call<{ link: string }>('POST', '/invites', {});
  return made.link;
}

export async function makeHousehold(options: HouseholdOptions): Promise<Household> {
  const lab = options.apart === true ? createNetworkLab() : undefined;
  const hosts = new Map<string, LabHost | undefined>();
  const dirs = new Map<string, string>();
  const peers = new Map<string, PeerProcess>();
  const ports = new Map<string, number>();
  const open = async (name: string, args: readonly string[]): Promise<PeerProcess> => {
    const dir = dirs.get(name) ?? makeDir(name);
    dirs.set(name, dir);
    if (!hosts.has(name)) hosts.set(name, lab?.addHost(name));
    const host = hosts.get(name);
    // The same port at each start, as a peer keeps it by itself when none is named.
    const port = ports.get(name) ?? (await freePort());
    ports.set(name, port);
    const all = options.onAllAddresses === true;
    const more = host === undefined || all ? ['--no-mdns', ...args] : args;
    const where = { ...(host ? { host } : {}), ...(all ? { listenOn: '0.0.0.0' } : {}) };
    const peer = await startPeer({ name, dir, port, args: more, ...where });
    peers.set(name, peer);
    return peer;
  };
  const close = async (): Promise<void> => {
    for (const peer of peers.values()) await peer.kill();
    await lab?.close();
    removeDirs([...dirs.values()]);
  };
  try {
    const [first = '', ...others] = options.names;
    const founder = await open(first, ['--create-ring', ...(options.createRing ?? [])]);
    const { phrase } = await founder.call<{ phrase: string }>('POST', '/accounts', { name: 'Ana' });
    for (const name of others) {
      const peer = await open(name, ['--join', await invite(founder)]);
      await peer.call('POST', '/accounts/log-in', { phrase, name: 'Ana' });
    }
    await everyoneConnected([...peers.values()]);
    await everyoneCounts([...peers.values()]);
    return {
      get peers() {
        return [...peers.values()];
      },
      phrase,
      lab,
      peer: (name) => need(peers.get(name), name),
      restart: (name) => open(name, []),
      close,
    };
  } catch (error) {
    const logs = [...peers.values()].map((p) => `--- ${p.name}\n${p.log().slice(-4000)}`);
    await close();
    throw new Error(`the household did not come up\n${logs.join('\n')}`, { cause: error });
  }
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
}

/** Every peer has a live session with every other. */
export async function everyoneConnected(peers: readonly PeerProcess[]): Promise<void> {
  for (const peer of peers) {
    await expect
      .poll(async () => (await peer.members()).filter((m) => !m.own && m.connected).length, {
        message: `${peer.name} is connected to all others`,
        timeout: 20_000,
      })
      .toBe(peers.length - 1);
  }
}

/** Every peer knows that all have taken over their part: they are counted as owners. */
export async function everyoneCounts(peers: readonly PeerProcess[]): Promise<void> {
  for (const peer of peers) {
    await expect
      .poll(async () => (await peer.members()).filter((m) => m.state === 'up').length, {
        message: `${peer.name} counts all`,
        timeout: 20_000,
      })
      .toBe(peers.length);
  }
}

/** Every peer shows these titles in the cart, and no conflict. */
export async function everyoneShows(
  peers: readonly PeerProcess[],
  cart: string,
  titles: readonly string[],
  timeout = 15_000,
): Promise<void> {
  for (const peer of peers) {
    await expect
      .poll(() => peer.titlesOrNone(cart), { message: `${peer.name} shows the cart`, timeout })
      .toEqual([...titles].sort());
  }
}

export async function everyoneSeesConflict(
  peers: readonly PeerProcess[],
  cart: string,
  open: boolean,
  timeout = 20_000,
): Promise<void> {
  for (const peer of peers) {
    await expect
      .poll(async () => (await peer.cart(cart)).conflict, { message: `${peer.name}`, timeout })
      .toBe(open);
  }
}

/** Collects what the page complains about; a test ends with none. */
export function watchConsole(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
