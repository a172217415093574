/** Reading one item the way the caller asked: from this disk, or also from the ring. */
import type { ItemKey, PartitionKey } from '../domain/ids.ts';
import { mergeSiblings } from '../domain/versioned-item.ts';
import type { Answered } from '../replication/replication.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RingSession } from './ring-session.ts';
import type { Safety } from './views.ts';
import { safetyOf } from './write-safety.ts';

export interface Reading {
  readonly r?: number | undefined;
  readonly consistency?: 'local' | 'eventual' | 'strict' | undefined;
}

export interface ItemAnswer extends Answered {
  readonly siblings: readonly SignedVersion[];
}

export interface ItemReader {
  /** What this machine holds. */
  local(key: ItemKey): Promise<ItemAnswer>;
  /**
   * As asked; without a ring, or for 'local', what this machine holds. Own writes that have not
   * left yet are always in it. @throws QUORUM_NOT_REACHED for 'strict'
   */
  read(key: ItemKey, reading: Reading, signal?: AbortSignal): Promise<ItemAnswer>;
  /** Several items of one account, in the order of the keys: one message to each machine asked. */
  readAll(
    account: PartitionKey,
    sortKeys: readonly string[],
    reading: Reading,
    signal?: AbortSignal,
  ): Promise<Answered & { readonly items: readonly (readonly SignedVersion[])[] }>;
  /** How safe the item's latest change is. */
  safety(key: ItemKey): Promise<Safety>;
}

export const LOCAL: Answered = { freshness: 'local', answered: 1, answeredOwners: 0 };

export function createItemReader(components: {
  readonly store: ItemStore;
  readonly session: RingSession;
}): ItemReader {
  const { store, session } = components;
  async function local(key: ItemKey): Promise<ItemAnswer> {
    const services = session.running();
    if (services === undefined) return { siblings: await store.read(key), ...LOCAL };
    return services.replication.get(key, { consistency: 'local' });
  }
  return {
    local,
    async read(key, { r, consistency }, signal) {
      const services = session.running();
      if (services === undefined || consistency === 'local') return local(key);
      const answer = await services.replication.get(key, {
        consistency: consistency ?? 'eventual',
        ...(r === undefined ? {} : { r }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { ...answer, siblings: mergeSiblings(answer.siblings, await store.read(key)) };
    },
    async readAll(partitionKey, sortKeys, { r, consistency }, signal) {
      const services = session.running();
      const said =
        services === undefined || consistency === 'local'
          ? { ...LOCAL, items: [] }
          : await services.replication.getBatch(partitionKey, sortKeys, {
              consistency: consistency ?? 'eventual',
              ...(r === undefined ? {} : { r }),
              ...(signal === undefined ? {} : { signal }),
            });
      const { freshness, answered, answeredOwners } = said;
      const items = await Promise.all(
        sortKeys.map(async (sortKey, i) => {
          const held = await store.read({ partitionKey, sortKey });
          return mergeSiblings(said.items[i]?.siblings ?? [], held);
        }),
      );
      return { freshness, answered, answeredOwners, items };
    },
    async safety(key) {
      const services = session.running();
      if (services === undefined) return { state: 'pending', copies: 1, owners: 0, waitingFor: [] };
      return safetyOf(await services.replication.delivery(key), (peer) => session.nameOf(peer));
    },
  };
}
