/** Writing, the way the caller asked, with errors that name what was written. */
import { AppError, isAppError } from '../base/app-error.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import { versionName } from './context-token.ts';
import type { RingSession } from './ring-session.ts';
import type { Safety } from './views.ts';
import { safetyOf } from './write-safety.ts';

export interface Writing {
  readonly w?: number | undefined;
  readonly consistency?: 'eventual' | 'strict' | undefined;
}

export interface Written {
  /** In the order of the requests. */
  readonly versions: readonly SignedVersion[];
  readonly safety: Safety;
}

export interface ItemWriter {
  /**
   * One durable batch, in this order to the owners. A call that was cancelled after the batch was
   * made goes on: the answer then is lost, the write is not.
   * @throws QUORUM_NOT_REACHED, OUTCOME_UNKNOWN (details.version names what to retry or withdraw)
   */
  write(requests: readonly IssueRequest[], writing: Writing): Promise<Written>;
}

export function createItemWriter(components: { readonly session: RingSession }): ItemWriter {
  const { session } = components;
  return {
    async write(requests, { w, consistency }) {
      let built: SignedVersion | undefined;
      const watched = requests.map((request) => ({
        ...request,
        build(given: Parameters<IssueRequest['build']>[0]) {
          const version = request.build(given);
          built ??= version;
          return version;
        },
      }));
      try {
        const receipt = await session.services().replication.put(watched, {
          ...(w === undefined ? {} : { w }),
          ...(consistency === undefined ? {} : { consistency }),
        });
        const safety = safetyOf(receipt, (peer) => session.nameOf(peer));
        return { versions: receipt.versions, safety };
      } catch (error) {
        if (!isAppError(error, 'OUTCOME_UNKNOWN') || built === undefined) throw error;
        throw new AppError(error.code, error.message, {
          cause: error,
          details: { ...error.details, version: versionName(built) },
        });
      }
    },
  };
}
