import { fromHex } from '../../base/bytes.ts';
import type { DeviceKey, PartitionKey } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { readBlobs, readDevice, readPartitionKey } from './fields.ts';

const SIGNATURE_BYTES = 64;

/** Opens an account's get, list and watch to this connection (DESIGN §2 Admission and trust). */
export interface SessionRequest {
  readonly partitionKey: PartitionKey;
  readonly device: DeviceKey;
  /** Of the session's nonce and both peers, by the device (security/session.ts). */
  readonly signature: Uint8Array;
  /** Versions of `account#devices` that vouch for the device, where the owner may lack them. */
  readonly devices: readonly Uint8Array[];
}

export interface SessionAnswer {
  /**
   * Empty: the session is open. Else it is not: the device was taken off the account, as these
   * versions of `account#devices` say.
   */
  readonly revoked: readonly Uint8Array[];
}

export const sessionMessage = createMessageCodec<SessionRequest, SessionAnswer>(
  VERB.session,
  'session',
  {
    write: (m) => [fromHex(m.partitionKey), fromHex(m.device), m.signature, [...m.devices]],
    read: (f) => ({
      partitionKey: readPartitionKey(f),
      device: readDevice(f),
      signature: f.fixed(SIGNATURE_BYTES),
      devices: readBlobs(f),
    }),
  },
  { write: (m) => [[...m.revoked]], read: (f) => ({ revoked: readBlobs(f) }) },
);
