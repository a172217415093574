import { describe, expect, it } from 'vitest';
import { createLogger, type LogLine } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { sleep } from '../../src-main/base/waiting.ts';
import type { Hash } from '../../src-main/domain/ids.ts';
import { accountsMessage } from '../../src-main/network/messages/accounts.ts';
import { fetchMessage, type FetchRequest } from '../../src-main/network/messages/fetch.ts';
import { listMessage } from '../../src-main/network/messages/list.ts';
import { takeoverMessage } from '../../src-main/network/messages/takeover.ts';
import { createAccountTakeover } from '../../src-main/replication/account-takeover.ts';
import { createBackground } from '../../src-main/replication/bounded-work.ts';
import { createFillMarks } from '../../src-main/replication/fill-marks.ts';
import { createForeground } from '../../src-main/replication/foreground.ts';
import type { MemberCalls } from '../../src-main/replication/member-calls.ts';
import type { KnownMember, MemberTable } from '../../src-main/replication/member-table.ts';
import { createOwnershipFill } from '../../src-main/replication/ownership-fill.ts';
import { createRingView } from '../../src-main/replication/ring-view.ts';
import { DEFAULT_TIMINGS } from '../../src-main/replication/timings.ts';
import { createVersionPull } from '../../src-main/replication/version-pull.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { MachineKeys } from '../sim/ring-fixture.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';
import { SIM_SETTINGS } from '../sim/world.ts';
import { memoryStore } from './member-fixture.ts';
import { createLife } from './other-life.ts';

const named = ({ key, dot, hash, bytes }: SignedVersion) => ({
  sortKey: key.sortKey,
  names: [{ dot, hash, size: bytes.byteLength }],
});

/** What another member names of the account, and what it gives of that. */
interface Other {
  names: readonly SignedVersion[];
  gives(version: SignedVersion): Uint8Array | null;
  /** Virtual time that each of its answers takes. */
  readonly answersMs?: number;
}

const member = ({ name, peer }: MachineKeys): KnownMember => ({
  ...{ peer: peer.peerId, name, addresses: [], admin: true, speaks: [1, 1], state: 'up' },
  ...{ capacity: 1, steady: false, host: name, zone: '' },
});

/** Owner of everything beside another member, with nothing taken over yet. */
async function newcomer(seed: string, other: Other) {
  const life = await createLife(seed, await memoryStore());
  const { account, intake, items, store, fixture, self } = life;
  const told: LogLine[] = [];
  const logger = createLogger({ level: 'debug', write: (entry) => told.push(entry) });
  const clock = createVirtualClock();
  const peers = [member(self), member(life.other)];
  const members: MemberTable = {
    ...{ ring: fixture.ring, self: self.peer.peerId, settings: SIM_SETTINGS },
    all: () => peers,
    get: (peer) => peers.find((one) => one.peer === peer),
    isMember: () => true,
    on: () => () => undefined,
  };
  /** When each was made. */
  const asked: number[] = [];
  const call: MemberCalls['call'] = (_peer, codec, request) => {
    const answer = (): unknown => {
      switch (codec.verb) {
        case takeoverMessage.verb: {
          const { parts } = request as { parts: readonly { partition: number }[] };
          const mine = view.listOf(account).partition;
          return {
            each: parts.map(({ partition }) => ({
              state: 'kept',
              hash: partition === mine ? '12'.repeat(32) : null,
            })),
          };
        }
        case accountsMessage.verb: {
          const digest = '34'.repeat(32) as Hash;
          const one = { partitionKey: account, digest, items: other.names.length, bytes: 1 };
          return { accounts: [one], more: false };
        }
        case listMessage.verb:
          return { owner: true, unfilled: false, items: other.names.map(named), more: false };
        case fetchMessage.verb: {
          const { wanted } = request as FetchRequest;
          return {
            versions: wanted.map(({ hash }) => {
              const found = other.names.find((one) => one.hash === hash);
              return found === undefined ? null : other.gives(found);
            }),
          };
        }
        default:
          throw new Error(`nobody answers ${codec.verb}`);
      }
    };
    asked.push(clock.monotonicMs());
    const made = answer() as never;
    return other.answersMs === undefined
      ? Promise.resolve(made)
      : sleep(clock, other.answersMs).then(() => made);
  };
  const calls = { call };
  const view = createRingView({ members, onError: () => undefined });
  const lower = { clock, logger, metrics: createMetrics(), store: items, view, members, calls };
  const background = createBackground({ onError: () => undefined });
  const fillMarks = createFillMarks({ ...lower, records: store.records, background });
  await fillMarks.load();
  const pull = createVersionPull({ ...lower, intake, penalty: () => undefined });
  const foreground = createForeground({ clock });
  const takeover = createAccountTakeover(
    { timings: DEFAULT_TIMINGS },
    { ...lower, pull, foreground },
  );
  const fill = createOwnershipFill({
    ...{ ...lower, takeover, fillMarks },
    detector: {
      isReachable: () => true,
      answered: () => undefined,
      missed: () => undefined,
      byNearness: (all) => all,
    },
    catchUp: () => Promise.resolve(),
  });
  return {
    life,
    fill,
    clock,
    asked,
    foreground,
    told: () => told.filter(({ level }) => level === 'warn'),
    lacks: () => fillMarks.isUnfilled(view.listOf(account).partition),
    round: () => clock.settle(fill.round(new AbortController().signal)),
  };
}

