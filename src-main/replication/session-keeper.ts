import { AppError, isAppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import { waitShared } from '../base/waiting.ts';
import type { PartitionKey, PeerId, RingId } from '../domain/ids.ts';
import { fitFrame } from '../network/messages/codec.ts';
import { sessionMessage, type SessionRequest } from '../network/messages/session.ts';
import type { Transport } from '../network/transport.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import { sessionProofBytes } from '../security/session.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { Intake } from './intake.ts';
import type { CallOptions, MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';
import type { VersionPull } from './version-pull.ts';

/** This member's sessions at others: proved once a connection and account, then remembered. */
export interface SessionKeeper {
  /** Runs `work` with a session of the account at the peer; proves it (again) where needed. */
  within<T>(
    peer: PeerId,
    account: PartitionKey,
    options: CallOptions,
    work: () => Promise<T>,
  ): Promise<T>;
  /**
   * `account#devices`, for a member that does not know a device of the account: what is here; where
   * nothing is (a disk put back, a log-in a moment ago), what a member that has it gives this one.
   */
  devicesRecord(account: PartitionKey): Promise<readonly SignedVersion[]>;
}

/** A session of this connection, or one that is being proved. */
interface Proof {
  readonly peer: PeerId;
  readonly account: PartitionKey;
  /** The connection's nonce it is proved on, and the device. */
  readonly stamp: string;
  /** The member knew the device by itself. */
  readonly known: Promise<void>;
  readonly done: Promise<void>;
}

/** Who waits for a proof shares it: nobody's patience ends it, and a loss does not hold it up. */
const PATIENT: CallOptions = { again: true };

export function createSessionKeeper(
  init: { readonly ring: RingId },
  components: {
    readonly transport: Pick<Transport, 'self' | 'on' | 'sessionNonce'>;
    readonly calls: MemberCalls;
    readonly held: Pick<HeldAccounts, 'require'>;
    readonly directories: Pick<DeviceDirectories, 'versions'>;
    readonly counters: Pick<OwnCounters, 'letOut'>;
    readonly intake: Pick<Intake, 'read' | 'take'>;
    readonly pull: Pick<VersionPull, 'devices'>;
  },
): SessionKeeper {
  const { transport, calls, held, directories, counters, intake, pull } = components;
  /** By peer and account. */
  const proved = new Map<string, Proof>();

  /** @throws DEVICE_REVOKED, when what says so is here: who was away learns it so. */
  async function ask(peer: PeerId, request: SessionRequest): Promise<void> {
    const { revoked } = await calls.call(peer, sessionMessage, request, PATIENT);
    if (revoked.length === 0) return;
    const key = { partitionKey: request.partitionKey, sortKey: DEVICES_SORT_KEY };
    await intake.take(key, intake.read(revoked, key));
    throw new AppError('DEVICE_REVOKED', 'This device was taken off the account.');
  }
  function requestTo(peer: PeerId, account: PartitionKey): SessionRequest {
    const { device, sign } = held.require(account);
    const nonce = transport.sessionNonce(peer);
    if (nonce === undefined) throw new AppError('UNREACHABLE', 'No session with this member.');
    const claim = {
      ring: init.ring,
      account,
      nonce,
      prover: transport.self,
      verifier: peer,
      device,
    };
    return {
      partitionKey: account,
      device,
      signature: sign(sessionProofBytes(claim)),
      devices: [],
    };
  }
  async function devicesRecord(account: PartitionKey): Promise<readonly SignedVersion[]> {
    const here = await directories.versions(account);
    if (here.length > 0) return here;
    // Only of who knew the device by itself: two that do not would wait for each other.
    const given = [...proved.values()]
      .filter((proof) => proof.account === account)
      .map(({ peer, known }) => known.then(() => pull.devices(peer, account, {})));
    await Promise.any(given).catch(() => undefined);
    return directories.versions(account);
  }
  /** The member does not know the device yet: hands it the record that vouches for it. */
  async function introduce(peer: PeerId, request: SessionRequest, refusal: unknown): Promise<void> {
    if (!isAppError(refusal, 'DEVICE_UNKNOWN')) throw refusal;
    const versions = await devicesRecord(request.partitionKey);
    if (versions.length === 0) throw refusal;
    const devices = fitFrame(versions.map((version) => version.bytes));
    await counters.letOut(versions.slice(0, devices.length));
    await ask(peer, { ...request, devices });
  }
  function ensure(peer: PeerId, account: PartitionKey): Promise<void> {
    const name = `${peer}/${account}`;
    const nonce = transport.sessionNonce(peer);
    const { device } = held.require(account);
    const stamp = `${device}/${nonce === undefined ? '' : toHex(nonce)}`;
    const before = proved.get(name);
    if (before?.stamp === stamp) return before.done;
    const request = requestTo(peer, account);
    const known = ask(peer, request);
    const done = known.catch((error: unknown) => introduce(peer, request, error));
    proved.set(name, { peer, account, stamp, known, done });
    done.catch(() => {
      if (proved.get(name)?.done === done) proved.delete(name);
    });
    return done;
  }
  transport.on('down', ({ peer }) => {
    for (const name of [...proved.keys()]) if (name.startsWith(`${peer}/`)) proved.delete(name);
  });
  return {
    devicesRecord,
    async within(peer, account, { signal }, work) {
      await waitShared(ensure(peer, account), signal);
      try {
        return await work();
      } catch (error) {
        if (!isAppError(error, 'SESSION_REQUIRED')) throw error;
        // The other side forgot it (its table changed, or it started anew): prove it once more.
        proved.delete(`${peer}/${account}`);
        await waitShared(ensure(peer, account), signal);
        return work();
      }
    },
  };
}
