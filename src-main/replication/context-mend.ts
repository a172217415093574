import type { Logger } from '../base/logger.ts';
import {
  containsDot,
  coversContext,
  joinContexts,
  type CausalContext,
} from '../domain/causal-context.ts';
import type { PeerId } from '../domain/ids.ts';
import { getMessage } from '../network/messages/get.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Intake } from './intake.ts';
import type { MemberCalls } from './member-calls.ts';
import { without, type OutboxReissue, type Replaced } from './outbox-reissue.ts';
import type { OwnCounters } from './own-counters.ts';
import type { SessionKeeper } from './session-keeper.ts';

/**
 * An owner refused a version that covers one it holds without all that one's past. That happens
 * after a new epoch, when dots were taken out of a context. The version is issued once more: with
 * the past of what it covers joined in, or, where what it seems to cover bears an own dot (another
 * life's version of the same name), without that dot, so that both stand side by side.
 */
export interface ContextMend {
  mend(version: SignedVersion, owner: PeerId, signal: AbortSignal): Promise<Replaced | undefined>;
}

export function createContextMend(components: {
  readonly calls: MemberCalls;
  readonly sessions: SessionKeeper;
  readonly intake: Intake;
  readonly counters: OwnCounters;
  readonly reissue: OutboxReissue;
  readonly logger: Logger;
}): ContextMend {
  const { calls, sessions, intake, counters, reissue, logger } = components;

  function isOwn({ dot, epoch, key }: SignedVersion): boolean {
    return counters.actorOf(key.partitionKey, epoch) === dot.actor;
  }
  function mended(context: CausalContext, theirs: readonly SignedVersion[]): CausalContext {
    return theirs.reduce((sum, known) => {
      const { actor, counter } = known.dot;
      if (!containsDot(sum, known.dot) || coversContext(sum, known.context)) return sum;
      if (isOwn(known)) return without(sum, new Map([[actor, new Set([counter])]]));
      return joinContexts(sum, known.context);
    }, context);
  }
  return {
    async mend(version, owner, signal) {
      const { key } = version;
      const request = { listHash: null, key, mode: 'full', have: [] } as const;
      const answer = await sessions.within(owner, key.partitionKey, { signal }, () =>
        calls.call(owner, getMessage, request, { signal }),
      );
      const theirs = intake.read(answer.versions, key);
      const context = mended(version.context, theirs);
      if (context === version.context) return undefined;
      logger.warn('a version is issued again with a closed context', { item: key.sortKey });
      const made = await reissue.one(version, () => context);
      return made === undefined ? undefined : { old: version, version: made };
    },
  };
}
