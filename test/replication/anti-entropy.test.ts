import { describe, expect, it } from 'vitest';
import { toAppError } from '../../src-main/base/app-error.ts';
import type { PartitionKey, PeerId } from '../../src-main/domain/ids.ts';
import { VERB, type Verb } from '../../src-main/network/verb.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { AccountKit } from '../sim/account-kit.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import type { SimulatedMember } from '../sim/simulated-member.ts';
import type { World } from '../sim/world.ts';
import { createAsking } from './handlers/asking.ts';

interface Sent {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly verb: Verb;
  readonly bytes: number;
}

/** Every request that members send from now on. */
function listenIn(world: World): Sent[] {
  const sent: Sent[] = [];
  for (const { peer } of world.members) {
    const node = world.network.node(peer);
    if (node === undefined) throw new Error('it is up');
    const request = node.request.bind(node);
    node.request = async (to, verb, body, options) => {
      const answer = await request(to, verb, body, options);
      sent.push({ from: peer, to, verb, bytes: body.byteLength + answer.byteLength });
      return answer;
    };
  }
  return sent;
}

/** The codes of requests about ranges that are refused from now on. */
function refusals(world: World): string[] {
  const codes: string[] = [];
  for (const { peer } of world.members) {
    const node = world.network.node(peer);
    if (node === undefined) throw new Error('it is up');
    const request = node.request.bind(node);
    node.request = async (to, verb, body, options) => {
      try {
        return await request(to, verb, body, options);
      } catch (error) {
        if (verb === VERB.ranges) codes.push(toAppError(error).code);
        throw error;
      }
    };
  }
  return codes;
}

const COMPARING: readonly Verb[] = [VERB.exchange, VERB.partitions, VERB.accounts, VERB.ranges];
const MOVING: readonly Verb[] = [VERB.put, VERB.fetch, VERB.list];
const fetched = (member: SimulatedMember): number => counted(member, 'exchange_fetched');
const given = (member: SimulatedMember): number => counted(member, 'exchange_sent');

function counted(member: SimulatedMember, what: string): number {
  const line = new RegExp(`^carrossel_${what}_total (\\d+)`, 'm').exec(member.metrics.render());
  return Number(line?.[1] ?? 0);
}

/** Written on one machine's store, sent nowhere. */
async function issueDevices(world: World, kit: AccountKit, at: number): Promise<SignedVersion> {
  const member = world.members[at];
  if (member === undefined) throw new Error('nobody');
  const { machine, store } = member;
  const key = { partitionKey: kit.account, sortKey: DEVICES_SORT_KEY };
  const [version] = await world.clock.settle(
    store.issue([
      {
        key,
        actorOf: (epoch) => actorOf(machine.peer.publicKey, epoch, kit.account),
        build: (issued) => kit.devicesVersion(machine, issued),
      },
    ]),
  );
  if (version === undefined) throw new Error('nothing was written');
  return version;
}

