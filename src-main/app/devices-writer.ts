import type { Random } from '../base/random.ts';
import { contextForWrite } from '../domain/write-context.ts';
import type { PartitionKey } from '../domain/ids.ts';
import { actorOf } from '../security/actor.ts';
import { createDeviceDirectory, type DeviceDirectory } from '../security/device-directory.ts';
import { readDevicesRecord, type DevicesRecord } from '../security/devices-record.ts';
import { issueDevices } from '../security/devices-version.ts';
import type { SigningKey, Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { PutReceipt } from '../replication/replication.ts';
import type { RingSession } from './ring-session.ts';

/** Writes `account#devices`: always the union of all there is, with something added. */
export interface DevicesWriter {
  /**
   * @param signer the account's master, or a certifier of a shared cart.
   * @param change the new whole record; called inside the item's turn with what is held by then.
   */
  write(
    account: PartitionKey,
    signer: SigningKey,
    change: (directory: DeviceDirectory) => DevicesRecord,
  ): Promise<PutReceipt>;
}

export function createDevicesWriter(components: {
  readonly session: RingSession;
  readonly verifier: Verifier;
  readonly random: Random;
}): DevicesWriter {
  const { session, verifier } = components;
  return {
    write(account, signer, change) {
      const { ring, peer } = session.identity();
      return session.services().replication.put([
        {
          key: { partitionKey: account, sortKey: DEVICES_SORT_KEY },
          actorOf: (epoch) => actorOf(peer.peerId, epoch, account),
          build(given) {
            const { actor, counter, lastOwn, epoch, siblings } = given;
            const records = siblings.map(readDevicesRecord);
            return issueDevices({
              ring,
              account,
              actor,
              counter,
              context: contextForWrite({ actor, counter, lastOwn, replaced: siblings }),
              epoch,
              signer,
              peer,
              record: change(createDeviceDirectory({ account, records }, { verifier })),
            });
          },
        },
      ]);
    },
  };
}
