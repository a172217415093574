import { AppError, isAppError } from '../base/app-error.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { itemKeyString, type ItemKey, type PeerId, type RingId } from '../domain/ids.ts';
import { findUnclosed } from '../domain/write-context.ts';
import type { Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY, readEnvelope } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { verifyDevicesVersion, verifyVersion } from '../security/verify-version.ts';
import type { ItemStore, MergeOutcome } from '../storage/item-store.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { EpochGuard } from './epoch-guard.ts';

export interface IntakeOptions {
  /** Owners that the versions are kept for, in the same batch. */
  readonly hintsFor?: readonly PeerId[];
}

/** The one door for versions from elsewhere: read, checked, then merged (DESIGN §2, §3). */
export interface Intake {
  /**
   * The envelopes as versions of this item.
   * @throws BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED, WRONG_RING, BAD_REQUEST (other item).
   */
  read(bytes: readonly Uint8Array[], key: ItemKey): readonly SignedVersion[];
  /**
   * Checks signature and device of versions that are only looked at, not merged.
   * @throws DEVICE_UNKNOWN, DEVICE_REVOKED, BAD_SIGNATURE.
   */
  verify(key: ItemKey, versions: readonly SignedVersion[]): Promise<void>;
  /**
   * Merges versions whose signature, device and context hold; all or nothing.
   * @throws DEVICE_UNKNOWN (push account#devices first), DEVICE_REVOKED, BAD_SIGNATURE,
   * STALE_CONTEXT (covers a version held here without all its past), and the store's own.
   */
  take(
    key: ItemKey,
    versions: readonly SignedVersion[],
    options?: IntakeOptions,
  ): Promise<MergeOutcome>;
  /** Runs `work` while nothing is merged into the item. */
  alone<T>(key: ItemKey, work: () => Promise<T>): Promise<T>;
}

export function createIntake(
  init: { readonly ring: RingId },
  components: {
    readonly store: ItemStore;
    readonly verifier: Verifier;
    readonly directories: DeviceDirectories;
    readonly guard: Pick<EpochGuard, 'inspect'>;
    readonly logger: Logger;
    readonly metrics: Metrics;
  },
): Intake {
  const { store, verifier, directories, guard, metrics } = components;
  const turns = createKeyedLock({ maxWaiting: 4096 });

  async function verify(
    key: ItemKey,
    versions: readonly SignedVersion[],
    held: readonly SignedVersion[],
  ): Promise<void> {
    if (key.sortKey === DEVICES_SORT_KEY) {
      for (const version of versions) verifyDevicesVersion(version, held, verifier);
      return;
    }
    const directory = await directories.of(key.partitionKey);
    for (const version of versions) verifyVersion(version, directory, verifier);
  }
  function checkClosed(versions: readonly SignedVersion[], held: readonly SignedVersion[]): void {
    for (const version of versions) {
      const unclosed = findUnclosed(version, held);
      if (unclosed === undefined) continue;
      throw new AppError('STALE_CONTEXT', 'The context lacks part of what it covers.', {
        details: { dot: version.dot, covers: unclosed.dot },
      });
    }
  }
  return {
    read(bytes, key) {
      return bytes.map((one) => {
        const version = readEnvelope(one);
        if (version.ring !== init.ring) {
          throw new AppError('WRONG_RING', 'This version belongs to another ring.');
        }
        if (itemKeyString(version.key) !== itemKeyString(key)) {
          throw new AppError('BAD_REQUEST', 'The version is of another item than was said.');
        }
        return version;
      });
    },
    async verify(key, versions) {
      await verify(key, versions, await store.read(key));
    },
    async take(key, versions, options = {}) {
      const { hintsFor = [] } = options;
      const before = await store.read(key);
      const checked = notAmong(versions, before);
      if (checked.length > 0) {
        await verify(key, checked, before);
        await guard.inspect(key.partitionKey, checked);
      }
      const outcome = await turns.run(itemKeyString(key), async () => {
        // What came in meanwhile counts, too: two that do not know each other may not both enter.
        const held = await store.read(key);
        const unknown = notAmong(versions, held);
        const unchecked = unknown.filter((version) => !checked.includes(version));
        if (unchecked.length > 0) await verify(key, unchecked, held);
        checkClosed(unknown, held);
        return store.merge(key, versions, hintsFor.length === 0 ? {} : { hintsFor });
      });
      metrics.count('carrossel_versions_taken_total', {}, checked.length);
      return outcome;
    },
    alone: (key, work) => turns.run(itemKeyString(key), work),
  };
}

/** Those that are not held. */
function notAmong(
  versions: readonly SignedVersion[],
  held: readonly SignedVersion[],
): readonly SignedVersion[] {
  if (held.length === 0) return versions;
  const here = new Set(held.map((version) => version.hash));
  return versions.filter((version) => !here.has(version.hash));
}

/**
 * True for errors that only a faulty or hostile member causes: they count against it (DESIGN §3).
 */
export function isOffence(error: unknown): boolean {
  return isAppError(error, 'BAD_ENCODING') || isAppError(error, 'BAD_SIGNATURE');
}
