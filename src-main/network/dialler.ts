import type { Connection } from '@libp2p/interface';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/waiting.ts';

/** Between the starts of two addresses' dials, as in Happy Eyeballs (RFC 8305 §5). */
const STAGGER_MS = 150;
/** Addresses of one peer that are tried. */
const MAX_TARGETS = 12;
/**
 * What has not answered by then is dialled once more beside: TCP itself knocks 1, 3 and 7 s after
 * the first time, and a peer that is there again in between would wait for the next of them.
 */
const KNOCK_AGAIN_MS = 1000;

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
  const tried = targets.slice(0, MAX_TARGETS);
  // One controller each: a socket keeps listening to the signal it was dialled with, for ever.
  const controllers = new Set<AbortController>();
  let winner: AbortController | undefined;
  const giveUp = (): void => {
    for (const controller of controllers) if (controller !== winner) controller.abort();
  };
  signal.addEventListener('abort', giveUp, { once: true });

  function knock(target: string, delayMs: number): [Promise<Connection>, AbortController] {
    const controller = new AbortController();
    controllers.add(controller);
    const connecting = async (): Promise<Connection> => {
      if (delayMs > 0) await sleep(clock, delayMs, controller.signal);
      const connection = await dialler.dial(multiaddr(target), { signal: controller.signal });
      if (winner !== undefined) {
        connection.abort(new Error('another address was faster'));
        throw new AppError('ABORTED', 'Another address was faster.');
      }
      winner = controller;
      return connection;
    };
    return [connecting(), controller];
  }
  const dials = tried.map((target, i) => {
    const [first] = knock(target, i * STAGGER_MS);
    const [again, controller] = knock(target, i * STAGGER_MS + KNOCK_AGAIN_MS);
    // Refused: asking again would not change that.
    first.catch(() => {
      controller.abort();
    });
    return Promise.race([first, again]);
  });
  if (signal.aborted) giveUp();
  try {
    return await Promise.any(dials);
  } catch (cause) {
    throw new AppError('UNREACHABLE', 'The machine answers at none of its addresses.', {
      details: { addresses: tried },
      cause,
    });
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
  }
}
