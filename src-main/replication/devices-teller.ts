import { isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { Background } from './bounded-work.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { PutSender } from './put-sender.ts';

/** A member is told of one account's devices no more often than this. */
const TELL_MS = 60_000;
/** Members and accounts remembered; beyond them who was told longest ago may be told again. */
const MAX_TOLD = 1000;

/**
 * Tells a member that sent what a revoked device wrote of the revocation (decision 0523). A
 * fallback that is not logged in can neither judge what it keeps nor ask for the list of devices,
 * and would offer it for ever.
 */
export interface DevicesTeller {
  /** Runs `work`; when it throws DEVICE_REVOKED, `account#devices` goes to `from` behind it. */
  watching<T>(from: PeerId, account: PartitionKey, work: () => Promise<T>): Promise<T>;
}

export function createDevicesTeller(components: {
  readonly clock: Clock;
  readonly background: Background;
  readonly directories: Pick<DeviceDirectories, 'versions'>;
  readonly sender: PutSender;
}): DevicesTeller {
  const { clock, background, directories, sender } = components;
  /** By member and account: when it was last told (monotonic ms). */
  const told = new Map<string, number>();

  function isDue(name: string): boolean {
    const now = clock.monotonicMs();
    const before = told.get(name);
    if (before !== undefined && now - before < TELL_MS) return false;
    told.delete(name);
    told.set(name, now);
    const [oldest] = told.keys();
    if (told.size > MAX_TOLD && oldest !== undefined) told.delete(oldest);
    return true;
  }
  function tell(to: PeerId, partitionKey: PartitionKey): void {
    if (!isDue(`${to} ${partitionKey}`)) return;
    background.run('telling of a revocation', async (signal) => {
      const versions = await directories.versions(partitionKey);
      if (versions.length === 0) return;
      const key = { partitionKey, sortKey: DEVICES_SORT_KEY };
      await sender.send(to, { key, versions, listed: false, signal });
    });
  }
  return {
    async watching(from, account, work) {
      try {
        return await work();
      } catch (error) {
        if (isAppError(error, 'DEVICE_REVOKED')) tell(from, account);
        throw error;
      }
    },
  };
}
