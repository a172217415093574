import type { PeerId } from '../domain/ids.ts';
import { JOIN_PROTOCOL } from './protocols.ts';

/** Who may speak here; asked for every connection and every stream (DESIGN §2 Admission). */
export interface Admission {
  /** In the member table, certified and not revoked. */
  isMember(peer: PeerId): boolean;
  /** An invite, or an admin's "who is nearby?" screen, is open: strangers may speak join. */
  strangersWelcome(): boolean;
  /** Was a member and is one no more: it is told so, and nothing else (docs/decisions/0404). */
  isRevoked(peer: PeerId): boolean;
}

/** What a peer may open here at this moment: these protocols only, if not everything. */
export type Permission = 'everything' | readonly string[];

/** @param rpc the protocol in which a revoked member is told so; undefined without a ring. */
export function permissionOf(
  admission: Admission,
  peer: PeerId,
  rpc: string | undefined,
): Permission {
  if (admission.isMember(peer)) return 'everything';
  const farewell = rpc !== undefined && admission.isRevoked(peer) ? [rpc] : [];
  return [...farewell, ...(admission.strangersWelcome() ? [JOIN_PROTOCOL] : [])];
}
