import type { DeviceKey, ItemKey, RingId, StoreEpoch } from '../domain/ids.ts';
import type { VersionKind } from '../domain/version-kind.ts';
import type { Version } from '../domain/versioned-item.ts';

/** A version as it travels and rests: the envelope's bytes, and what they say outside the seal. */
export interface SignedVersion extends Version {
  readonly ring: RingId;
  readonly key: ItemKey;
  readonly kind: VersionKind;
  readonly epoch: StoreEpoch;
  readonly sealingKeyNumber: number;
  /** The key that signed: a device's, or for kind `devices` the master's or a certifier's. */
  readonly device: DeviceKey;
  /** The whole envelope, unchanged from wire to disk. */
  readonly bytes: Uint8Array;
}
