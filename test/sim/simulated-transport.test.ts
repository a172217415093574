import type { PeerId } from '../../src-main/domain/ids.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';
import { transportSuite } from '../suites/transport-suite.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createSimulatedNetwork } from './simulated-network.ts';
import { createVirtualClock } from './virtual-clock.ts';

const TEN_SECONDS_MS = 10_000;

transportSuite('the simulated network', () => {
  const clock = createVirtualClock();
  const random = createSeededRandom('transport suite');
  // One delay for all: messages keep their order, as on a stream.
  const network = createSimulatedNetwork({ delayMs: [2, 2] }, { clock, random });
  const join = (name: string) => {
    const self = createPeerKey(newSeed(random.fork(name))).peerId;
    const revocations = { all: () => [], add: () => Promise.resolve(0) };
    return network.join({ self, isMember: () => true, revocations });
  };
  const [a, b] = [join('a'), join('b')];
  a.refresh();
  const groups: readonly (readonly PeerId[])[] = [[a.self], [b.self]];
  return Promise.resolve({
    a,
    b,
    settle: (work) => clock.settle(work),
    async until(condition) {
      if (await clock.advanceUntil(condition, TEN_SECONDS_MS)) return;
      throw new Error('it did not come to be in ten virtual seconds');
    },
    nowMs: () => clock.now(),
    cut: () => {
      network.partition(groups);
    },
    heal: () => {
      network.heal();
    },
    stop: () => Promise.resolve(),
  });
});
