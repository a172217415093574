import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { createFailureDetector } from '../../src-main/replication/failure-detector.ts';
import { createPeerKey, newSeed } from '../../src-main/security/peer-key.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createSimulatedNetwork } from '../sim/simulated-network.ts';
import { createVirtualClock } from '../sim/virtual-clock.ts';

async function two() {
  const clock = createVirtualClock();
  const random = createSeededRandom('detector');
  const network = createSimulatedNetwork({}, { clock, random });
  const [a, b] = ['a', 'b'].map((name) => {
    const self = createPeerKey(newSeed(random.fork(name))).peerId;
    const revocations = { all: () => [], add: () => Promise.resolve(0) };
    return network.join({ self, isMember: () => true, revocations });
  });
  if (a === undefined || b === undefined) throw new Error('two nodes');
  const detector = createFailureDetector({ clock, transport: a });
  a.refresh();
  await clock.advance(2000);
  return { clock, network, detector, self: a.self, other: b.self };
}

describe('the failure detector', () => {
  it('finds reachable who has a session, and itself always', async () => {
    const { clock, network, detector, self, other } = await two();
    expect(detector.isReachable(self)).toBe(true);
    expect(detector.isReachable(other)).toBe(true);
    expect(detector.isReachable('nobody' as PeerId)).toBe(false);
    network.partition([[self], [other]]);
    await clock.advance(4000);
    expect(detector.isReachable(other)).toBe(false);
  });

  it('passes over who leaves requests unanswered, longer each time, until it answers', async () => {
    const { clock, detector, other } = await two();
    detector.missed(other);
    expect(detector.isReachable(other)).toBe(true);
    detector.missed(other);
    expect(detector.isReachable(other)).toBe(false);
    await clock.advance(2100);
    expect(detector.isReachable(other)).toBe(true);
    detector.missed(other);
    await clock.advance(2100);
    expect(detector.isReachable(other)).toBe(false);
    detector.answered(other);
    expect(detector.isReachable(other)).toBe(true);
  });
});
