import { AppError, isAppError } from '../../base/app-error.ts';
import type { PeerId, RingId } from '../../domain/ids.ts';
import { fitFrame } from '../../network/messages/codec.ts';
import { sessionMessage, type SessionRequest } from '../../network/messages/session.ts';
import type { Incoming, Transport } from '../../network/transport.ts';
import { DEVICES_SORT_KEY } from '../../security/envelope-format.ts';
import type { Verifier } from '../../security/ed25519.ts';
import { verifySession } from '../../security/session.ts';
import type { DeviceDirectories } from '../device-directories.ts';
import type { HintShare } from '../hint-share.ts';
import type { Intake } from '../intake.ts';
import type { OwnCounters } from '../own-counters.ts';
import type { RingView } from '../ring-view.ts';
import type { SessionBook } from '../session-book.ts';
import type { Handling } from './handling.ts';

/**
 * Opens get, list, fetch and watch of an account to a member that signs this connection's nonce
 * with a device key of the account (DESIGN §2 Admission and trust). A device that was taken off the
 * account is told so (decision 0515).
 */
export function handleSession(
  handling: Handling,
  components: {
    readonly ring: RingId;
    readonly transport: Transport;
    readonly view: RingView;
    readonly book: SessionBook;
    readonly directories: DeviceDirectories;
    readonly intake: Intake;
    readonly hintShare: HintShare;
    readonly verifier: Verifier;
    readonly counters: Pick<OwnCounters, 'letOut' | 'checkNames'>;
    keeps(account: SessionRequest['partitionKey']): boolean;
  },
): void {
  const { transport, view, book, directories, intake, verifier } = components;

  async function verify(request: SessionRequest, { from }: Incoming): Promise<void> {
    const nonce = transport.sessionNonce(from);
    if (nonce === undefined) throw new AppError('UNREACHABLE', 'The connection has ended.');
    const { partitionKey: account, device, signature } = request;
    const claim = {
      ring: components.ring,
      ...{ account, nonce, device, signature },
      prover: from,
      verifier: transport.self,
    };
    verifySession(claim, await directories.of(account), verifier);
  }
  /** The record that vouches for the device came along: it is taken as any write would be. */
  async function takeDevices(request: SessionRequest, from: PeerId): Promise<void> {
    const { partitionKey, devices } = request;
    const key = { partitionKey, sortKey: DEVICES_SORT_KEY };
    const { owners } = view.listOf(partitionKey);
    const hintsFor = components.keeps(partitionKey) ? [] : owners;
    const bytes = devices.reduce((sum, one) => sum + one.byteLength, 0);
    await components.hintShare.within(from, bytes * hintsFor.length, () =>
      intake.take(key, intake.read(devices, key), { hintsFor }),
    );
  }
  /** What says that the device was taken off, for that device alone: it proved to be it. */
  async function revocationOf({ partitionKey }: SessionRequest): Promise<readonly Uint8Array[]> {
    const versions = await directories.versions(partitionKey);
    const revoked = fitFrame(versions.map((version) => version.bytes));
    const leaving = versions.slice(0, revoked.length);
    await components.counters.letOut(leaving);
    components.counters.checkNames(leaving);
    return revoked;
  }
  async function admit(request: SessionRequest, incoming: Incoming): Promise<void> {
    try {
      await verify(request, incoming);
    } catch (error) {
      if (!isAppError(error, 'DEVICE_UNKNOWN') || request.devices.length === 0) throw error;
      await takeDevices(request, incoming.from);
      await verify(request, incoming);
    }
  }
  handling.answer(sessionMessage, async (request, incoming) => {
    try {
      await admit(request, incoming);
    } catch (error) {
      if (!isAppError(error, 'DEVICE_REVOKED')) throw error;
      return { revoked: await revocationOf(request) };
    }
    book.open(incoming.from, request.partitionKey, request.device);
    return { revoked: [] };
  });
}
