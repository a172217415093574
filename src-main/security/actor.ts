/** Who writes: one machine, in one life of its store, for one account (DESIGN §1 actor, dot). */
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { sha256 } from '../base/sha256.ts';
import type { ActorId, PartitionKey, PeerId, StoreEpoch } from '../domain/ids.ts';
import { createBoundedMap } from '../base/bounded-map.ts';
import { peerIdBytes, publicKeyOf } from './peer-key.ts';

export const ACTOR_BYTES = 16;

/** Named again with every version written and checked; each would cost a dozen microseconds. */
const known = createBoundedMap<string, ActorId>({ maxSize: 4096 });

/**
 * First 16 bytes of SHA-256(peer id as its 38 multihash bytes ‖ store epoch ‖ partition key), hex.
 * @param peer a peer id, or the public key in it.
 */
export function actorOf(
  peer: PeerId | Uint8Array,
  epoch: StoreEpoch,
  account: PartitionKey,
): ActorId {
  if (typeof peer !== 'string') return makeActor(peer, epoch, account);
  const name = `${peer}/${epoch}/${account}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = makeActor(publicKeyOf(peer), epoch, account);
  known.set(name, made);
  return made;
}

function makeActor(publicKey: Uint8Array, epoch: StoreEpoch, account: PartitionKey): ActorId {
  const digest = sha256(concatBytes(peerIdBytes(publicKey), fromHex(epoch), fromHex(account)));
  return toHex(digest.subarray(0, ACTOR_BYTES)) as ActorId;
}
