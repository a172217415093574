import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type {
  DeviceKey,
  PartitionKey,
  PeerId,
  RingId,
  StoreEpoch,
} from '../../src-main/domain/ids.ts';
import { createHeldAccounts } from '../../src-main/replication/held-accounts.ts';
import type { MemberCalls } from '../../src-main/replication/member-calls.ts';
import { createSessionKeeper } from '../../src-main/replication/session-keeper.ts';
import type { SessionRequest } from '../../src-main/network/messages/session.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { ringOnPaper } from './member-fixture.ts';

const account = 'ab'.repeat(32) as PartitionKey;
const [me, peer, other] = ringOnPaper(3).machines.map((machine) => machine.peer.peerId) as [
  PeerId,
  PeerId,
  PeerId,
];

const NO_INTAKE = {
  read: () => [],
  take: () => Promise.reject(new AppError('INTERNAL', 'Nothing is sent along.')),
};

/** One member, whose answers to the proof come when `answer` is called. */
function keeper() {
  const held = createHeldAccounts(() => undefined);
  const device = 'cd'.repeat(32) as DeviceKey;
  held.hold({ partitionKey: account, device, sign: () => new Uint8Array(64) });
  const { promise: proved, resolve: answer } = Promise.withResolvers<unknown>();
  const calls: MemberCalls = {
    async call(_peer, _codec, _request, options = {}) {
      const { promise: over, reject } = Promise.withResolvers<never>();
      options.signal?.addEventListener('abort', () => {
        reject(new AppError('ABORTED', 'Given up.'));
      });
      return (await Promise.race([proved, over])) as never;
    },
  };
  const sessions = createSessionKeeper(
    { ring: 'ef'.repeat(32) as RingId },
    {
      ...{ calls, held },
      transport: {
        self: me,
        on: () => () => undefined,
        sessionNonce: () => new Uint8Array(32),
      },
      directories: { versions: () => Promise.resolve([]) },
      counters: { letOut: () => Promise.resolve() },
      intake: NO_INTAKE,
      pull: { devices: () => Promise.resolve() },
    },
  );
  return { sessions, answer };
}

const EPOCH = '00'.repeat(16) as StoreEpoch;

/** `peer` lacks the account's devices; `other` has them unless `apart`; this member lacks them. */
function withoutRecord({ apart = false } = {}) {
  const held = createHeldAccounts(() => undefined);
  const device = 'cd'.repeat(32) as DeviceKey;
  held.hold({ partitionKey: account, device, sign: () => new Uint8Array(64) });
  const fixture = ringOnPaper(1);
  const [machine] = fixture.machines;
  if (machine === undefined) throw new Error('a ring has a machine');
  const record = fixture.devicesVersion(machine, {
    actor: actorOf(machine.peer.publicKey, EPOCH, fixture.account),
    ...{ counter: 1, lastOwn: 0, epoch: EPOCH, siblings: [] },
  });
  let here: readonly SignedVersion[] = [];
  const asked: string[] = [];
  const calls: MemberCalls = {
    async call(to, _codec, request) {
      const { devices } = request as SessionRequest;
      asked.push(`${to === other ? 'other' : 'peer'} ${devices.length}`);
      // The one that has the record answers last.
      for (let i = 0; to === other && i < 10; i++) await Promise.resolve();
      const knows = to === other && !apart;
      if (!knows && devices.length === 0) throw new AppError('DEVICE_UNKNOWN', 'Who?');
      return { revoked: [] } as never;
    },
  };
  const sessions = createSessionKeeper(
    { ring: 'ef'.repeat(32) as RingId },
    {
      ...{ calls, held, intake: NO_INTAKE },
      transport: { self: me, on: () => () => undefined, sessionNonce: () => new Uint8Array(32) },
      directories: { versions: () => Promise.resolve(here) },
      counters: { letOut: () => Promise.resolve() },
      pull: {
        devices(from) {
          expect(from).toBe(other);
          here = [record];
          return Promise.resolve();
        },
      },
    },
  );
  const options = { signal: new AbortController().signal };
  const at = (to: PeerId): Promise<string> =>
    sessions.within(to, account, options, () => Promise.resolve('in'));
  return { at, asked };
}

describe('a member that does not know the device', () => {
  it('is handed the record that another one has, where this machine has none', async () => {
    const { at, asked } = withoutRecord();
    expect(await Promise.all([at(peer), at(other)])).toEqual(['in', 'in']);
    expect(asked).toEqual(['peer 0', 'other 0', 'peer 1']);
  });
  it('refuses for good where nobody has it; two that lack it do not wait for each other', async () => {
    const { at } = withoutRecord({ apart: true });
    const refused = { status: 'rejected', reason: { code: 'DEVICE_UNKNOWN' } };
    expect(await Promise.allSettled([at(peer), at(other)])).toMatchObject([refused, refused]);
  });
});

describe('the proof of a session', () => {
  it('goes on for the others when the one that began it gives up', async () => {
    const { sessions, answer } = keeper();
    const impatient = new AbortController();
    const within = (signal: AbortSignal, said: string): Promise<string> =>
      sessions.within(peer, account, { signal }, () => Promise.resolve(said));
    const first = within(impatient.signal, 'first');
    const second = within(new AbortController().signal, 'second');
    const refused = expect(first).rejects.toMatchObject({ code: 'ABORTED' });
    impatient.abort(new AppError('ABORTED', 'The read has ended.'));
    await refused; // at once: no answer has come, and none may
    answer({ revoked: [] });
    expect(await second).toBe('second');
  });
});
