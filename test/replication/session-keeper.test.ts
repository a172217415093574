import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { DeviceKey, PartitionKey, PeerId, RingId } from '../../src-main/domain/ids.ts';
import { createHeldAccounts } from '../../src-main/replication/held-accounts.ts';
import type { MemberCalls } from '../../src-main/replication/member-calls.ts';
import { createSessionKeeper } from '../../src-main/replication/session-keeper.ts';
import { ringOnPaper } from './member-fixture.ts';

const account = 'ab'.repeat(32) as PartitionKey;
const [me, peer] = ringOnPaper(2).machines.map((machine) => machine.peer.peerId) as [
  PeerId,
  PeerId,
];

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
      intake: {
        read: () => [],
        take: () => Promise.reject(new AppError('INTERNAL', 'Nothing is sent along.')),
      },
    },
  );
  return { sessions, answer };
}

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
