import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { sleep, waitShared } from '../base/waiting.ts';
import type { ItemKey, PeerId } from '../domain/ids.ts';
import { fitFrame } from '../network/messages/codec.ts';
import { putMessage, type PutAnswer } from '../network/messages/put.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { MemberCalls } from './member-calls.ts';
import type { OwnCounters } from './own-counters.ts';
import { createPutBatches } from './put-batches.ts';
import type { RingView } from './ring-view.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { Timings } from './timings.ts';

export interface Parcel {
  readonly key: ItemKey;
  readonly versions: readonly SignedVersion[];
  /** Owners in whose place the receiver takes them. */
  readonly hintsFor?: readonly PeerId[];
  /**
   * True for a write: it carries the list's hash, and two members with different lists first agree.
   * False between members that hand over or compare what they hold.
   */
  readonly listed: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What became of one version; `loose`: the member took it by another list than ours, or lacks. */
export type SentOutcome = PutAnswer['each'][number] & { readonly loose: boolean };

/** Brings versions of one item to one member, past the two things that can stand in between. */
export interface PutSender {
  /**
   * One outcome for each version, in order. A member that does not know the device gets
   * `account#devices` first; one with another list is caught up with, and after
   * `Timings.otherListMs` gets the write as a sloppy one.
   */
  send(peer: PeerId, parcel: Parcel): Promise<readonly SentOutcome[]>;
}

/**
 * Pauses between tries to agree on the list: what was pushed to the other is on its way, and is
 * there in a moment mostly.
 */
const LIST_PAUSES_MS = [10, 20, 50, 100];

export function createPutSender(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly calls: MemberCalls;
    readonly view: RingView;
    readonly store: Pick<ItemStore, 'epoch'>;
    readonly counters: OwnCounters;
    readonly sessions: Pick<SessionKeeper, 'devicesRecord'>;
    /** Resolves when the member has told what it knows of our counters (EpochGuard). */
    contact(peer: PeerId, parcel: Parcel): Promise<void>;
    catchUp(peer: PeerId, signal: AbortSignal | undefined): Promise<void>;
  },
): PutSender {
  const { clock, calls, view, counters, sessions } = components;
  const batches = createPutBatches(components);

  async function deliver(
    peer: PeerId,
    parcel: Parcel,
    sloppy: boolean,
  ): Promise<PutAnswer['each']> {
    const { key, hintsFor = [], signal } = parcel;
    const [only] = parcel.versions;
    if (parcel.versions.length === 1 && only !== undefined && !sloppy) {
      await counters.letOut([only]);
      const listHash = parcel.listed ? view.listOf(key.partitionKey).hash : null;
      return batches.send(peer, { key, version: only, listHash, hintsFor, signal });
    }
    const out: PutAnswer['each'][number][] = [];
    while (out.length < parcel.versions.length) {
      const left = parcel.versions.slice(out.length);
      const versions = fitFrame(left.map((version) => version.bytes));
      const leaving = left.slice(0, versions.length);
      await counters.letOut(leaving);
      counters.checkNames(leaving);
      const listHash = parcel.listed ? view.listOf(key.partitionKey).hash : null;
      const request = { listHash, sloppy, hintsFor, key, versions };
      const { each } = await calls.call(peer, putMessage, request, { signal });
      out.push(...each.slice(0, versions.length));
      if (each.length === 0) break;
    }
    return out;
  }
  const introduce = createIntroducer(async (peer, { partitionKey }, hintsFor) => {
    const versions = await sessions.devicesRecord(partitionKey);
    if (versions.length === 0) return;
    const key = { partitionKey, sortKey: DEVICES_SORT_KEY };
    await deliver(peer, { key, versions, hintsFor, listed: false }, false);
  });
  return {
    async send(peer, parcel) {
      const started = clock.monotonicMs();
      let devicesPushed = false;
      let sloppy = false;
      let tries = 0;
      const { epoch } = components.store;
      await components.contact(peer, parcel);
      if (components.store.epoch !== epoch) {
        // Own versions among these were issued again under other names meanwhile.
        throw new AppError('ABORTED', 'A new epoch has begun.');
      }
      for (;;) {
        try {
          const each = await deliver(peer, parcel, sloppy);
          return each.map((one) => ({ ...one, loose: sloppy || one.unfilled }));
        } catch (error) {
          if (isAppError(error, 'DEVICE_UNKNOWN') && !devicesPushed) {
            devicesPushed = true;
            await introduce(peer, parcel);
            continue;
          }
          if (!isAppError(error, 'OTHER_LIST') || sloppy) throw error;
          sloppy = clock.monotonicMs() - started >= init.timings.otherListMs;
          await components.catchUp(peer, parcel.signal).catch(() => undefined);
          const pauseMs = LIST_PAUSES_MS[tries++] ?? LIST_PAUSES_MS.at(-1) ?? 0;
          await sleep(clock, pauseMs, parcel.signal);
        }
      }
    },
  };
}

/**
 * Hands a member the devices of an account once for all the parcels that it could not take for want
 * of them at that moment: they go on together, and so in one message again.
 */
function createIntroducer(
  push: (peer: PeerId, key: ItemKey, hintsFor: readonly PeerId[]) => Promise<void>,
): (peer: PeerId, parcel: Parcel) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  return (peer, { key, hintsFor = [], signal }) => {
    const name = [peer, key.partitionKey, ...hintsFor].join(' ');
    const known = underWay.get(name);
    if (known !== undefined) return waitShared(known, signal);
    const made = push(peer, key, hintsFor).finally(() => underWay.delete(name));
    underWay.set(name, made);
    return waitShared(made, signal);
  };
}
