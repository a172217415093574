import type { ItemKey } from '../../../src-main/domain/ids.ts';
import type { RequestCodec } from '../../../src-main/replication/member-calls.ts';
import type { SignedVersion } from '../../../src-main/security/signed-version.ts';
import type { SimulatedMember } from '../../sim/simulated-member.ts';
import { createWorld, type World, type WorldInit } from '../../sim/world.ts';

/** A ring that a test speaks to verb by verb, as one of its members. */
export interface Asking {
  readonly world: World;
  readonly members: readonly SimulatedMember[];
  member(i: number): SimulatedMember;
  /** The answer of `to` to a request in the name of `from`. */
  ask<Q, A>(from: number, to: number, codec: RequestCodec<Q, A>, request: Q): Promise<A>;
  key(sortKey: string): ItemKey;
  /** Written and signed on a member's store, sent nowhere. */
  issue(member: number, sortKey: string, id: string): Promise<SignedVersion>;
  readonly listHash: string;
}

export async function createAsking(init: Omit<WorldInit, 'seed'>): Promise<Asking> {
  const world = await createWorld({ seed: 'asking', ...init });
  await world.clock.advance(3000);
  const member = (i: number): SimulatedMember => {
    const found = world.members[i];
    if (found === undefined) throw new Error(`no member ${i}`);
    return found;
  };
  const key = (sortKey: string): ItemKey => ({ partitionKey: world.fixture.account, sortKey });
  return {
    world,
    members: world.members,
    member,
    key,
    listHash: member(0).replication.listOf(world.fixture.account).hash,
    async ask(from, to, codec, request) {
      const transport = world.network.node(member(from).peer);
      if (transport === undefined) throw new Error('it is down');
      const body = codec.encodeRequest(request);
      const options = { timeoutMs: 3000 };
      const asked = transport.request(member(to).peer, codec.verb, body, options);
      return codec.decodeResponse(await world.clock.settle(asked));
    },
    async issue(i, sortKey, id) {
      const { machine, store } = member(i);
      const request = world.fixture.write(machine, { sortKey, id, replaces: (all) => all });
      const [version] = await world.clock.settle(store.issue([request]));
      if (version === undefined) throw new Error('nothing was written');
      return version;
    },
  };
}
