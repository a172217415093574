import { networkInterfaces } from 'node:os';
import { multiaddr } from '@multiformats/multiaddr';

/** Multiaddrs as text: which to announce, which are this machine's own. */

/** The IP address or host name of a multiaddr; the whole text if it has none. */
export function hostOf(address: string): string {
  const [, kind, host] = address.split('/');
  return kind !== undefined && /^(ip4|ip6|dns|dns4|dns6)$/.test(kind) && host ? host : address;
}

export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return host === '::1' || host.startsWith('127.') || host === 'localhost';
}

/**
 * What to announce of the addresses listened on: no loopback if there is any other. A loopback
 * address means another machine to everyone who reads it: with equal ports a redial reaches the
 * dialler itself (STACK B5).
 */
export function announcedOf<A>(addresses: readonly A[], text: (address: A) => string): A[] {
  const reachable = addresses.filter((address) => !isLoopback(text(address)));
  return reachable.length > 0 ? reachable : [...addresses];
}

/** The address with the trailing /p2p/<peer id>; unchanged if it has one. */
export function withPeer(address: string, peer: string): string {
  return address.includes('/p2p/') ? address : `${address}/p2p/${peer}`;
}

export function withoutPeer(address: string): string {
  const at = address.indexOf('/p2p/');
  return at < 0 ? address : address.slice(0, at);
}

/** True for text that is a multiaddr we can dial. */
export function isDialable(address: string): boolean {
  try {
    const names = multiaddr(address)
      .getComponents()
      .map((component) => component.name);
    return /^(ip4|ip6|dns|dns4|dns6)$/.test(names[0] ?? '') && names[1] === 'tcp';
  } catch {
    return false;
  }
}

/** IP addresses of this machine in its networks, loopback left out; for people and invites. */
export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter((one) => !one.internal && !one.address.startsWith('fe80'))
    .map((one) => one.address);
}
