import { describe, expect, it } from 'vitest';
import { containsDot, joinContexts } from '../../src-main/domain/causal-context.ts';
import type { ActorId, PeerId } from '../../src-main/domain/ids.ts';
import { createContextMend } from '../../src-main/replication/context-mend.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { newSeed } from '../../src-main/security/peer-key.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createLife } from './other-life.ts';

const stranger = 'cc'.repeat(16) as ActorId;

/** Lets an owner that refused our version show `shown`, and mends. */
async function mendWith(
  life: Awaited<ReturnType<typeof createLife>>,
  victim: SignedVersion,
  shown: SignedVersion,
) {
  const blamed: PeerId[] = [];
  const mend = createContextMend({
    calls: {
      call: () =>
        Promise.resolve({
          owner: true,
          unfilled: false,
          names: [],
          versions: [shown.bytes],
        } as never),
    },
    sessions: { within: (_peer, _account, _options, work) => work() },
    ...{ intake: life.intake, guard: life.guard, store: life.items, counters: life.counters },
    ...{ reissue: life.reissue, logger: life.logger },
    penalty: (peer) => blamed.push(peer),
  });
  const owner = life.other.peer.peerId;
  return { blamed, made: await mend.mend(victim, owner, new AbortController().signal) };
}

describe('mending a context', () => {
  it.each([false, true])(
    'joins the past of verified versions only (verified: %s)',
    async (honest) => {
      const life = await createLife('mend');
      const seed = newSeed(createSeededRandom('not a device'));
      const liar = { ...life.other, device: deviceKeysFromSeed(seed) };
      const read = life.made(life.other, 'a', 5);
      const victim = await life.write('a', 'ours');
      const past = { ...read, dot: { actor: stranger, counter: 3 } };
      const shown = life.made(honest ? life.other : liar, 'a', 5, { lastOwn: 4, siblings: [past] });
      const covering = {
        ...victim,
        context: joinContexts(victim.context, new Map([[shown.dot.actor, [[5, 5]]]])),
      };
      const { blamed, made } = await mendWith(life, covering, shown);
      const swallows = made !== undefined && containsDot(made.version.context, past.dot);
      expect(swallows).toBe(honest);
      expect(blamed).toHaveLength(honest ? 0 : 1);
    },
  );
});
