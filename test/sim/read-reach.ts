import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { World } from './world.ts';

/** More silent members than this at the front of the walk may use up a read's time. */
const MOST_SILENT = 3;

/** What the world knows of who could have answered a read, beside what the reader believes. */
export interface ReadReach {
  /** Tells if the answer says `local` although r members could be asked all the while. */
  check(freshness: string): Promise<void>;
}

/**
 * The first n that can be reached answer a read, fallbacks in the place of owners (DESIGN §2 Reads,
 * Dynamo §4.6). To be called when the read begins.
 */
export async function readReach(
  world: World,
  reader: SimulatedMember,
  account: PartitionKey,
): Promise<ReadReach> {
  const list = reader.replication.listOf(account);
  const believed = [...list.walk()].filter((peer) => reader.replication.isReachable(peer));
  const before = await able();

  /** Members of the walk that share the reader's list and can be asked without any trouble. */
  async function able(): Promise<ReadonlySet<string>> {
    const good = world.joined().filter((member) => {
      if (!member.isUp || member.isAsleep || member.troubled) return false;
      if (member.replication.listOf(account).hash !== list.hash) return false;
      // An owner that lacks part of what it owns says so, and is not counted (decision 0104).
      if (member.replication.transfers().some(({ kind }) => kind === 'refill')) return false;
      return member === reader || world.network.flows(reader.peer, member.peer);
    });
    // Who lacks the account's devices cannot tell its people from strangers, until the reader
    // brings them; where no one of all these has them, only the reader itself can answer.
    const vouched = await Promise.all([reader, ...good].map(hasDevices));
    const answering = vouched.includes(true) ? good : good.filter((member) => member === reader);
    return new Set(answering.map((member) => member.peer));
  }
  async function hasDevices({ isUp, store }: SimulatedMember): Promise<boolean> {
    const key = { partitionKey: account, sortKey: DEVICES_SORT_KEY };
    return isUp && (await store.read(key)).length > 0;
  }
  return {
    async check(freshness) {
      if (freshness !== 'local' || list.readsLocally || !reader.isUp || reader.troubled) return;
      if (reader.replication.listOf(account).hash !== list.hash) return;
      const after = await able();
      const answering = believed.filter((peer) => before.has(peer) && after.has(peer));
      if (believed.length - answering.length > MOST_SILENT || answering.length < list.r) return;
      world.checks.fail(
        `invariant 4 (reads reach fallbacks): ${reader.name} was told 'local' although ` +
          `${answering.length} of the walk could answer and ${list.r} are enough`,
      );
    },
  };
}
