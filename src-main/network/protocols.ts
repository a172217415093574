import { utf8 } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { RingId } from '../domain/ids.ts';

/** The names of our protocols. The number at the end changes when their frames do. */

export const JOIN_PROTOCOL = '/carrossel/join/1';

export function rpcProtocol(ring: RingId): string {
  return `/carrossel/${ring}/rpc/1`;
}

export function kadProtocol(ring: RingId): string {
  return `/carrossel/${ring}/kad/1.0.0`;
}

/** Where an admin's "who is nearby?" is open (DESIGN §2 Admission): it names no ring. */
export const OPEN_DOOR_TAG = '_carrossel-door._udp.local';

/**
 * What this ring's peers ask for by multicast DNS. A hash, so that the network does not read the
 * ring id; peers of other rings do not answer.
 */
export function discoveryTag(ring: RingId): string {
  return `_c${sha256Hex(utf8(`carrossel/mdns/1/${ring}`)).slice(0, 14)}._udp.local`;
}
