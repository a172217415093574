/**
 * What an owner checks before a version reaches its store (DESIGN §2 Admission and trust): that a
 * device in force for the account signed it, under the actor of its own machine.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex } from '../base/bytes.ts';
import { encodeCbor } from '../base/cbor.ts';
import { coversVersion } from '../domain/versioned-item.ts';
import { actorOf } from './actor.ts';
import {
  createDeviceDirectory,
  type DeviceDirectory,
  type DeviceEntry,
} from './device-directory.ts';
import { containsRecord, readDevicesRecord, type WrittenRecord } from './devices-record.ts';
import { writerFields } from './devices-version.ts';
import type { Verifier } from './ed25519.ts';
import { signedPart } from './envelope-format.ts';
import { labelled } from './signed-record.ts';
import type { SignedVersion } from './signed-version.ts';

/**
 * Checks a version of kind value or tombstone.
 * @param directory of the version's account; undefined when nothing of the account is known here.
 * @throws DEVICE_UNKNOWN (push `account#devices` first), DEVICE_REVOKED, BAD_SIGNATURE
 */
export function verifyVersion(
  version: SignedVersion,
  directory: DeviceDirectory | undefined,
  verifier: Verifier,
): void {
  if (version.kind === 'devices') throw wrong('is of the kind that carries its own proof');
  if (directory !== undefined && directory.account !== version.key.partitionKey) {
    throw wrong('is of another account');
  }
  const entry = directory?.lookup(version.device);
  if (entry === undefined || !entry.write) {
    throw new AppError('DEVICE_UNKNOWN', 'The device that wrote this is not known here.', {
      details: { device: version.device, account: version.key.partitionKey },
    });
  }
  const isOwnActor = entry.peers.some(
    (peer) => actorOf(peer, version.epoch, version.key.partitionKey) === version.dot.actor,
  );
  if (!isOwnActor) throw wrong('has the name of another machine');
  checkSignature(version, verifier);
  checkLimits(version, entry);
}

/**
 * Checks a version of `account#devices`, with what it brings itself taken together with what is
 * held: its signer has to be the master or a certifier in force, its writer its own.
 * @param held the siblings of `account#devices` held here, checked before.
 * @returns the record it holds.
 * @throws BAD_SIGNATURE, DEVICE_REVOKED, BAD_ENCODING; BAD_REQUEST when it would replace a held
 * version without having all that that one has (the record only grows).
 */
export function verifyDevicesVersion(
  version: SignedVersion,
  held: readonly SignedVersion[],
  verifier: Verifier,
): WrittenRecord {
  const account = version.key.partitionKey;
  const record = readDevicesRecord(version);
  checkSignature(version, verifier);
  checkWriter(version, record, verifier);
  const heldRecords = held.map((one) => ({ version: one, record: readDevicesRecord(one) }));
  if ((version.device as string) !== (account as string)) {
    const records = [record, ...heldRecords.map((one) => one.record)];
    const directory = createDeviceDirectory({ account, records }, { verifier });
    const entry = directory.lookup(version.device);
    if (entry?.certify !== true) throw wrong('was signed by a key that may not change devices');
    checkLimits(version, entry);
  }
  for (const one of heldRecords) {
    if (coversVersion(version, one.version) && !containsRecord(record, one.record)) {
      throw new AppError('BAD_REQUEST', 'A list of devices only grows; this one forgets some.');
    }
  }
  return record;
}

/** Whether the device it names signed these bytes; not whether that device may write. */
export function isSigned(version: SignedVersion, verifier: Verifier): boolean {
  const { message, signature } = signedPart(version);
  return verifier.verify(fromHex(version.device), message, signature);
}

function checkSignature(version: SignedVersion, verifier: Verifier): void {
  if (!isSigned(version, verifier)) throw wrong('has a wrong signature');
}

function checkWriter(version: SignedVersion, record: WrittenRecord, verifier: Verifier): void {
  const account = version.key.partitionKey;
  const { actor, counter } = version.dot;
  if (actorOf(record.writer, version.epoch, account) !== actor) {
    throw wrong('has the name of another machine');
  }
  const fields = writerFields({ account, actor, counter, signer: fromHex(version.device) }, record);
  const message = labelled('carrossel/devices-writer/1', encodeCbor(fields));
  if (!verifier.verify(record.writer, message, record.writerSignature)) {
    throw wrong('was not written by the machine it names');
  }
}

function checkLimits(version: SignedVersion, entry: DeviceEntry): void {
  if (entry.revoked === undefined) return;
  if (version.dot.counter <= (entry.revoked.limits.get(version.epoch) ?? 0)) return;
  throw new AppError('DEVICE_REVOKED', 'The device that wrote this was taken off the account.', {
    details: { device: version.device, account: version.key.partitionKey },
  });
}

function wrong(why: string): AppError {
  return new AppError('BAD_SIGNATURE', `A version ${why}.`);
}
