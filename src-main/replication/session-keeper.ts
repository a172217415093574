import { AppError, isAppError } from '../base/app-error.ts';
import { toHex } from '../base/bytes.ts';
import { waitShared } from '../base/waiting.ts';
import type { PartitionKey, PeerId, RingId } from '../domain/ids.ts';
import { fitFrame } from '../network/messages/codec.ts';
import { sessionMessage, type SessionRequest } from '../network/messages/session.ts';
import type { Transport } from '../network/transport.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import { sessionProofBytes } from '../security/session.ts';
import type { DeviceDirectories } from './device-directories.ts';
import type { HeldAccounts } from './held-accounts.ts';
import type { Intake } from './intake.ts';
import type { CallOptions, MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';

/** This member's sessions at others: proved once a connection and account, then remembered. */
export interface SessionKeeper {
  /** Runs `work` with a session of the account at the peer; proves it (again) where needed. */
  within<T>(
    peer: PeerId,
    account: PartitionKey,
    options: CallOptions,
    work: () => Promise<T>,
  ): Promise<T>;
}

export function createSessionKeeper(
  init: { readonly ring: RingId },
  components: {
    readonly transport: Pick<Transport, 'self' | 'on' | 'sessionNonce'>;
    readonly calls: MemberCalls;
    readonly held: Pick<HeldAccounts, 'require'>;
    readonly directories: Pick<DeviceDirectories, 'versions'>;
    readonly counters: Pick<OwnCounters, 'letOut'>;
    readonly intake: Pick<Intake, 'read' | 'take'>;
  },
): SessionKeeper {
  const { transport, calls, held, directories, counters, intake } = components;
  /** By peer and account: the connection's nonce it was proved on, and the device. */
  const proved = new Map<string, { readonly stamp: string; readonly done: Promise<void> }>();

  /** @throws DEVICE_REVOKED, when what says so is here: who was away learns it so. */
  async function ask(peer: PeerId, request: SessionRequest, options: CallOptions): Promise<void> {
    const { revoked } = await calls.call(peer, sessionMessage, request, options);
    if (revoked.length === 0) return;
    const key = { partitionKey: request.partitionKey, sortKey: DEVICES_SORT_KEY };
    await intake.take(key, intake.read(revoked, key));
    throw new AppError('DEVICE_REVOKED', 'This device was taken off the account.');
  }
  /** Who waits for it shares it: it ends with nobody's patience, and is not held up by a loss. */
  async function prove(peer: PeerId, account: PartitionKey): Promise<void> {
    const options = { again: true };
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
    const request = {
      partitionKey: account,
      device,
      signature: sign(sessionProofBytes(claim)),
      devices: [],
    };
    try {
      await ask(peer, request, options);
    } catch (error) {
      // The owner does not know the device yet: hand it the record that vouches for it.
      const versions = await directories.versions(account);
      if (!isAppError(error, 'DEVICE_UNKNOWN') || versions.length === 0) throw error;
      const devices = fitFrame(versions.map((version) => version.bytes));
      await counters.letOut(versions.slice(0, devices.length));
      await ask(peer, { ...request, devices }, options);
    }
  }
  function ensure(peer: PeerId, account: PartitionKey): Promise<void> {
    const name = `${peer}/${account}`;
    const nonce = transport.sessionNonce(peer);
    const { device } = held.require(account);
    const stamp = `${device}/${nonce === undefined ? '' : toHex(nonce)}`;
    const known = proved.get(name);
    if (known?.stamp === stamp) return known.done;
    const done = prove(peer, account);
    proved.set(name, { stamp, done });
    done.catch(() => {
      if (proved.get(name)?.done === done) proved.delete(name);
    });
    return done;
  }
  transport.on('down', ({ peer }) => {
    for (const name of [...proved.keys()]) if (name.startsWith(`${peer}/`)) proved.delete(name);
  });
  return {
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
