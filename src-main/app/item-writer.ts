/** Writing, the way the caller asked, with errors that name what was written. */
import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { compareDots, type Dot } from '../domain/causal-context.ts';
import { itemKeyString } from '../domain/ids.ts';
import type { Delivery, PutReceipt, Replication } from '../replication/replication.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import { versionName } from './context-token.ts';
import type { RingSession } from './ring-session.ts';
import type { Safety } from './views.ts';
import { safetyOf } from './write-safety.ts';

export interface Writing {
  readonly w?: number | undefined;
  readonly consistency?: 'eventual' | 'strict' | undefined;
  /**
   * For a person at a window: how long to wait beyond `safe` for machines that are awake, so that
   * they are not told of copies missing that arrive a moment later. @default 0
   */
  readonly settleMs?: number;
  /** The first request's version goes out ahead of the others. @default false */
  readonly inOrder?: boolean;
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

export function createItemWriter(components: {
  readonly session: RingSession;
  readonly clock: Clock;
}): ItemWriter {
  const { session, clock } = components;
  return {
    async write(requests, { w, consistency, settleMs = 0, inOrder = false }) {
      const built: SignedVersion[] = [];
      const watched = requests.map((request) => ({
        ...request,
        build(given: Parameters<IssueRequest['build']>[0]) {
          const version = request.build(given);
          built.push(version);
          return version;
        },
      }));
      try {
        const { replication, transport } = session.services();
        const receipt = await replication.put(watched, {
          ...(w === undefined ? {} : { w }),
          ...(consistency === undefined ? {} : { consistency }),
          inOrder,
        });
        const awake = receipt.missing.some((peer) => transport.isConnected(peer));
        const [first] = receipt.versions;
        const delivery =
          settleMs > 0 && awake && first !== undefined
            ? await settled(replication, first.key, receipt, { clock, settleMs })
            : receipt;
        const safety = safetyOf(delivery, (peer) => session.nameOf(peer));
        return { versions: receipt.versions, safety };
      } catch (error) {
        if (!isAppError(error, 'OUTCOME_UNKNOWN')) throw error;
        const { dot } = error.details as { readonly dot?: Dot | null };
        const unknown = built.find((one) => dot && compareDots(one.dot, dot) === 0) ?? built[0];
        if (unknown === undefined) throw error;
        throw new AppError(error.code, error.message, {
          cause: error,
          details: { ...error.details, version: versionName(unknown) },
        });
      }
    },
  };
}

/** The delivery when it is complete, or as it stands when the time is up. */
async function settled(
  replication: Replication,
  key: PutReceipt['versions'][number]['key'],
  receipt: Delivery,
  { clock, settleMs }: { readonly clock: Clock; readonly settleMs: number },
): Promise<Delivery> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  let latest = receipt;
  const look = (): void => {
    void replication.delivery(key).then(
      (now) => {
        latest = now;
        if (now.state === 'complete') resolve(undefined);
      },
      () => {
        resolve(undefined);
      },
    );
  };
  const off = replication.on('delivery', (moved) => {
    if (itemKeyString(moved.key) === itemKeyString(key)) look();
  });
  const cancel = clock.schedule(settleMs, () => {
    resolve(undefined);
  });
  look();
  await over;
  off();
  cancel();
  return latest;
}
