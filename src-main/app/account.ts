/**
 * One account that this machine is logged in to: opens what the account's devices wrote, and makes
 * the requests for what this device writes. Who may write and which keys seal follows from the
 * siblings of `account#devices`, as their union (DESIGN §2 Admission and trust).
 */
import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { actorTableOf, type CausalContext, type Dot } from '../domain/causal-context.ts';
import type {
  ActorId,
  DeviceKey,
  PartitionKey,
  PeerId,
  RingId,
  StoreEpoch,
} from '../domain/ids.ts';
import { mergeSiblings, type Version } from '../domain/versioned-item.ts';
import { contextForWrite } from '../domain/write-context.ts';
import {
  deviceKeysFromSeed,
  indexKeyOf,
  opaqueId,
  type DeviceKeys,
} from '../security/account-keys.ts';
import { actorOf } from '../security/actor.ts';
import {
  createDeviceDirectory,
  openKeyring,
  type DeviceDirectory,
} from '../security/device-directory.ts';
import { readDevicesRecord } from '../security/devices-record.ts';
import type { Verifier } from '../security/ed25519.ts';
import {
  issueEnvelope,
  openEnvelope,
  type Keyring,
  type SealedContent,
} from '../security/envelope.ts';
import { deriveKey } from '../security/key-derivation.ts';
import type { PeerKey } from '../security/peer-key.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { causeExtension, type WriteCause } from '../security/write-cause.ts';
import type { IssueGiven, IssueRequest } from '../storage/item-store.ts';
import type { AccountSecret } from './account-secret.ts';

const THEN = ' → ';

/** What a write puts into the envelope, decided inside the item's turn. */
export interface Draft {
  readonly kind: 'value' | 'tombstone';
  readonly type: SealedContent['type'];
  /** Versions held here that this write takes the place of. */
  readonly replaced: readonly Version[];
  /** The context the caller gave, where it gave one. */
  readonly given?: CausalContext;
  /** Where a function writes. */
  readonly cause?: WriteCause;
  /** Device names of the version that this write goes on with: a side of an open choice, a copy. */
  readonly continues?: string;
  /** When it was written at first, where that was elsewhere (an import). @default now */
  readonly wallMs?: number;
  /** Makes the value's bytes when its dot is known. */
  encode(at: {
    readonly dot: Dot;
    readonly actors: readonly ActorId[];
    readonly wallMs: number;
  }): Uint8Array;
}

export interface Account {
  readonly id: PartitionKey;
  readonly label: string;
  readonly deviceName: string;
  readonly shared: boolean;
  readonly device: DeviceKeys;
  /** The person's certifier key; shared carts only. */
  readonly certifier: DeviceKeys | undefined;
  readonly secret: AccountSecret;
  readonly directory: DeviceDirectory;
  /** False while the keys for this device are still on their way here. */
  canOpen(): boolean;
  /** Sealing keys this device can open; SEALED when there are none. */
  keyring(): Keyring;
  /**
   * Learns who may write and what seals from siblings of `account#devices`. What is known only
   * grows, so it does not matter in which order they come.
   */
  refresh(siblings: readonly SignedVersion[]): void;
  /** Opaque id of a name, the same on every device of the account. */
  opaqueId(space: string, name: string): string;
  /** Authenticates context tokens; the same on every device of the account. */
  contextKey(): Uint8Array;
  /** @throws SEALED when this device has no key for the version. */
  open(version: SignedVersion): SealedContent;
  /** @throws DEVICE_REVOKED, DEVICE_UNKNOWN, SEALED at once; what `compose` throws, when issued. */
  request(sortKey: string, compose: (given: IssueGiven) => Draft): IssueRequest;
}

export interface AccountComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly verifier: Verifier;
  /** @throws NO_RING while there is none. */
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
}