/** The list of devices and two items, as the other member holds them. */
async function versionsOf(seed: string) {
  const { fixture, other, given, made } = await createLife(seed, await memoryStore());
  const devices = fixture.devicesVersion(other, given(other, 1));
  return { devices, a: made(other, 'a', 5), b: made(other, 'b', 6) };
}

describe('taking a partition over', () => {
  it('is done when all that was named is here', async () => {
    const { devices, a, b } = await versionsOf('all given');
    const { fill, lacks, round, told } = await newcomer('all given', {
      names: [devices, a, b],
      gives: ({ bytes }) => bytes,
    });
    expect(lacks()).toBe(true);
    expect(await round()).toBe(true);
    expect(lacks()).toBe(false);
    expect(told()).toEqual([]);
    expect(fill.progress.items.done).toBe(fill.progress.items.total);
  });

  it('is not done while something is named and not given; it says so, and tries again', async () => {
    const { devices, a, b } = await versionsOf('kept back');
    let isGiven = false;
    const { lacks, round, told, life } = await newcomer('kept back', {
      names: [devices, a, b],
      gives: (version) => (version === b && !isGiven ? null : version.bytes),
    });
    expect(await round()).toBe(false);
    expect(lacks()).toBe(true);
    expect(told()).toMatchObject([{ fields: { left: 1 } }]);
    // What was given is here all the same.
    expect(await life.items.read(life.keyOf('a'))).toHaveLength(1);
    isGiven = true;
    await round();
    expect(lacks()).toBe(false);
  });

  it.each([
    {
      what: 'for longer than it worked, after an account of one page, too',
      people: false,
      times: 2,
    },
    { what: 'three times as long while people are at work', people: true, times: 6 },
  ])('rests $what', async ({ people, times }) => {
    const { devices, a, b } = await versionsOf('at rest');
    const answersMs = 20;
    const { clock, asked, lacks, round, foreground } = await newcomer('at rest', {
      names: [devices, a, b],
      gives: ({ bytes }) => bytes,
      answersMs,
    });
    if (people) foreground.heard();
    await round();
    expect(lacks()).toBe(false);
    const [takeover, accounts, ...page] = asked;
    expect(accounts).toBe((takeover ?? Number.NaN) + answersMs);
    // Of the page: its list, the devices, the items.
    expect(page).toHaveLength(3);
    const restMs = clock.monotonicMs() - ((page.at(-1) ?? 0) + answersMs);
    expect(restMs).toBeGreaterThanOrEqual(times * page.length * answersMs);
    expect(restMs).toBeLessThan((times + 1) * page.length * answersMs);
  });

  it('is done without what is refused for good: that would come never', async () => {
    const { devices, a, b } = await versionsOf('refused');
    const { lacks, round, told, life } = await newcomer('refused', {
      names: [devices, a, b],
      gives: ({ hash, bytes }) => {
        if (hash !== b.hash) return bytes;
        const broken = bytes.slice();
        broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
        return broken;
      },
    });
    await round();
    expect(lacks()).toBe(false);
    expect(told()).toMatchObject([{ fields: { code: 'BAD_SIGNATURE' } }]);
    expect(await life.items.read(life.keyOf('b'))).toEqual([]);
  });
});
