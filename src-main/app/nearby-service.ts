/** The newcomer's side: rings seen on the LAN, asking one of them, and coming in. */
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { sleep, within } from '../base/waiting.ts';
import type { PeerId } from '../domain/ids.ts';
import type { JoinTalk } from '../network/join.ts';
import { decodeChain } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { createWakes, endingWith } from './coalescing.ts';
import { COMPARE_MS } from './nearby-door.ts';
import { createAskTalk, createFetchTalk, createLookTalk } from './nearby-talk.ts';
import type { RingLifecycle } from './ring-lifecycle.ts';
import { ringExists, type RingSession } from './ring-session.ts';
import type { NearbyRing } from './views/nearby.ts';

const TALK_TIMEOUT_MS = 8000;
const FETCH_EVERY_MS = 1500;
/** A ring that the LAN has not heard of for so long is not shown any more. */
const SEEN_MS = 35_000;
const LOOK_AGAIN_MS = 5000;
const MAX_RINGS = 32;

interface Seen {
  readonly addresses: readonly string[];
  readonly atMs: number;
  readonly name: string | undefined;
}

export interface NearbyService {
  /** @throws RING_EXISTS */
  seek(signal?: AbortSignal): AsyncIterableIterator<NearbyRing[]>;
  ask(
    input: { peerId?: string | undefined; address?: string | undefined },
    signal?: AbortSignal,
  ): Promise<{ peerId: string; name: string; digits: string }>;
  /** @throws NEARBY_GONE, NEARBY_REFUSED, DIGITS_DIFFER, TIMEOUT, WRONG_RING */
  join(input: { peerId: string; digits: string }, signal?: AbortSignal): Promise<void>;
}

export interface NearbyServiceComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly verifier: Verifier;
  readonly session: RingSession;
  readonly lifecycle: RingLifecycle;
  readonly machineName: string;
}

export function createNearbyService(components: NearbyServiceComponents): NearbyService {
  const { clock, random, logger, verifier, session, lifecycle, machineName } = components;
  const seen = new Map<PeerId, Seen>();
  const digitsOf = new Map<PeerId, string>();

  async function talk(peer: PeerId, words: JoinTalk, signal?: AbortSignal): Promise<void> {
    const addresses = seen.get(peer)?.addresses ?? [];
    const options = { timeoutMs: TALK_TIMEOUT_MS, signal };
    await lifecycle.converse({ peer, addresses }, words, options);
  }
  function note(peer: PeerId, addresses: readonly string[]): void {
    if (seen.size >= MAX_RINGS && !seen.has(peer)) return;
    seen.set(peer, { addresses, atMs: clock.monotonicMs(), name: seen.get(peer)?.name });
  }
  /** Asks a door on the LAN whose it is; one that does not answer is tried when heard again. */
  async function look(peer: PeerId, signal: AbortSignal, wake: () => void): Promise<void> {
    const words = createLookTalk();
    try {
      await talk(peer, words, signal);
      const entry = seen.get(peer);
      if (entry !== undefined) seen.set(peer, { ...entry, name: words.ringName() });
      wake();
    } catch (error) {
      logger.debug('a ring nearby does not answer', { peer, code: toAppError(error).code });
    }
  }
  function shown(): NearbyRing[] {
    const oldestMs = clock.monotonicMs() - SEEN_MS;
    return [...seen]
      .filter(([, { atMs, name }]) => atMs >= oldestMs && name !== undefined)
      .map(([peerId, { name = '' }]) => ({ peerId, name }));
  }
  function free(): void {
    if (session.ring !== undefined) throw ringExists();
  }

  async function* rings(signal: AbortSignal): AsyncGenerator<NearbyRing[], void, undefined> {
    const wakes = createWakes(signal);
    const looking = new Set<PeerId>();
    const stop = await lifecycle.seek((peer, addresses) => {
      note(peer, addresses);
      if (looking.has(peer) || seen.get(peer)?.name !== undefined) return;
      looking.add(peer);
      void look(peer, signal, wakes.wake).finally(() => looking.delete(peer));
    });
    let again = clock.schedule(LOOK_AGAIN_MS, tick);
    function tick(): void {
      wakes.wake();
      again = clock.schedule(LOOK_AGAIN_MS, tick);
    }
    try {
      yield shown();
      while (await wakes.next()) yield shown();
    } finally {
      again();
      wakes.end();
      await stop();
    }
  }

  return {
    seek(signal) {
      free();
      const leaving = new AbortController();
      const both = AbortSignal.any([leaving.signal, ...(signal === undefined ? [] : [signal])]);
      const leave = (): void => {
        leaving.abort();
      };
      return endingWith(createWakes(both), rings(both), leave);
    },
    async ask({ peerId, address }, signal) {
      free();
      const peer = (peerId ?? /\/p2p\/([^/]+)$/.exec(address ?? '')?.[1]) as PeerId | undefined;
      if (peer === undefined) {
        throw new AppError('BAD_REQUEST', 'Name the machine, or its address ending in /p2p/….');
      }
      if (address !== undefined) note(peer, [address]);
      if (!seen.has(peer)) throw new AppError('NOT_FOUND', 'No such ring is seen nearby.');
      const own = { peer: session.peerKey.peerId, name: machineName };
      const words = createAskTalk(peer, own, random);
      await talk(peer, words, signal);
      const asked = words.asked();
      if (asked === undefined) throw new AppError('UNREACHABLE', 'The other machine broke off.');
      if (digitsOf.size >= MAX_RINGS) digitsOf.clear();
      digitsOf.set(peer, asked.digits);
      return { peerId: peer, name: asked.ringName, digits: asked.digits };
    },
    async join({ peerId, digits }, signal) {
      free();
      const peer = peerId as PeerId;
      if (digitsOf.get(peer) !== digits) {
        throw new AppError('DIGITS_DIFFER', 'These are not the digits this machine was shown.');
      }
      const own = { peer: session.peerKey, name: machineName };
      const limits = { clock, timeoutMs: COMPARE_MS, what: 'the admin', signal };
      const welcome = await within(limits, async (ending) => {
        for (;;) {
          const words = createFetchTalk(peer, own, verifier);
          await talk(peer, words, ending).catch((error: unknown) => {
            // It may sleep for a moment; the whole wait has its own end.
            if (!isAppError(error, 'UNREACHABLE') && !isAppError(error, 'TIMEOUT')) throw error;
          });
          const found = words.welcome();
          if (found !== undefined) return found;
          await sleep(clock, FETCH_EVERY_MS, ending);
        }
      });
      digitsOf.delete(peer);
      const { ring, given } = welcome;
      await session.enter({
        ring,
        name: given.name,
        chain: decodeChain(given.chain).map(({ bytes }) => bytes),
        settings: given.settings,
        memberEntries: given.memberEntries,
        revocations: given.revocations,
      });
    },
  };
}
