import { AppError, isAppError } from '../base/app-error.ts';
import { createBoundedMap } from '../base/bounded-map.ts';
import type { Clock } from '../base/clock.ts';
import { onAbort } from '../base/waiting.ts';
import { compareDots, type Dot } from '../domain/causal-context.ts';
import type { Hash, PartitionKey, PeerId } from '../domain/ids.ts';
import { isAtLeast, writeState, type WriteState } from '../domain/quorum.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest, ItemStore } from '../storage/item-store.ts';
import type { Background } from './bounded-work.ts';
import { deliveryOf, jointDelivery } from './delivery.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { FillMarks } from './fill-marks.ts';
import { awaitState, lastOf, type Flight } from './flight.ts';
import type { OutboxDelivery } from './outbox-delivery.ts';
import type { OwnCounters } from './own-counters.ts';
import type { PutOptions, PutReceipt } from './replication.ts';
import type { RingView } from './ring-view.ts';

const DEFAULT_WAIT_MS = 2000;
/** How long the first version of an ordered batch may keep the others waiting. */
const LEAD_MS = 1000;
/** Strict writes whose former siblings are kept, so that they can be taken back. */
const MAX_BEFORE = 200;

/** The writing peer coordinates its writes itself (Dynamo §6.4; DESIGN §2 Writes). */
export interface PutCoordinator {
  put(requests: readonly IssueRequest[], options?: PutOptions): Promise<PutReceipt>;
  retry(dot: Dot): Promise<PutReceipt>;
  withdraw(dot: Dot): Promise<boolean>;
}

interface Issuing {
  readonly strict: boolean;
  readonly alongside: PutOptions['alongside'];
  /** Sends them while their batch is on its way to this disk. */
  readonly leave?: ((versions: readonly SignedVersion[]) => void) | undefined;
}

