import { toAppError } from '../base/app-error.ts';
import { randomBelow } from '../base/random.ts';
import { createRepeating, type Repeating } from '../base/repeating.ts';
import type { Startable } from '../base/startable.ts';
import { sleep } from '../base/waiting.ts';
import type { Floor } from './floor-parts.ts';
import { forgetWhoOwnsLess } from './known-copies.ts';
import type { ReplicationComponents } from './replication-floor.ts';
import type { Timings } from './timings.ts';

/** Between two looks at hints, watches and strays. */
const UPKEEP_MS = 5000;
/** Items of accounts not held yet after a start are not taken for strays until then. */
const STRAYS_AFTER_MS = 60_000;
/** Between two counts of all items here, which no request waits for. */
const COUNT_MS = 6 * 3600_000;
/** The first, and so long after the start. */
const COUNT_AFTER_MS = 120_000;
/** Rest after each account. */
const COUNT_PAUSE_MS = 20;

/** Lists worked out ahead at once, which takes a millisecond at most; and the rest after them. */
const LISTS_AT_ONCE = 32;
const LISTS_REST_MS = 2;

/**
 * What the floor does by itself: meets members that come up, sends what is undelivered again, hands
 * over hints, compares with a random co-owner. None of it is on a request's path.
 */
export function createFloorLoops(
  init: { readonly timings: Timings },
  components: ReplicationComponents,
  floor: Floor,
): Startable {
  const { clock, random, logger, transport, members } = components;
  const { background, outbox, handoff, meeting, strays, watcher, watches, view } = floor;
  const { fill, settling, fillMarks } = floor;
  const { timings } = init;
  let startedMs = 0;
  let listsBefore = view.lists;

  const loop = (
    what: string,
    intervalMs: () => number,
    work: (signal: AbortSignal) => Promise<void>,
  ): Repeating =>
    createRepeating({
      clock,
      intervalMs,
      work,
      onError: (error) => {
        logger.warn('a loop failed', { what, code: toAppError(error).code });
      },
    });
  const retry = loop(
    'outbox',
    () => timings.retryMinMs,
    () => outbox.retryDue(),
  );
  const upkeep = loop(
    'upkeep',
    () => UPKEEP_MS,
    async (signal) => {
      watcher.refresh();
      await handoff.deliverAll(signal);
      if (clock.monotonicMs() - startedMs >= STRAYS_AFTER_MS) await strays.sweep(signal);
    },
  );
  const compare = loop(
    'compare',
    () => timings.exchangeMs,
    async (signal) => {
      const coOwners = transport
        .connected()
        .filter((peer) => floor.sharing(peer).partitions.length > 0);
      const peer = coOwners[randomBelow(random, coOwners.length)];
      if (peer !== undefined) {
        // What fails with one member does not keep held accounts from being compared.
        await meeting.compare(peer, signal).catch((error: unknown) => {
          logger.debug('a comparison failed', { peer, code: toAppError(error).code });
        });
      }
      await floor.heldCompare.compare(signal);
    },
  );
  const count = loop(
    'count',
    () => COUNT_MS,
    async (signal) => {
      await sleep(clock, COUNT_AFTER_MS, signal);
      const { mended } = await components.store.trees.check({ signal, pauseMs: COUNT_PAUSE_MS });
      if (mended.length > 0) logger.error('accounts did not add up', { accounts: mended.length });
    },
  );
  const takeover = loop(
    'takeover',
    () => timings.takeoverMs,
    async (signal) => {
      const { lists } = view;
      await fill.round(signal);
      await settling.round(signal);
      // Lists changed meanwhile: what that brings is looked at now.
      if (view.lists !== lists) takeover.poke();
    },
  );
  const loops = [floor.gossip, retry, upkeep, compare, count, takeover];

  /**
   * The lists of who comes in, a few at a time: when the change ends they are everybody's, and all
   * would be worked out at once then, while requests wait.
   */
  async function workOutLists(signal: AbortSignal): Promise<void> {
    const changed = view.lists;
    for (let partition = 0; partition < changed.settled.q; partition++) {
      if (view.lists !== changed || signal.aborted) return;
      changed.pending(partition);
      if (partition % LISTS_AT_ONCE === 0) await sleep(clock, LISTS_REST_MS, signal);
    }
  }
  function listen(): void {
    transport.on('up', ({ peer }) => {
      // It may have come back with less on its disk than it had.
      floor.copies.forget(peer);
      watcher.refresh();
      background.run('meeting', (signal) => meeting.meet(peer, signal));
      takeover.poke();
    });
    transport.on('down', () => {
      watcher.refresh();
    });
    members.on('revoked', ({ peer }) => {
      transport.disconnect(peer, 'revoked');
    });
    view.on('changed', () => {
      outbox.hurry();
      forgetWhoOwnsLess(floor.copies, view.lists, listsBefore);
      listsBefore = view.lists;
      background.run('lists', workOutLists);
      watches.review();
      watcher.refresh();
      retry.poke();
      takeover.poke();
    });
  }
  return {
    async start() {
      startedMs = clock.monotonicMs();
      await fillMarks.load();
      await outbox.load();
      listen();
      // Sessions that stood before the loops did have had no meeting yet.
      for (const peer of transport.connected()) {
        background.run('meeting', (signal) => meeting.meet(peer, signal));
      }
      for (const one of loops) await one.start();
    },
    async stop() {
      await Promise.all(loops.map((one) => one.stop()));
    },
  };
}
