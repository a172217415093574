import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { fetchMessage, type FetchRequest } from '../../src-main/network/messages/fetch.ts';
import { listMessage } from '../../src-main/network/messages/list.ts';
import type { MemberCalls } from '../../src-main/replication/member-calls.ts';
import { createVersionPull } from '../../src-main/replication/version-pull.ts';
import { wholeAnswer } from '../../src-main/replication/whole-answer.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';
import { memoryStore } from './member-fixture.ts';
import { createLife } from './other-life.ts';

const named = ({ key, dot, hash }: SignedVersion) => ({
  sortKey: key.sortKey,
  names: [{ dot, hash, size: 1 }],
});

/** Another member with these versions. */
function memberWith(versions: readonly SignedVersion[]) {
  const call: MemberCalls['call'] = (_peer, codec, request) => {
    if (codec.verb === listMessage.verb) {
      const [first] = versions.filter(({ key }) => key.sortKey === DEVICES_SORT_KEY);
      const items = first === undefined ? [] : [named(first)];
      return Promise.resolve({ owner: true, items, more: false } as never);
    }
    expect(codec.verb).toBe(fetchMessage.verb);
    const { wanted } = request as FetchRequest;
    const found = wanted.map(({ hash }) => versions.find((one) => one.hash === hash)?.bytes);
    return Promise.resolve({ versions: found.map((bytes) => bytes ?? null) } as never);
  };
  return { call };
}

async function fetchInOrder(seed: string, order: 'item first' | 'devices first', full = false) {
  const life = await createLife(seed, await memoryStore());
  const { account, intake, logger, items, keyOf } = life;
  const devices = life.fixture.devicesVersion(life.other, life.given(life.other, 1));
  const item = life.made(life.other, 'a', 5);
  const pull = createVersionPull({
    ...{ clock: createVirtualClock(), logger, store: items },
    calls: memberWith([devices, item]),
    intake: {
      ...intake,
      // A disk that has no room for the list of devices.
      take: (key, versions, options) =>
        full && key.sortKey === DEVICES_SORT_KEY
          ? Promise.reject(new AppError('DISK_FULL', 'The disk of this machine is full.'))
          : intake.take(key, versions, options),
    },
    penalty: () => undefined,
  });
  const wanted = order === 'item first' ? [item, devices] : [devices, item];
  const { peerId } = life.other.peer;
  const taken = await pull.missing(peerId, account, wanted.map(named), {});
  return { taken, held: (await items.read(keyOf('a'))).length };
}

describe('fetching versions', () => {
  it.each(['item first', 'devices first'] as const)(
    'takes an item and the devices that vouch for it in one page (%s)',
    async (order) => {
      const { held } = await fetchInOrder('one page', order);
      expect(held).toBe(1);
    },
  );

  it('takes several items at once, which then share a commit, and devices before all', async () => {
    const life = await createLife('at once', await memoryStore());
    const { account, intake, logger, items } = life;
    const devices = life.fixture.devicesVersion(life.other, life.given(life.other, 1));
    const made = ['a', 'b', 'c', 'd'].map((id, i) => life.made(life.other, id, 5 + i));
    const began: string[] = [];
    let [underWay, most] = [0, 0];
    const pull = createVersionPull({
      ...{ clock: createVirtualClock(), logger, store: items },
      calls: memberWith([devices, ...made]),
      intake: {
        ...intake,
        async take(key, versions, options) {
          began.push(key.sortKey);
          most = Math.max(most, ++underWay);
          try {
            return await intake.take(key, versions, options);
          } finally {
            underWay--;
          }
        },
      },
      penalty: () => undefined,
    });
    const { peerId } = life.other.peer;
    const taken = await pull.missing(peerId, account, [...made, devices].map(named), {});
    expect({ taken, first: began[0], most }).toEqual({
      taken: 5,
      first: DEVICES_SORT_KEY,
      most: 4,
    });
  });

  it('ends when the devices that it needs cannot be stored', async () => {
    const { taken, held } = await fetchInOrder('no room', 'devices first', true);
    expect({ taken, held }).toEqual({ taken: 0, held: 0 });
  });

  it('tells when what was named had been replaced there, until what came instead is here', async () => {
    const life = await createLife('replaced there');
    const { account, intake, logger, items } = life;
    const [first, second] = [
      life.made(life.other, 'a', 5),
      life.made(life.other, 'a', 6, { siblings: [life.made(life.other, 'a', 5)] }),
    ];
    const pull = createVersionPull({
      ...{ clock: createVirtualClock(), logger, store: items, intake },
      calls: memberWith([second]),
      penalty: () => undefined,
    });
    const { peerId } = life.other.peer;
    const answered = (version: SignedVersion) =>
      pull.answered(peerId, account, [named(version)], {});
    expect(await answered(first)).toBe(false);
    const answers = [first, second];
    const whole = await wholeAnswer(async () => {
      const answer = answers.shift() ?? second;
      return { answer, whole: await answered(answer) };
    });
    expect(whole).toBe(second);
    expect(await answered(first)).toBe(true);
  });
});
