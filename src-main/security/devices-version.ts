/** A version of `account#devices`: plain, signed by the master or a certifier (DESIGN §2). */
import { AppError } from '../base/app-error.ts';
import { fromHex } from '../base/bytes.ts';
import type { Cbor } from '../base/cbor.ts';
import { sha256 } from '../base/sha256.ts';
import type { CausalContext } from '../domain/causal-context.ts';
import type { ActorId, PartitionKey, RingId, StoreEpoch } from '../domain/ids.ts';
import { actorOf } from './actor.ts';
import {
  encodeDevicesRecord,
  encodeParts,
  unionRecords,
  type DevicesRecord,
} from './devices-record.ts';
import type { SigningKey } from './ed25519.ts';
import { buildEnvelope, DEVICES_SORT_KEY } from './envelope-format.ts';
import type { PeerKey } from './peer-key.ts';
import { signFields } from './signed-record.ts';
import type { SignedVersion } from './signed-version.ts';

/**
 * The signed version that holds the record.
 * @param init.signer the account's master, or a certifier.
 * @param init.peer the machine that writes: the actor is its, and it signs for that.
 * @throws LIMIT_EXCEEDED, BAD_REQUEST (an actor of another peer)
 */
export function issueDevices(init: {
  readonly ring: RingId;
  readonly account: PartitionKey;
  readonly actor: ActorId;
  readonly counter: number;
  readonly context: CausalContext;
  readonly epoch: StoreEpoch;
  readonly signer: SigningKey;
  readonly peer: PeerKey;
  readonly record: DevicesRecord;
}): SignedVersion {
  const { account, actor, counter, epoch, signer, peer } = init;
  if (actorOf(peer.publicKey, epoch, account) !== actor) {
    throw new AppError('BAD_REQUEST', 'A machine can write under its own name only.');
  }
  const record = unionRecords([init.record]);
  const said = { account, actor, counter, signer: signer.publicKey };
  const writerSignature = signFields(
    peer,
    'carrossel/devices-writer/1',
    writerFields(said, record),
  );
  const key = { partitionKey: account, sortKey: DEVICES_SORT_KEY };
  return buildEnvelope({ ...init, key, kind: 'devices', sealingKeyNumber: 0 }, signer, () =>
    encodeDevicesRecord({ ...record, writer: peer.publicKey, writerSignature }),
  );
}

/** What the writing peer signs: this dot, for this signer, with these parts. */
export function writerFields(
  said: {
    readonly account: PartitionKey;
    readonly actor: ActorId;
    readonly counter: number;
    /** Public key. */
    readonly signer: Uint8Array;
  },
  record: DevicesRecord,
): Cbor[] {
  return [
    1,
    fromHex(said.account),
    fromHex(said.actor),
    said.counter,
    said.signer,
    sha256(encodeParts(record)),
  ];
}
