import { isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Hash, ItemKey, PeerId } from '../domain/ids.ts';
import {
  ackWrite,
  hintAsked,
  hintFailed,
  missing,
  ownersWithoutFallback,
  ownerSilent,
  writeState,
} from '../domain/quorum.ts';
import type { Transport } from '../network/transport.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore, OutboxEntry } from '../storage/item-store.ts';
import { forEachBounded, type Background } from './bounded-work.ts';
import type { EpochGuard } from './epoch-guard.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { FillMarks } from './fill-marks.ts';
import { canWait, nextFallback } from './fallback-choice.ts';
import { askAgain, createFlight, goalOf, handOver, rebase, wake } from './flight.ts';
import type { Flight, LaunchOptions } from './flight.ts';
import { isSilence } from './member-calls.ts';
import { createOutboxCompletion, type OutboxCompletion } from './outbox-completion.ts';
import type { Replaced } from './outbox-reissue.ts';
import type { OwnCounters } from './own-counters.ts';
import type { PutSender } from './put-sender.ts';
import type { RingView } from './ring-view.ts';
import { createSlowOwners, type SlowOwners } from './slow-owners.ts';
import type { Timings } from './timings.ts';

/** Writes on their way at once; more stay on disk until some are complete. */
const MAX_FLIGHTS = 20_000;
/** A member that refused a version is not asked again for this long. */
const REFUSED_MS = 60_000;

export interface OutboxComponents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: ItemStore;
  readonly transport: Transport;
  readonly view: RingView;
  readonly detector: FailureDetector;
  readonly fillMarks: Pick<FillMarks, 'isUnfilled'>;
  readonly sender: PutSender;
  readonly background: Background;
  readonly guard: Pick<EpochGuard, 'told'>;
  readonly counters: Pick<OwnCounters, 'confirmed'>;
  /** An owner refused a version because its context lacks part of what it covers. */
  mend(version: SignedVersion, owner: PeerId): Promise<void>;
  /** Delivery of a write of this item moved on. */
  moved(key: ItemKey): void;
  /** Members now known to hold the version. */
  held(version: SignedVersion, peer: PeerId): void;
}

/** Own writes until every owner has them (DESIGN §2 Writes; Dynamo §4.5, §4.6). */
export interface OutboxDelivery {
  /** Takes up what is on disk and not under way yet. */
  load(): Promise<void>;
  /** Starts sending versions that were just issued. */
  launch(versions: readonly SignedVersion[], options?: LaunchOptions): readonly Flight[];
  /** Every write gets another round soon, also with who refused it: lists may have changed. */
  hurry(): void;
  /** A member can be reached now: it gets all it misses. Resolves when each was tried. */
  meet(peer: PeerId): Promise<void>;
  /** Starts another round of those whose pause is over. */
  retryDue(): Promise<void>;
  /** Another round of one flight now, counted strictly. */
  retry(flight: Flight): void;
  flight(hash: Hash): Flight | undefined;
  flights(): Iterable<Flight>;
  /** A member said that it has the version: the name is ours everywhere. */
  isConfirmed(hash: Hash): boolean;
  /** Versions were issued again under new dots. */
  replaced(list: readonly Replaced[]): void;
  /** Ends a flight whose version was taken back. */
  cancel(flight: Flight): void;
}

export function createOutboxDelivery(
  init: { readonly timings: Timings },
  components: OutboxComponents,
): OutboxDelivery {
  return new Delivery(init.timings, components);
}

class Delivery implements OutboxDelivery {
  readonly #timings: Timings;
  readonly #c: OutboxComponents;
  readonly #flights = new Map<Hash, Flight>();
  readonly #completed: OutboxCompletion;
  readonly #slow: SlowOwners;

  constructor(timings: Timings, components: OutboxComponents) {
    this.#timings = timings;
    this.#c = components;
    this.#completed = createOutboxCompletion(components);
    this.#slow = createSlowOwners(timings, components);
  }

  flight = (hash: Hash): Flight | undefined => this.#flights.get(hash);
  flights = (): Iterable<Flight> => this.#flights.values();
  isConfirmed = (hash: Hash): boolean => (this.flight(hash)?.quorum.held.length ?? 0) > 1;

