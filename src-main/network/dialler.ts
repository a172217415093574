import type { Connection } from '@libp2p/interface';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/waiting.ts';

/** Between the starts of two addresses' dials, as in Happy Eyeballs (RFC 8305 §5). */
const STAGGER_MS = 150;
/** Addresses of one peer that are tried. */
const MAX_TARGETS = 12;

/** What this needs of libp2p: one address, one connection, past its dial queue. */
export interface AddressDialler {
  dial(address: Multiaddr, options: { signal: AbortSignal }): Promise<Connection>;
}

/**
 * A connection to the first of the addresses that answers. libp2p tries one after the other, each
 * until its time-out, and joins any dial under way (kad's, to addresses of yesterday): a laptop
 * with a few dead interfaces would not be reached in the time there is.
 * @throws UNREACHABLE when all fail; the signal ends the wait.
 */
export async function dialFirst(
  targets: readonly string[],
  components: { dialler: AddressDialler; clock: Clock },
  signal: AbortSignal,
): Promise<Connection> {
  const { dialler, clock } = components;
  // One controller each: a socket keeps listening to the signal it was dialled with, for ever.
  const tries = targets.slice(0, MAX_TARGETS).map((target) => ({
    target,
    controller: new AbortController(),
  }));
  let winner: AbortController | undefined;
  const giveUp = (): void => {
    for (const { controller } of tries) if (controller !== winner) controller.abort();
  };
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  const dials = tries.map(async ({ target, controller }, i) => {
    if (i > 0) await sleep(clock, i * STAGGER_MS, controller.signal);
    const connection = await dialler.dial(multiaddr(target), { signal: controller.signal });
    if (winner !== undefined) {
      connection.abort(new Error('another address was faster'));
      throw new AppError('ABORTED', 'Another address was faster.');
    }
    winner = controller;
    return connection;
  });
  try {
    return await Promise.any(dials);
  } catch (cause) {
    throw new AppError('UNREACHABLE', 'The machine answers at none of its addresses.', {
      details: { addresses: tries.map(({ target }) => target) },
      cause,
    });
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
  }
}
