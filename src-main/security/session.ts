/**
 * Proof of holding a key of an account, for one session with one member: opens get, list and watch
 * (DESIGN §2). Bound to both peers and the session's nonce, so it proves nothing anywhere else.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex } from '../base/bytes.ts';
import { encodeCbor } from '../base/cbor.ts';
import type { DeviceKey, PartitionKey, PeerId, RingId } from '../domain/ids.ts';
import type { DeviceDirectory } from './device-directory.ts';
import type { Verifier } from './ed25519.ts';
import { publicKeyOf } from './peer-key.ts';
import { labelled } from './signed-record.ts';

export interface SessionClaim {
  readonly ring: RingId;
  readonly account: PartitionKey;
  /** Agreed by the transport for this session, the same on both ends. */
  readonly nonce: Uint8Array;
  /** Who proves. */
  readonly prover: PeerId;
  /** Who is shown the proof. */
  readonly verifier: PeerId;
  /** A device's key, a certifier's, or the master's at log-in. */
  readonly device: DeviceKey;
}

/** What the device key signs. */
export function sessionProofBytes(claim: SessionClaim): Uint8Array {
  const fields = encodeCbor([
    1,
    fromHex(claim.ring),
    fromHex(claim.account),
    claim.nonce,
    publicKeyOf(claim.prover),
    publicKeyOf(claim.verifier),
    fromHex(claim.device),
  ]);
  return labelled('carrossel/session/1', fields);
}

/**
 * Checks the proof, first that the key made it: what else is thrown is told to who has the key. The
 * master's key proves itself; any other needs a directory that knows it.
 * @throws SESSION_REQUIRED (a wrong signature), DEVICE_UNKNOWN, DEVICE_REVOKED
 */
export function verifySession(
  claim: SessionClaim & { readonly signature: Uint8Array },
  directory: DeviceDirectory | undefined,
  verifier: Verifier,
): void {
  const message = sessionProofBytes(claim);
  if (!verifier.verify(fromHex(claim.device), message, claim.signature)) {
    throw new AppError('SESSION_REQUIRED', 'The proof of using this account is wrong.');
  }
  const isMaster = (claim.device as string) === (claim.account as string);
  const known = directory?.account === claim.account ? directory : undefined;
  if (!isMaster && known?.mayRead(claim.device) !== true) {
    const revoked = known?.lookup(claim.device)?.revoked !== undefined;
    throw revoked
      ? new AppError('DEVICE_REVOKED', 'This device was taken off the account.')
      : new AppError('DEVICE_UNKNOWN', 'This device is not known here.');
  }
}
