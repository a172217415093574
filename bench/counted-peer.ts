/** A whole replication floor over a real libp2p peer on loopback and a LevelDB store. */
import { createLogger } from '../src-main/base/logger.ts';
import { utf8 } from '../src-main/base/bytes.ts';
import { createMetrics } from '../src-main/base/metrics.ts';
import { sha256Hex } from '../src-main/base/sha256.ts';
import type { PeerId } from '../src-main/domain/ids.ts';
import type { Transport } from '../src-main/network/transport.ts';
import { VERB, type Verb } from '../src-main/network/verb.ts';
import { createReplication } from '../src-main/replication/replication-floor.ts';
import {
  createMemberTable,
  type RingMemberTable,
} from '../src-main/replication/ring-member-table.ts';
import { readEnvelope } from '../src-main/security/envelope-format.ts';
import { isSigned } from '../src-main/security/verify-version.ts';
import type { ItemStore } from '../src-main/storage/item-store.ts';
import { createLevelStore } from '../src-main/storage/level-store.ts';
import { clock, createRealPeer, random, type Roll } from '../test/network/real-peer.ts';
import type { MachineKeys, RingFixture } from '../test/sim/ring-fixture.ts';

/** What went over the RPC since it was last reset: bodies and frame heads, both ways. */
export interface Traffic {
  requests: number;
  bytes: number;
  readonly byVerb: Map<string, number>;
}

export interface CountedPeer {
  readonly peer: PeerId;
  readonly store: ItemStore;
  readonly members: RingMemberTable;
  readonly traffic: Traffic;
  reset(): void;
  isConnected(peer: PeerId): boolean;
  refresh(): void;
  disconnect(peer: PeerId): void;
  /** Resolves when the next meeting with the peer may begin. */
  nextUp(): Promise<void>;
  stop(): Promise<void>;
}

const FRAME_HEAD = 9;
const NAMES = new Map<Verb, string>(Object.entries(VERB).map(([name, verb]) => [verb, name]));

export async function startCountedPeer(init: {
  readonly dir: string;
  readonly seed: Uint8Array;
  readonly machine: MachineKeys;
  readonly fixture: RingFixture;
  readonly roll: Roll;
}): Promise<CountedPeer> {
  const { dir, seed, machine, fixture, roll } = init;
  const logger = createLogger({
    level: 'warn',
    write: ({ scope, message, fields }) => {
      console.error(machine.name, scope, message, JSON.stringify(fields));
    },
  });
  const metrics = createMetrics();
  const parts = { clock, random, logger, metrics };
  const store = createLevelStore(
    { dir },
    { ...parts, readEnvelope, isSigned: (version) => isSigned(version, fixture.verifier) },
  );
  await store.start();
  const real = await createRealPeer(roll, { seed, ring: fixture.ring, logger });
  const members = await createMemberTable(
    {
      ...{ ring: fixture.ring, self: real.self, chain: machine.chain, settings: fixture.settings },
      own: {
        name: machine.name,
        addresses: [],
        ...{
          capacity: 1,
          steady: false,
          host: sha256Hex(utf8(machine.name)).slice(0, 32),
          zone: '',
        },
      },
    },
    { records: store.records, peerKey: machine.peer, verifier: fixture.verifier, logger },
  );
  const traffic: Traffic = { requests: 0, bytes: 0, byVerb: new Map() };
  const transport = counting(real.rpc, traffic);
  const replication = createReplication(
    // Only meetings compare, and no gossip lies between their messages.
    { timings: { exchangeMs: 3600_000, gossipMs: 3600_000 } },
    {
      ...{ ...parts, transport, members, verifier: fixture.verifier },
      ...{ store: store.items, records: store.records, reissuer: fixture.reissuer(machine) },
    },
  );
  await real.start();
  await replication.start();
  return {
    peer: real.self,
    store: store.items,
    members,
    traffic,
    reset() {
      Object.assign(traffic, { requests: 0, bytes: 0 });
      traffic.byVerb.clear();
    },
    isConnected: (peer) => real.rpc.isConnected(peer),
    refresh() {
      roll.members.set(real.self, real.libp2p.addresses());
      real.rpc.refresh();
    },
    disconnect(peer) {
      real.rpc.disconnect(peer, 'bench');
    },
    nextUp() {
      const { promise, resolve } = Promise.withResolvers<void>();
      real.rpc.on('up', () => {
        resolve();
      });
      return promise;
    },
    async stop() {
      await replication.stop();
      await real.stop();
      await store.stop();
    },
  };
}

/** Counts what this side asks, and the answers to it. */
function counting(rpc: Transport, traffic: Traffic): Transport {
  const note = (verb: Verb, bytes: number): void => {
    traffic.bytes += bytes + FRAME_HEAD;
    const name = NAMES.get(verb) ?? String(verb);
    traffic.byVerb.set(name, (traffic.byVerb.get(name) ?? 0) + bytes + FRAME_HEAD);
  };
  return Object.assign(Object.create(rpc) as Transport, {
    async request(...[peer, verb, body, options]: Parameters<Transport['request']>) {
      traffic.requests++;
      note(verb, body.byteLength);
      const answer = await rpc.request(peer, verb, body, options);
      note(verb, answer.byteLength);
      return answer;
    },
    notify(...[peer, verb, body]: Parameters<Transport['notify']>) {
      note(verb, body.byteLength);
      return rpc.notify(peer, verb, body);
    },
  });
}
