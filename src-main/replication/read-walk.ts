import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { PeerId } from '../domain/ids.ts';

/** One member's answer to a read. */
export interface WalkAnswer<A> {
  readonly peer: PeerId;
  readonly answer: A;
}

export interface WalkInit {
  /** Members asked at once: n. */
  readonly width: number;
  /** A member silent for this long does not keep the next of the walk from being asked. */
  readonly slowMs: number;
  readonly timeoutMs: number;
}

export interface WalkComponents<A> {
  readonly clock: Clock;
  readonly self: PeerId;
  /** Reachable members in the order of the walk, this one included if it stores. */
  readonly walk: readonly PeerId[];
  /** Who is asked for the value; the others for digests. */
  readonly nearest: PeerId | undefined;
  ask(peer: PeerId, nearest: boolean, signal: AbortSignal): Promise<A>;
  /** Counts an answer, own ones in no time; true when there are enough. */
  onAnswer(peer: PeerId, tookMs: number): boolean;
  /** False: it owns, but lacks; what it says is welcome, and the next is asked besides. */
  counts(peer: PeerId): boolean;
  onFailed(peer: PeerId, error: unknown): void;
  readonly signal: AbortSignal | undefined;
}

export interface Walked<A> {
  /** Enough have answered, or all that can be asked have answered or failed, or the time is up. */
  readonly enough: Promise<void>;
  /** What came in the end of those asked at first, for repair behind the answer. */
  readonly all: Promise<readonly WalkAnswer<A>[]>;
}

/**
 * Asks the first `width` members of the walk at once; for each that fails or is slow, the next
 * (Dynamo §4.6: the first N healthy nodes).
 */
export function readWalk<A>(init: WalkInit, components: WalkComponents<A>): Walked<A> {
  const { clock, self, walk, nearest, signal } = components;
  const over = new AbortController();
  const enough = Promise.withResolvers<void>();
  const all = Promise.withResolvers<readonly WalkAnswer<A>[]>();
  const answers: WalkAnswer<A>[] = [];
  const queue = walk.values();
  let asking = 0;

  const stop = (): void => {
    over.abort(new AppError('ABORTED', 'The read has ended.'));
    enough.resolve();
    all.resolve(answers);
  };
  const cancelTime = clock.schedule(init.timeoutMs, stop);
  signal?.addEventListener('abort', stop, { once: true });

  function ended(): void {
    if (asking > 0) return;
    cancelTime();
    signal?.removeEventListener('abort', stop);
    enough.resolve();
    all.resolve(answers);
  }
  function next(): void {
    const { value: peer, done } = queue.next();
    if (done === true || over.signal.aborted) return;
    if (peer === self) {
      if (!components.counts(peer)) next();
      else if (components.onAnswer(peer, 0)) enough.resolve();
      return;
    }
    asking++;
    const beganMs = clock.monotonicMs();
    // Slow or failed, whichever comes first, lets the next of the walk in; once.
    let passed = false;
    const pass = (): void => {
      if (!passed) next();
      passed = true;
    };
    const cancelSlow = clock.schedule(init.slowMs, pass);
    components
      .ask(peer, peer === nearest, over.signal)
      .then(
        (answer) => {
          answers.push({ peer, answer });
          if (!components.counts(peer)) pass();
          else if (components.onAnswer(peer, clock.monotonicMs() - beganMs)) enough.resolve();
        },
        (error: unknown) => {
          components.onFailed(peer, error);
          pass();
        },
      )
      .finally(() => {
        cancelSlow();
        asking--;
        ended();
      })
      .catch(() => undefined);
  }
  for (let i = 0; i < init.width; i++) next();
  ended();
  return { enough: enough.promise, all: all.promise };
}