describe('anti-entropy', () => {
  it('costs one message a pair when all is equal, and then nothing moves', async () => {
    const { world } = await createAsking({ machines: 3, accounts: 3 });
    await world.clock.advance(60_000);
    const sent = listenIn(world);
    await world.clock.advance(300_000);
    const comparing = sent.filter(({ verb }) => COMPARING.includes(verb));
    expect(sent.filter(({ verb }) => MOVING.includes(verb))).toEqual([]);
    // Each of three members has compared with one other each 30 s, in one message.
    expect(comparing.every(({ verb }) => verb === VERB.partitions)).toBe(true);
    expect(comparing.length).toBeGreaterThanOrEqual(27);
    expect(comparing.length).toBeLessThanOrEqual(33);
    expect(comparing.every(({ bytes }) => bytes < 100)).toBe(true);
    await world.stopAll();
  });

  it('costs a device one message for all accounts that it holds', async () => {
    const { world, member } = await createAsking({
      machines: 3,
      accounts: 3,
      member: (i) => ({ capacity: i === 2 ? 0 : 1 }),
    });
    await world.clock.advance(60_000);
    const sent = listenIn(world);
    await world.clock.advance(300_000);
    const asked = sent.filter(({ from, verb }) => {
      return from === member(2).peer && COMPARING.includes(verb);
    });
    expect(asked.every(({ verb }) => verb === VERB.exchange)).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(11);
    await world.stopAll();
  });

  /** All is written by a third machine, which is gone when the two meet. */
  async function apart() {
    const asking = await createAsking({ machines: 3, member: () => ({ holds: false }) });
    const { world, member } = asking;
    world.network.partition([0, 1, 2].map((i) => [member(i).peer]));
    await world.clock.advance(5000);
    const give = async (version: SignedVersion, to: readonly number[]) => {
      for (const i of to) {
        await world.clock.settle(member(i).store.merge(version.key, [version]));
      }
      return version;
    };
    await give(await issueDevices(world, world.fixture, 2), [0, 1]);
    const meet = async () => {
      member(2).crash();
      world.network.heal();
      await world.clock.advance(100_000);
    };
    const write = (sortKey: string, id: string) => asking.issue(2, sortKey, id);
    const camesTo = (i: number) => fetched(member(i)) + given(member(1 - i));
    return { world, member, give, write, meet, camesTo };
  }

  it.each([1, 2, 3, 4])('moves exactly what differs, both ways (seed %d)', async (seed) => {
    const random = createSeededRandom(`differences ${seed}`);
    const { world, member, give, write, meet, camesTo } = await apart();
    const lacking = [random.below(20), random.below(20)] as const;
    const name = (what: string, i: number) => `item#${random.below(1_000_000)} ${what} ${i}`;
    for (let i = random.below(400); i > 0; i--) {
      await give(await write(name('both', i), `both ${i}`), [0, 1]);
    }
    for (const [at, count] of lacking.entries()) {
      for (let i = 0; i < count; i++) {
        await give(await write(name('one', i), `only ${at} ${i}`), [1 - at]);
      }
    }
    await meet();
    const account: PartitionKey = world.fixture.account;
    const digests = await Promise.all([0, 1].map((i) => member(i).store.accountDigest(account)));
    expect(digests[0]).toBe(digests[1]);
    expect([camesTo(0), camesTo(1)]).toEqual(lacking);
    await world.stopAll();
  });

  /**
   * Of several ranges in one answer some are cut finer, others are listed in part, as more than
   * fits is lacking: what is left of those is asked for in the order that ranges must have.
   */
  it('brings a long run that one lacks, beside other differences', async () => {
    const { world, give, write, meet, camesTo } = await apart();
    const name = (letter: string, i: number) =>
      `${letter.repeat(900)}${String(i).padStart(6, '0')}`;
    for (let i = 0; i < 40; i++) await give(await write(name('m', i), `m ${i}`), [0, 1]);
    for (let i = 40; i < 60; i++) await give(await write(name('m', i), `m ${i}`), [i % 2]);
    for (let i = 0; i < 800; i++) await give(await write(name('z', i), `z ${i}`), [1]);
    const refused = refusals(world);
    const sent = listenIn(world);
    await meet();
    expect([camesTo(0), camesTo(1)]).toEqual([810, 10]);
    expect(refused).toEqual([]);
    // One full list fills an answer: several would not fit into a frame when items have siblings.
    const largest = Math.max(
      ...sent.filter(({ verb }) => verb === VERB.ranges).map((s) => s.bytes),
    );
    expect(largest).toBeLessThan(256 * 1024);
    await world.stopAll();
  });

  it('does not fetch what is covered here', async () => {
    const { world, member, give, write, meet, camesTo } = await apart();
    await give(await write('cart', 'first'), [0, 1]);
    const covering = await give(await write('cart', 'second'), [1]);
    await meet();
    for (const one of [member(0), member(1)]) {
      expect(await one.store.read(covering.key)).toHaveLength(1);
    }
    expect([camesTo(0), camesTo(1)]).toEqual([1, 0]);
    await world.stopAll();
  });

  it('finds an account that only the other one has', async () => {
    const asking = await createAsking({
      machines: 2,
      accounts: 2,
      member: () => ({ holds: false }),
    });
    const { world, member } = asking;
    const { machine, store } = member(0);
    const [, kit] = world.fixture.accounts;
    if (kit === undefined) throw new Error('there are two');
    const key = { partitionKey: kit.account, sortKey: 'cart' };
    await issueDevices(world, kit, 0);
    const write = kit.write(machine, { sortKey: 'cart', id: 'w', replaces: () => [] });
    await world.clock.settle(store.issue([write]));
    expect(await member(1).store.read(key)).toEqual([]);
    await world.clock.advance(100_000);
    expect(await member(1).store.read(key)).toHaveLength(1);
    await world.stopAll();
  });
});
