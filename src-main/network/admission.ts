import type { PeerId } from '../domain/ids.ts';

/** Who may speak here; asked for every connection and every stream (DESIGN §2 Admission). */
export interface Admission {
  /** In the member table, certified and not revoked. */
  isMember(peer: PeerId): boolean;
  /** An invite, or an admin's "who is nearby?" screen, is open: strangers may speak join. */
  strangersWelcome(): boolean;
}

/** What a peer may open here at this moment. */
export type Permission = 'everything' | 'join' | 'nothing';

export function permissionOf(admission: Admission, peer: PeerId): Permission {
  if (admission.isMember(peer)) return 'everything';
  return admission.strangersWelcome() ? 'join' : 'nothing';
}
