import { toAppError } from '../base/app-error.ts';
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
import type { ItemStore } from '../storage/item-store.ts';
import type { EpochGuard } from './epoch-guard.ts';
import type { Intake } from './intake.ts';
import type { MemberCalls } from './member-calls.ts';
import { without, type OutboxReissue, type Replaced } from './outbox-reissue.ts';
import type { OwnCounters } from './own-counters.ts';
import type { SessionKeeper } from './session-keeper.ts';

/**
 * An owner refused a version that covers one it holds without all that one's past. That happens
 * after a new epoch, when dots were taken out of a context. The version is issued once more: with
 * the past of what it covers joined in, or, where what it seems to cover bears an own dot (another
 * life's version of the same name), without that dot, so that both stand side by side. What the
 * owner shows counts only once it is verified: its past goes into what this machine signs.
 */
export interface ContextMend {
  mend(version: SignedVersion, owner: PeerId, signal: AbortSignal): Promise<Replaced | undefined>;
}

export function createContextMend(components: {
  readonly calls: MemberCalls;
  readonly sessions: Pick<SessionKeeper, 'within'>;
  readonly intake: Pick<Intake, 'read' | 'verify'>;
  readonly guard: Pick<EpochGuard, 'inspect'>;
  readonly store: Pick<ItemStore, 'epoch'>;
  readonly counters: OwnCounters;
  readonly reissue: OutboxReissue;
  readonly logger: Logger;
  /** Counts what no working member does against the peer. */
  penalty(peer: PeerId, error: unknown): void;
}): ContextMend {
  const { calls, sessions, intake, guard, store, counters, reissue, logger } = components;

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
  /** Those whose signature and device hold; the owner is held to account for the others. */
  async function verified(
    theirs: readonly SignedVersion[],
    owner: PeerId,
  ): Promise<readonly SignedVersion[]> {
    const out: SignedVersion[] = [];
    for (const version of theirs) {
      try {
        await intake.verify(version.key, [version]);
        out.push(version);
      } catch (error) {
        logger.warn('an owner showed a version that does not hold', {
          peer: owner,
          code: toAppError(error).code,
        });
        components.penalty(owner, error);
      }
    }
    return out;
  }
  return {
    async mend(version, owner, signal) {
      const { key } = version;
      const request = { listHash: null, key, mode: 'full', have: [] } as const;
      const answer = await sessions.within(owner, key.partitionKey, { signal }, () =>
        calls.call(owner, getMessage, request, { signal }),
      );
      const theirs = await verified(intake.read(answer.versions, key), owner);
      const { epoch } = store;
      await guard.inspect(key.partitionKey, theirs);
      // Issued again already, with the whole outbox.
      if (store.epoch !== epoch) return undefined;
      const context = mended(version.context, theirs);
      if (context === version.context) return undefined;
      logger.warn('a version is issued again with a closed context', { item: key.sortKey });
      const made = await reissue.one(version, () => context);
      return made === undefined ? undefined : { old: version, version: made };
    },
  };
}
