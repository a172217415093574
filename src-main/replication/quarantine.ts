import { isAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { containsDot } from '../domain/causal-context.ts';
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import type { DeviceDirectory } from '../security/device-directory.ts';
import type { Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { verifyVersion } from '../security/verify-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { Background } from './bounded-work.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { Intake } from './intake.ts';

const PAGE = 200;

/**
 * Sets aside what a device wrote beyond the last counters its revocation lets count, and that was
 * taken here before the revocation was known. Others refuse such a version, so as long as it stands
 * the members never hold the same. It leaves the item and goes, whole, into the records `found`
 * (`<partition key>/<hash>`): never destroyed, never sent again; and what it had replaced comes back
 * from what the change stream still keeps (decision 0507).
 */
export interface Quarantine {
  /** Looks through an account's items, in the background. */
  review(account: PartitionKey): void;
}

export function createQuarantine(components: {
  readonly store: ItemStore;
  readonly records: Pick<RecordStore, 'put'>;
  readonly directories: DeviceDirectories;
  readonly verifier: Verifier;
  readonly intake: Pick<Intake, 'alone'>;
  readonly background: Background;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Quarantine {
  const { store, records, directories, verifier, intake, background } = components;
  /** Accounts under review; true when they changed meanwhile and are to be reviewed again. */
  const running = new Map<PartitionKey, boolean>();

  function isRefused(version: SignedVersion, directory: DeviceDirectory): boolean {
    if (directory.lookup(version.device)?.revoked === undefined) return false;
    try {
      verifyVersion(version, directory, verifier);
      return false;
    } catch (error) {
      return isAppError(error, 'DEVICE_REVOKED');
    }
  }
  async function setAside(key: ItemKey, version: SignedVersion): Promise<void> {
    await records.put('found', `${key.partitionKey}/${version.hash}`, version.bytes);
    components.logger.warn('a version of a revoked device was set aside', {
      device: version.device,
      hash: version.hash,
    });
    components.metrics.count('carrossel_versions_set_aside_total');
  }
  async function reviewItem(key: ItemKey, seen: readonly SignedVersion[]): Promise<void> {
    if (key.sortKey === DEVICES_SORT_KEY) return;
    const directory = await directories.of(key.partitionKey);
    if (directory === undefined) return;
    if (!seen.some((version) => isRefused(version, directory))) return;
    await intake.alone(key, async () => {
      const siblings = await store.read(key);
      const refused = siblings.filter((version) => isRefused(version, directory));
      // First it is safe elsewhere on this disk, then it leaves the item.
      for (const version of refused) await setAside(key, version);
      const remove = refused.map((version) => version.hash);
      if (remove.length === 0) return;
      // What they had taken the place of counts again, where it is not lost by now.
      const replaced = (version: SignedVersion): boolean =>
        refused.some((one) => containsDot(one.context, version.dot));
      const add = await store.formerVersions(
        key,
        (version) => replaced(version) && !isRefused(version, directory),
      );
      await store.replaceVersions(key, { remove, add });
    });
  }
  async function reviewAccount(account: PartitionKey, signal: AbortSignal): Promise<void> {
    const directory = await directories.of(account);
    if (directory?.entries().some(({ revoked }) => revoked !== undefined) !== true) return;
    let after: string | undefined;
    for (;;) {
      const range = { partitionKey: account, limit: PAGE };
      const items = await store.scan(after === undefined ? range : { ...range, after });
      for (const { key, siblings } of items) {
        if (signal.aborted) return;
        await reviewItem(key, siblings);
      }
      after = items.at(-1)?.key.sortKey;
      if (after === undefined) return;
    }
  }
  function review(account: PartitionKey): void {
    if (running.has(account)) {
      running.set(account, true);
      return;
    }
    background.run('review of an account', async (signal) => {
      try {
        do {
          running.set(account, false);
          await reviewAccount(account, signal);
        } while (running.get(account) === true && !signal.aborted);
      } finally {
        running.delete(account);
      }
    });
  }
  store.on('changed', ({ key, added, local }) => {
    if (key.sortKey === DEVICES_SORT_KEY) review(key.partitionKey);
    // What was checked against the list of devices before, and came in after it changed.
    else if (!local && added.length > 0) {
      background.run('review of an item', () => reviewItem(key, added));
    }
  });
  return { review };
}
