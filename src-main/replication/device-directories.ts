import type { PartitionKey } from '../domain/ids.ts';
import { createDeviceDirectory, type DeviceDirectory } from '../security/device-directory.ts';
import { readDevicesRecord } from '../security/devices-record.ts';
import type { Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';

/** Directories kept ready; an owner of more accounts reads the others again when they write. */
const MAX_DIRECTORIES = 1000;

/** The devices of accounts, as the `account#devices` items held here say. */
export interface DeviceDirectories {
  /** Undefined when no `account#devices` of the account is here. */
  of(account: PartitionKey): Promise<DeviceDirectory | undefined>;
  /** The held `account#devices` siblings. */
  versions(account: PartitionKey): Promise<readonly SignedVersion[]>;
}

export function createDeviceDirectories(components: {
  readonly store: ItemStore;
  readonly verifier: Verifier;
}): DeviceDirectories {
  const { store, verifier } = components;
  const ready = new Map<PartitionKey, Promise<DeviceDirectory | undefined>>();
  store.on('changed', ({ key }) => {
    if (key.sortKey === DEVICES_SORT_KEY) ready.delete(key.partitionKey);
  });
  const versions = (account: PartitionKey): Promise<readonly SignedVersion[]> =>
    store.read({ partitionKey: account, sortKey: DEVICES_SORT_KEY });
  async function build(account: PartitionKey): Promise<DeviceDirectory | undefined> {
    const records = (await versions(account)).map((version) => readDevicesRecord(version));
    return records.length === 0
      ? undefined
      : createDeviceDirectory({ account, records }, { verifier });
  }
  return {
    versions,
    of(account) {
      const known = ready.get(account);
      if (known !== undefined) return known;
      const made = build(account);
      ready.set(account, made);
      // What is absent or failed is asked for again; only what is there is worth keeping.
      made.then(
        (directory) => {
          if (directory === undefined && ready.get(account) === made) ready.delete(account);
        },
        () => ready.delete(account),
      );
      const [oldest] = ready.keys();
      if (ready.size > MAX_DIRECTORIES && oldest !== undefined) ready.delete(oldest);
      return made;
    },
  };
}
