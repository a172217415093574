/** Rings of many members whose tables and gossip are the real code, over a network of callbacks. */
import { createMetrics } from '../src-main/base/metrics.ts';
import type { PeerId } from '../src-main/domain/ids.ts';
import type { RequestOptions, Transport, VerbHandler } from '../src-main/network/transport.ts';
import type { Verb } from '../src-main/network/verb.ts';
import { createBackground } from '../src-main/replication/bounded-work.ts';
import { createFailureDetector } from '../src-main/replication/failure-detector.ts';
import { createGossip, tableHash, type Gossip } from '../src-main/replication/gossip.ts';
import { handleGossip } from '../src-main/replication/handlers/gossip.ts';
import { createHandling } from '../src-main/replication/handlers/handling.ts';
import { createMemberCalls } from '../src-main/replication/member-calls.ts';
import {
  createMemberTable,
  type RingMemberTable,
} from '../src-main/replication/ring-member-table.ts';
import { DEFAULT_TIMINGS } from '../src-main/replication/timings.ts';
import { issueCertificate } from '../src-main/security/certificate.ts';
import { createVerifier } from '../src-main/security/ed25519.ts';
import { createPeerKey, newSeed } from '../src-main/security/peer-key.ts';
import { newPhrase } from '../src-main/security/phrase.ts';
import { ringKeysFromPhrase } from '../src-main/security/ring-keys.ts';
import { issueSettings } from '../src-main/security/ring-settings.ts';
import type { RecordStore } from '../src-main/storage/record-store.ts';
import { quiet } from '../test/replication/member-fixture.ts';
import { createSeededRandom } from '../test/sim/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../test/sim/virtual-clock.ts';
import { SIM_SETTINGS } from '../test/sim/world.ts';

const FRAME_HEAD = 9;
/** From any member to any other. */
const DELAY_MS = 5;

export interface ScaleMember {
  readonly peer: PeerId;
  readonly members: RingMemberTable;
  readonly gossip: Gossip;
}

export interface ScaleRing {
  readonly clock: VirtualClock;
  readonly all: readonly ScaleMember[];
  /** Bytes of bodies and frame heads that went over the network so far. */
  readonly bytes: () => number;
  /** Members that have the same table as the first. */
  inAgreement(): number;
}

const random = createSeededRandom('scale');

/** Member tables of a ring that know only themselves, all made of one root. */
export async function makeTables(count: number): Promise<readonly RingMemberTable[]> {
  const { ring, root } = ringKeysFromPhrase(newPhrase(random));
  const verifier = createVerifier({ maxSignatures: 100_000 });
  const settings = [issueSettings({ ring, settings: SIM_SETTINGS, issuer: root }).bytes];
  const out: RingMemberTable[] = [];
  for (let i = 0; i < count; i++) {
    const peerKey = createPeerKey(newSeed(random));
    const grant = { admin: false, maxCapacity: 1, zones: [], serial: i + 1, issuedMs: 0 };
    const certificate = issueCertificate({ ring, subject: peerKey.peerId, issuer: root, ...grant });
    const own = {
      ...{ name: `machine ${i}`, addresses: ['/ip4/192.0.2.1/tcp/4001'], zone: '' },
      ...{ capacity: 1, steady: false, host: i.toString(16).padStart(32, '0') },
    };
    const init = { ring, self: peerKey.peerId, own, chain: [certificate.bytes], settings };
    const parts = { records: forgetful(), peerKey, verifier, logger: quiet() };
    out.push(
      await createMemberTable(init, {
        ...parts,
        verifier: { ...verifier, verify: verifier.verifyOnce.bind(verifier) },
      }),
    );
  }
  return out;
}

/** A ring in which everybody knows everybody. */
export async function startScaleRing(count: number): Promise<ScaleRing> {
  const clock = createVirtualClock();
  const tables = await makeTables(count);
  const entries = tables.flatMap((table) => table.memberEntries());
  for (const table of tables) await table.addMemberEntries(entries);
  let bytes = 0;
  const handlers = new Map<PeerId, Map<Verb, VerbHandler>>();
  const peers = tables.map((table) => table.self);
  const later = (work: () => void): void => {
    clock.schedule(DELAY_MS, work);
  };
  const transportOf = (self: PeerId): Transport => {
    const mine = new Map<Verb, VerbHandler>();
    handlers.set(self, mine);
    const deliver = (to: PeerId, verb: Verb, body: Uint8Array) =>
      handlers.get(to)?.get(verb)?.(body, { from: self, signal: new AbortController().signal });
    const transport: Partial<Transport> = {
      self,
      on: () => () => undefined,
      connected: () => peers.filter((peer) => peer !== self),
      isConnected: () => true,
      handle: (verb, handler) => void mine.set(verb, handler),
      request(to: PeerId, verb: Verb, body: Uint8Array, _options: RequestOptions) {
        bytes += body.byteLength + FRAME_HEAD;
        return new Promise((resolve, reject) => {
          later(() => {
            Promise.resolve(deliver(to, verb, body)).then((answer) => {
              bytes += (answer?.byteLength ?? 0) + FRAME_HEAD;
              later(() => {
                resolve(answer ?? new Uint8Array(0));
              });
            }, reject);
          });
        });
      },
      notify(to, verb, body) {
        bytes += body.byteLength + FRAME_HEAD;
        later(() => void Promise.resolve(deliver(to, verb, body)).catch(() => undefined));
        return true;
      },
    };
    return transport as Transport;
  };
  const all = tables.map((members): ScaleMember => {
    const transport = transportOf(members.self);
    const metrics = createMetrics();
    const parts = { clock, random, logger: quiet(), transport, members, metrics };
    const detector = createFailureDetector(parts);
    const init = { timings: DEFAULT_TIMINGS };
    const calls = createMemberCalls(init, { ...parts, detector });
    const background = createBackground({ onError: () => undefined });
    const gossip = createGossip(init, { ...parts, calls, background });
    handleGossip(createHandling({ transport, penalty: () => undefined }), { gossip, members });
    return { peer: members.self, members, gossip };
  });
  for (const { gossip } of all) await gossip.start();
  return {
    clock,
    all,
    bytes: () => bytes,
    inAgreement() {
      const [first] = all;
      if (first === undefined) return 0;
      const hash = tableHash(first.members);
      return all.filter(({ members }) => tableHash(members) === hash).length;
    },
  };
}

/** Records that nobody reads again. */
function forgetful(): RecordStore {
  return {
    get: () => Promise.resolve(undefined),
    put: () => Promise.resolve(),
    delete: () => Promise.resolve(),
    list: () => Promise.resolve([]),
  };
}