export function createPutCoordinator(components: {
  readonly clock: Clock;
  readonly store: ItemStore;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  readonly counters: OwnCounters;
  readonly outbox: OutboxDelivery;
  readonly background: Background;
}): PutCoordinator {
  const { clock, store, view, detector, fillMarks, counters, outbox } = components;
  const before = createBoundedMap<Hash, readonly SignedVersion[]>({ maxSize: MAX_BEFORE });

  /** Refuses a strict write, with nothing written, when too few owners can be asked now. */
  function countOwners(account: PartitionKey, wanted: number | undefined): void {
    const { partition, owners, pending, w, n } = view.listOf(account);
    const needed = Math.max(1, Math.min(wanted ?? w, n));
    const reachable = owners.filter((owner) =>
      owner === view.self ? !fillMarks.isUnfilled(partition) : detector.isReachable(owner),
    ).length;
    const meetsEach = pending.every(({ incoming }) =>
      incoming.some((peer) => peer === view.self || detector.isReachable(peer)),
    );
    if (reachable >= needed && meetsEach) return;
    const lacks = `Only ${reachable} of the ${needed} machines this needs can be reached`;
    const missed = 'A machine that is coming in, and has to have it, too, cannot be reached';
    throw new AppError(
      'QUORUM_NOT_REACHED',
      `${reachable < needed ? lacks : missed}; nothing was written.`,
      { details: { reachable, needed, owners: owners.length } },
    );
  }
  /** Issues, and for strict writes remembers what each version stood in place of. */
  async function issue(
    requests: readonly IssueRequest[],
    { strict, alongside, leave }: Issuing,
  ): Promise<readonly SignedVersion[]> {
    for (const account of new Set(requests.map((one) => one.key.partitionKey))) {
      await counters.prepare(account);
    }
    const replaced: (readonly SignedVersion[])[] = [];
    const noted = requests.map((request, i) => ({
      ...request,
      build: (given: Parameters<IssueRequest['build']>[0]): SignedVersion => {
        replaced[i] = given.siblings;
        return request.build(given);
      },
    }));
    const versions = await store.issue(noted, alongside, leave);
    // The devices record also travels with sessions and share links, past the outbox.
    await counters.letOut(versions.filter((version) => version.kind === 'devices'));
    for (const [i, version] of versions.entries()) {
      if (strict) before.set(version.hash, replaced[i] ?? []);
    }
    return versions;
  }
  async function wait(
    flights: readonly Flight[],
    wanted: { state: WriteState; idleEnds: boolean; timeoutMs: number },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // By hand instead of an aborted sleep: every write ends its wait, and errors cost.
    const { promise: time, resolve } = Promise.withResolvers<void>();
    const cancel = clock.schedule(wanted.timeoutMs, resolve);
    const signals = [components.background.signal, ...(signal === undefined ? [] : [signal])];
    const listening = signals.map((one) => onAbort(one, resolve));
    if (signals.some((one) => one.aborted)) resolve();
    const waits = flights.map((flight) => awaitState(flight, wanted));
    await Promise.race([Promise.all(waits.map((one) => one.reached)), time]);
    for (const one of waits) one.stop();
    for (const stop of listening) stop();
    cancel();
  }
  /** Sends them; where their order matters, the first alone until it is safe. */
  async function launch(
    versions: readonly SignedVersion[],
    how: { readonly w: number | undefined; readonly strict: boolean },
    { inOrder = false, signal }: PutOptions,
  ): Promise<readonly Flight[]> {
    if (!inOrder || versions.length < 2) return outbox.launch(versions, how);
    const lead = outbox.launch(versions.slice(0, 1), how);
    await wait(lead, { state: 'safe', idleEnds: true, timeoutMs: LEAD_MS }, signal);
    return [...lead, ...outbox.launch(versions.slice(1), how)];
  }
  const isOtherReachable = (owner: PeerId): boolean =>
    owner !== view.self && detector.isReachable(owner);
  /**
   * True when the versions gain by leaving before they are durable here. Strict ones may be taken
   * back, ordered ones wait for each other, and a change of devices is noted first.
   */
  function isEager(requests: readonly IssueRequest[], { inOrder = false }: PutOptions): boolean {
    return (
      (!inOrder || requests.length < 2) &&
      requests.every(
        ({ key }) =>
          key.sortKey !== DEVICES_SORT_KEY &&
          view.listOf(key.partitionKey).owners.some(isOtherReachable),
      )
    );
  }
  /** Issues and sends: in the same moment where that may be (DESIGN §2 Writes; decision 0508). */
  async function send(
    requests: readonly IssueRequest[],
    options: PutOptions & { strict: boolean },
  ) {
    const { strict, alongside } = options;
    const how = { w: options.w, strict };
    let early: readonly Flight[] = [];
    const leave = (leaving: readonly SignedVersion[]): void => {
      early = outbox.launch(leaving, how);
    };
    const eager = !strict && isEager(requests, options);
    try {
      const versions = await issue(requests, {
        strict,
        alongside,
        leave: eager ? leave : undefined,
      });
      const flights = early.length > 0 ? early : await launch(versions, how, options);
      return { versions, flights };
    } catch (error) {
      // They may be elsewhere and are not here: what comes back is taken like anybody's.
      for (const flight of early) outbox.cancel(flight);
      if (early.length === 0 || !isAppError(error, 'DISK_FULL')) throw error;
      throw new AppError(
        'STORAGE_FAILED',
        'The disk of this machine is full. The change may have reached other machines.',
        { details: { outcome: 'unknown' }, cause: error },
      );
    }
  }
  function receipt(versions: readonly SignedVersion[], flights: readonly Flight[]): PutReceipt {
    const lasts = flights.map(lastOf);
    const current = versions.map((version, i) => lasts[i]?.version ?? version);
    return { versions: current, ...jointDelivery(lasts.map(({ quorum }) => deliveryOf(quorum))) };
  }
  function unknown(flights: readonly Flight[]): AppError {
    const [first] = flights.map(lastOf).filter((f) => !isAtLeast(writeState(f.quorum), 'placed'));
    return new AppError(
      'OUTCOME_UNKNOWN',
      'The change was sent, but too few machines have confirmed it. Try again, or take it back.',
      {
        details: {
          dot: first === undefined ? null : { ...first.entry.dot },
          acked: first === undefined ? [] : [...first.quorum.held],
        },
      },
    );
  }
  async function awaitStrict(flights: readonly Flight[], options: PutOptions): Promise<void> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
    const state = options.waitFor === 'complete' ? 'complete' : 'placed';
    await wait(flights, { state, idleEnds: false, timeoutMs }, options.signal);
    const done = flights.map(lastOf).every((f) => isAtLeast(writeState(f.quorum), 'placed'));
    if (!done) throw unknown(flights);
  }
  function flightOf(dot: Dot): Flight | undefined {
    for (const flight of outbox.flights()) {
      if (compareDots(flight.entry.dot, dot) === 0) return flight;
    }
    return undefined;
  }
  return {
    async put(requests, options = {}) {
      const strict = options.consistency === 'strict';
      if (strict) for (const { key } of requests) countOwners(key.partitionKey, options.w);
      const { versions, flights } = await send(requests, { ...options, strict });
      if (strict) await awaitStrict(flights, options);
      else {
        const { waitFor: state = 'safe', timeoutMs = DEFAULT_WAIT_MS } = options;
        await wait(flights, { state, idleEnds: true, timeoutMs }, options.signal);
      }
      return receipt(versions, flights);
    },
    async retry(dot) {
      const flight = flightOf(dot);
      if (flight === undefined) throw new AppError('NOT_FOUND', 'This write is not under way.');
      const held = await store.read(flight.entry.key);
      outbox.retry(flight);
      await awaitStrict([flight], {});
      return receipt(
        held.filter((version) => version.hash === flight.entry.hash),
        [flight],
      );
    },
    async withdraw(dot) {
      const flight = flightOf(dot);
      const was = flight === undefined ? undefined : before.get(flight.entry.hash);
      if (flight === undefined || was === undefined || flight.tried.size > 0) return false;
      outbox.cancel(flight);
      const remove = [flight.entry.hash];
      await store.replaceVersions(flight.entry.key, { remove, add: was });
      return true;
    },
  };
}
