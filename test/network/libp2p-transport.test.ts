import { vi } from 'vitest';
import { transportSuite, type TransportFixture } from '../suites/transport-suite.ts';
import { clock, createRealPeer, createRoll } from './real-peer.ts';
import { createTcpGate } from './tcp-gate.ts';

/** Two peers on loopback whose every connection passes a wire that can be cut. */
async function createFixture(): Promise<TransportFixture> {
  const roll = createRoll();
  const [one, two] = await Promise.all([createRealPeer(roll), createRealPeer(roll)]);
  const gates = await Promise.all([one, two].map((peer) => createTcpGate(() => peer.port())));
  roll.members.set(one.self, [`/ip4/127.0.0.1/tcp/${gates[0]?.port}`]);
  roll.members.set(two.self, [`/ip4/127.0.0.1/tcp/${gates[1]?.port}`]);
  await Promise.all([one.start(), two.start()]);
  return {
    a: one.rpc,
    b: two.rpc,
    settle: (work) => work,
    until: (condition) =>
      vi.waitFor(
        () => {
          if (!condition()) throw new Error('not yet');
        },
        { timeout: 10_000, interval: 10 },
      ),
    nowMs: () => clock.monotonicMs(),
    cut: () => gates.forEach((gate) => gate.cut()),
    heal: () => gates.forEach((gate) => gate.heal()),
    async stop() {
      await Promise.all([one.stop(), two.stop()]);
      await Promise.all(gates.map((gate) => gate.close()));
    },
  };
}

transportSuite('libp2p over TCP', createFixture);