export function createAccount(secret: AccountSecret, components: AccountComponents): Account {
  const { clock, random, verifier, identity } = components;
  const device = deviceKeysFromSeed(secret.deviceSeed);
  const certifier =
    secret.certifierSeed === undefined ? undefined : deviceKeysFromSeed(secret.certifierSeed);
  let directory = createDeviceDirectory({ account: secret.id, records: [] }, { verifier });
  let keyring: Keyring | undefined;
  let known: readonly SignedVersion[] = [];
  /** Derived once: every read and write of an item needs it. */
  let indexKey: Uint8Array | undefined;
  let contextKey: Uint8Array | undefined;

  const ring = (): Keyring => {
    if (keyring === undefined) throw noKey(secret.label);
    return keyring;
  };
  const firstKey = (): Uint8Array => {
    const [key] = ring().get(1);
    if (key === undefined) throw noKey(secret.label);
    return key;
  };

  function build(given: IssueGiven, sortKey: string, draft: Draft): SignedVersion {
    const context = contextForWrite({
      actor: given.actor,
      counter: given.counter,
      lastOwn: given.lastOwn,
      replaced: draft.replaced,
      ...(draft.given === undefined ? {} : { given: draft.given }),
    });
    const dot = { actor: given.actor, counter: given.counter };
    const wallMs = draft.wallMs ?? clock.wallMs();
    const value = draft.encode({ dot, actors: actorTableOf(given.actor, context), wallMs });
    return issueEnvelope(
      {
        ring: identity().ring,
        key: { partitionKey: secret.id, sortKey },
        actor: given.actor,
        counter: given.counter,
        context,
        epoch: given.epoch,
        kind: draft.kind,
        signer: device.signing,
        sealingKey: ring().current,
        extensions: draft.cause === undefined ? undefined : [causeExtension(draft.cause)],
        content: {
          deviceName: writtenBy(secret.deviceName, draft.continues),
          wallMs,
          type: draft.type,
          value,
        },
      },
      { random },
    );
  }

  /** The actor of the epoch at hand, derived once. */
  let actor:
    { readonly epoch: StoreEpoch; readonly peer: PeerId; readonly id: ActorId } | undefined;
  function actorIn(epoch: StoreEpoch): ActorId {
    const { peerId: peer } = identity().peer;
    if (actor?.epoch !== epoch || actor.peer !== peer) {
      actor = { epoch, peer, id: actorOf(peer, epoch, secret.id) };
    }
    return actor.id;
  }

  return {
    id: secret.id,
    label: secret.label,
    deviceName: secret.deviceName,
    shared: certifier !== undefined,
    device,
    certifier,
    secret,
    get directory() {
      return directory;
    },
    canOpen: () => keyring !== undefined,
    keyring: ring,
    refresh(siblings) {
      known = mergeSiblings(known, siblings);
      const records = known.map(readDevicesRecord);
      directory = createDeviceDirectory({ account: secret.id, records }, { verifier });
      keyring = tryOpen(directory, device);
      contextKey = undefined;
      indexKey = undefined;
    },
    opaqueId: (space, name) => opaqueId((indexKey ??= indexKeyOf(firstKey())), space, name),
    contextKey: () => (contextKey ??= deriveKey(firstKey(), 'carrossel/context/1')),
    open: (version) => openEnvelope(version, ring()),
    request(sortKey, compose) {
      checkMayWrite(directory, device.device, identity().peer.peerId, secret.label);
      ring();
      return {
        key: { partitionKey: secret.id, sortKey },
        actorOf: actorIn,
        build: (given) => build(given, sortKey, compose(given)),
      };
    },
  };
}

/**
 * Who wrote a version, for people: this device, or who wrote this side of an open choice and then
 * this device. Of more than three the first and the last two are named.
 */
export function writtenBy(own: string, before: string | undefined): string {
  const names = before === undefined ? [] : before.split(THEN);
  if (names.at(-1) !== own) names.push(own);
  return names.length <= 3 ? names.join(THEN) : [names[0], ...names.slice(-2)].join(THEN);
}

/** True when this machine was taken off the account: it can read and write it no more. */
export function isTakenOff({ directory, device }: Account): boolean {
  return directory.lookup(device.device)?.revoked !== undefined;
}

/**
 * No list of devices that is here names this one: what a log-in wrote was lost with a disk that was
 * put back or damaged, and no other machine that can be reached had it.
 */
export function isUnknownHere({ directory, device }: Account): boolean {
  return directory.lookup(device.device) === undefined;
}

/** A device that was added apart from a revocation is in force, and nobody gave it the new key. */
export function lacksNewestKey(account: Account): boolean {
  if (isTakenOff(account) || !account.canOpen()) return false;
  const newest = account.directory.record.sealingKeys.at(-1)?.number;
  return newest !== undefined && account.keyring().get(newest).length === 0;
}

/** True when one device alone wrote this side. */
export function isOneDevice(writtenBy: string): boolean {
  return !writtenBy.includes(THEN);
}

function tryOpen(directory: DeviceDirectory, device: DeviceKeys): Keyring | undefined {
  try {
    return openKeyring(directory, device);
  } catch (error) {
    if (isAppError(error, 'SEALED')) return undefined;
    throw error;
  }
}

function checkMayWrite(
  directory: DeviceDirectory,
  device: DeviceKey,
  peer: PeerKey['peerId'],
  label: string,
): void {
  const entry = directory.lookup(device);
  if (entry?.revoked !== undefined) {
    throw new AppError(
      'DEVICE_REVOKED',
      `This machine has been taken off the account "${label}". Log in again to use it here.`,
    );
  }
  if (entry === undefined || !entry.write || !entry.peers.includes(peer)) {
    throw new AppError(
      'DEVICE_UNKNOWN',
      `This machine is not (or no longer) known to the account "${label}". Log in again.`,
    );
  }
}

function noKey(label: string): AppError {
  return new AppError(
    'SEALED',
    `This machine cannot open "${label}" yet: it waits for the keys from another device. ` +
      'If none brings them, log in again.',
  );
}