  async load(): Promise<void> {
    const { store } = this.#c;
    if ((await store.outboxSize()) <= this.#flights.size + this.#completed.size) return;
    for (const entry of await store.outbox(MAX_FLIGHTS)) {
      if (this.#flights.has(entry.hash) || this.#completed.has(entry.hash)) continue;
      this.#add(entry);
    }
  }
  hurry = (): void => {
    for (const flight of this.flights()) askAgain(flight);
  };
  launch(versions: readonly SignedVersion[], options: LaunchOptions = {}): readonly Flight[] {
    return versions.map((version) => {
      const { key, dot, hash } = version;
      const flight = this.#add({ key, dot, hash }, version, options);
      this.#round(flight);
      return flight;
    });
  }
  async meet(peer: PeerId): Promise<void> {
    const due = [...this.#flights.values()].filter((flight) => this.#owes(flight, peer));
    const send = (flight: Flight): Promise<void> => this.#send(flight, peer, []);
    await forEachBounded(due, this.#timings.backgroundWidth, send, (error) => {
      this.#c.logger.warn('a write could not be sent', { peer, code: toAppError(error).code });
    });
  }
  async retryDue(): Promise<void> {
    await this.load();
    const now = this.#c.clock.monotonicMs();
    const due = [...this.#flights.values()].filter((f) => f.busy.size === 0 && f.nextMs <= now);
    for (const flight of due) {
      rebase(flight, goalOf(this.#c, flight.entry.key, flight));
      // With fewer owners than it had, it may be complete by what is held already.
      this.#settle(flight);
      if (flight.fate !== undefined || canWait(flight, this.#c)) continue;
      // Memory is for the first round; and the store tells whether a later version took its place.
      flight.version = undefined;
      if ((await this.#versionOf(flight)) === undefined) this.#end(flight, 'gone');
      else this.#round(flight);
    }
    this.#c.metrics.gauge('carrossel_outbox', this.#flights.size);
  }
  retry(flight: Flight): void {
    flight.strict = true;
    flight.refusedUntil.clear();
    this.#round(flight);
  }
  replaced(list: readonly Replaced[]): void {
    for (const { old, version } of list) {
      const flight = this.#flights.get(old.hash);
      this.#flights.delete(old.hash);
      const [next] = this.launch([version], flight);
      if (flight !== undefined && next !== undefined) handOver(flight, next);
      if (next !== undefined) wake(next);
    }
  }
  cancel = (flight: Flight): void => {
    this.#end(flight, 'gone');
  };

  #add(entry: OutboxEntry, version?: SignedVersion, options: LaunchOptions = {}): Flight {
    const goal = goalOf(this.#c, entry.key, options);
    const flight = createFlight(entry, version, { goal, w: options.w });
    this.#flights.set(entry.hash, flight);
    return flight;
  }
  #owes(flight: Flight, peer: PeerId): boolean {
    rebase(flight, goalOf(this.#c, flight.entry.key, flight));
    return missing(flight.quorum).includes(peer) && !flight.busy.has(peer);
  }
  async #versionOf(flight: Flight): Promise<SignedVersion | undefined> {
    if (flight.version !== undefined) return flight.version;
    const held = await this.#c.store.read(flight.entry.key);
    return held.find((version) => version.hash === flight.entry.hash);
  }

  /** One round: every owner that lacks it and can be asked, a fallback for each other one. */
  #round(flight: Flight): void {
    const { clock, transport, detector, view } = this.#c;
    rebase(flight, goalOf(this.#c, flight.entry.key, flight));
    const now = clock.monotonicMs();
    flight.rounds++;
    const pause = this.#timings.retryMinMs * 2 ** Math.min(flight.rounds - 1, 16);
    flight.nextMs = now + Math.min(pause, this.#timings.retryMaxMs);
    const asking: PeerId[] = [];
    for (const owner of missing(flight.quorum)) {
      if (owner === view.self) continue;
      const refused = (flight.refusedUntil.get(owner) ?? 0) > now;
      const asked = transport.isConnected(owner) && !refused;
      if (asked && !flight.busy.has(owner)) this.#sendBehind(flight, owner, []);
      if (asked && detector.isReachable(owner)) asking.push(owner);
      else flight.quorum = ownerSilent(flight.quorum, owner);
    }
    // After `slowMs` without an answer the next of the walk takes the copy of each slow owner.
    this.#slow.watch(flight, asking, () => {
      this.#askFallbacks(flight);
      wake(flight);
    });
    this.#askFallbacks(flight);
    this.#settle(flight);
  }
  #askFallbacks(flight: Flight): void {
    for (const owner of ownersWithoutFallback(flight.quorum)) {
      const fallback = nextFallback(flight, this.#c);
      if (fallback === undefined) return;
      flight.quorum = hintAsked(flight.quorum, owner, fallback);
      this.#sendBehind(flight, fallback, [owner]);
    }
  }
  #sendBehind(flight: Flight, peer: PeerId, hintsFor: readonly PeerId[]): void {
    this.#c.background.run('send', () => this.#send(flight, peer, hintsFor));
  }

  async #send(flight: Flight, peer: PeerId, hintsFor: readonly PeerId[]): Promise<void> {
    flight.busy.add(peer);
    try {
      const version = await this.#versionOf(flight);
      if (version === undefined) return;
      flight.tried.add(peer);
      const { clock } = this.#c;
      const { key, dot } = flight.entry;
      const { signal } = this.#c.background;
      const parcel = { key, versions: [version], hintsFor, listed: true, signal };
      const sentMs = clock.monotonicMs();
      const [answer] = await this.#c.sender.send(peer, parcel);
      if (answer === undefined || flight.fate !== undefined) return;
      // Under a new epoch the answer was for another life's version: what was reissued goes on.
      if (await this.#c.guard.told(peer, key.partitionKey, dot.actor, answer.highest)) return;
      if (answer.outcome === 'stored') this.#c.counters.confirmed(dot);
      this.#slow.answered(flight, peer, clock.monotonicMs() - sentMs);
      flight.quorum = ackWrite(flight.quorum, peer, answer);
      this.#c.held(version, peer);
    } catch (error) {
      await this.#failed(flight, peer, hintsFor, error);
    } finally {
      flight.busy.delete(peer);
      this.#settle(flight);
    }
  }
  async #failed(
    flight: Flight,
    peer: PeerId,
    hintsFor: readonly PeerId[],
    error: unknown,
  ): Promise<void> {
    const known = toAppError(error);
    const { clock, logger, background } = this.#c;
    if (background.signal.aborted) return;
    if (!isSilence(known)) {
      logger.warn('a member refused a write', { peer, code: known.code });
      flight.refusedUntil.set(peer, clock.monotonicMs() + REFUSED_MS);
    }
    for (const owner of hintsFor) flight.quorum = hintFailed(flight.quorum, owner, peer);
    if (hintsFor.length === 0) flight.quorum = ownerSilent(flight.quorum, peer);
    if (isAppError(known, 'STALE_CONTEXT')) {
      const version = await this.#versionOf(flight);
      if (version !== undefined) await this.#c.mend(version, peer);
    } else if (flight.fate === undefined) this.#askFallbacks(flight);
  }

  /** Tells how far it has come; a complete write leaves the outbox. */
  #settle(flight: Flight): void {
    if (flight.fate !== undefined) return;
    const { length } = flight.quorum.held;
    if (length !== flight.toldCopies) this.#c.moved(flight.entry.key);
    flight.toldCopies = length;
    wake(flight);
    if (writeState(flight.quorum) !== 'complete') return;
    // Lists may have changed while the last answer was on its way.
    rebase(flight, goalOf(this.#c, flight.entry.key, flight));
    if (writeState(flight.quorum) !== 'complete') return askAgain(flight);
    this.#end(flight, 'gone');
    this.#completed.add(flight.entry);
  }
  #end(flight: Flight, fate: 'gone'): void {
    flight.fate = fate;
    // Thousands a second: each would hold its version for as long as its timer runs.
    flight.stopWatching();
    this.#flights.delete(flight.entry.hash);
    wake(flight);
  }
}
