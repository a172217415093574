/** Takes in the devices record that the maker of a share link answers with, once it is checked. */
import { AppError } from '../base/app-error.ts';
import { highestCounter } from '../domain/causal-context.ts';
import type { PartitionKey, PeerId, RingId } from '../domain/ids.ts';
import { seenOf } from '../domain/versioned-item.ts';
import { findUnclosed } from '../domain/write-context.ts';
import { actorOf } from '../security/actor.ts';
import type { Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY, readEnvelope } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { verifyDevicesVersion } from '../security/verify-version.ts';
import type { ItemStore } from '../storage/item-store.ts';

export interface ExpectedDevices {
  readonly ring: RingId;
  /** The account that the link names. */
  readonly account: PartitionKey;
  /** This peer. */
  readonly self: PeerId;
}

/**
 * Merges versions of `account#devices`: signed by the account's own people, with a closed past. One
 * that names a dot of this store that it has not issued is passed over here: it comes again with
 * the exchange of the account, where another life of the store is dealt with (DESIGN §2 Epochs).
 * @throws BAD_ENCODING, BAD_SIGNATURE, DEVICE_REVOKED, BAD_REQUEST, STALE_CONTEXT; those before it
 * are then merged, it and those after it are not.
 */
export async function takeDevices(
  expected: ExpectedDevices,
  answered: readonly Uint8Array[],
  components: { readonly store: ItemStore; readonly verifier: Verifier },
): Promise<void> {
  const { store, verifier } = components;
  const key = { partitionKey: expected.account, sortKey: DEVICES_SORT_KEY };
  for (const bytes of answered) {
    const version = readEnvelope(bytes);
    checkPlace(version, expected);
    const held = await store.read(key);
    if (held.some(({ hash }) => hash === version.hash)) continue;
    verifyDevicesVersion(version, held, verifier);
    if (findUnclosed(version, held) !== undefined) {
      throw new AppError('STALE_CONTEXT', 'The other machine left out part of what it replaces.');
    }
    if (await namesForeignLife(version, expected, store)) continue;
    await store.merge(key, [version]);
  }
}

function checkPlace(version: SignedVersion, { ring, account }: ExpectedDevices): void {
  const fits = version.ring === ring && version.key.partitionKey === account;
  if (fits && version.kind === 'devices' && version.key.sortKey === DEVICES_SORT_KEY) return;
  throw new AppError('BAD_ENCODING', 'The other machine answered with something else.');
}

/** It has seen a dot under this store's name that this store has not given out. */
async function namesForeignLife(
  version: SignedVersion,
  { self, account }: ExpectedDevices,
  store: ItemStore,
): Promise<boolean> {
  const own = actorOf(self, store.epoch, account);
  return highestCounter(seenOf(version), own) > (await store.issuedCounter(own));
}
