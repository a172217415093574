import { toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { utf8 } from '../base/bytes.ts';
import type { Logger } from '../base/logger.ts';
import { randomBelow, type Random } from '../base/random.ts';
import { createRepeating, type Repeating } from '../base/repeating.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, PeerId } from '../domain/ids.ts';
import {
  compareTables,
  newerSettings,
  tableDigest,
  type RecordHead,
} from '../domain/membership.ts';
import {
  gossipMessage,
  gossipPushNotice,
  type GossipAnswer,
  type GossipDigest,
  type GossipRequest,
} from '../network/messages/gossip.ts';
import type { Transport } from '../network/transport.ts';
import type { Background } from './bounded-work.ts';
import type { MemberCalls } from './member-calls.ts';
import { NO_RECORDS, type RingMemberTable, type TableRecords } from './ring-member-table.ts';
import type { Timings } from './timings.ts';

/** Members a change is pushed to at once; the others hear of it by the digests. */
const PUSH_WIDTH = 12;
/** Rows in one message, so that it fits a frame. */
const MAX_ROWS = 150;

/**
 * How the member table spreads (Dynamo §4.8.1; DESIGN §2 Membership): what changed is pushed at
 * once, and each second two members compare digests, so that who missed a push catches up.
 */
export interface Gossip extends Repeating {
  /** Compares tables with one member now; both have the same afterwards. */
  catchUp(peer: PeerId, signal?: AbortSignal): Promise<void>;
  /** Answers another member's digest. */
  answer(request: GossipRequest): GossipAnswer;
}

export function createGossip(
  init: { readonly timings: Timings },
  components: {
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
    readonly transport: Transport;
    readonly members: RingMemberTable;
    readonly calls: MemberCalls;
    readonly background: Background;
  },
): Gossip {
  const { random, transport, members, calls, logger } = components;

  async function catchUp(peer: PeerId, signal?: AbortSignal): Promise<void> {
    const first = await calls.call(
      peer,
      gossipMessage,
      { tableHash: tableHash(members), digest: null },
      { signal },
    );
    if (first.same || first.digest === null) return;
    push(peer, recordsBeyond(members, first.digest));
    const request = { tableHash: tableHash(members), digest: digestOf(members) };
    const { records } = await calls.call(peer, gossipMessage, request, { signal });
    await members.addRecords(records, peer);
  }
  function push(peer: PeerId, records: TableRecords): void {
    if (countOf(records) === 0) return;
    transport.notify(peer, gossipPushNotice.verb, gossipPushNotice.encodeRequest(records));
  }
  members.on('learned', ({ records, from }) => {
    const others = transport.connected().filter((peer) => peer !== from);
    for (const peer of choose(others, PUSH_WIDTH, random)) push(peer, limited(records));
  });
  const loop = createRepeating({
    clock: components.clock,
    intervalMs: () => init.timings.gossipMs,
    async work(signal) {
      const [peer] = choose(transport.connected(), 1, random);
      if (peer !== undefined) await catchUp(peer, signal);
    },
    onError: (error) => {
      logger.debug('a gossip round failed', { code: toAppError(error).code });
    },
  });
  return {
    ...loop,
    catchUp,
    answer({ tableHash: theirs, digest }) {
      if (theirs === tableHash(members)) return { same: true, digest: null, records: NO_RECORDS };
      const records = digest === null ? NO_RECORDS : recordsBeyond(members, digest);
      return { same: false, digest: digestOf(members), records };
    },
  };
}

function heads(members: RingMemberTable): readonly RecordHead[] {
  return members.entries().map(({ record: { peer, epochCounter, n, hash } }) => ({
    ...{ peer, epochCounter, n, hash },
  }));
}

/** Of everything that gossip spreads: rows, settings, revocations. */
export function tableHash(members: RingMemberTable): Hash {
  const revoked = members.knownRevocations().map(({ hash }) => hash);
  const parts = [tableDigest(heads(members)), members.signedSettings.hash, ...revoked.sort()];
  return sha256Hex(utf8(parts.join('\n'))) as Hash;
}

export function digestOf(members: RingMemberTable): GossipDigest {
  const { settings, hash } = members.signedSettings;
  return {
    members: heads(members).map(({ peer, epochCounter, n, hash: row }) => ({
      ...{ peer, n },
      epoch: epochCounter,
      hash: row,
    })),
    settings: { number: settings.number, hash },
    revocations: members.knownRevocations().map((revocation) => revocation.hash),
  };
}

/** What this table has and the one of the digest lacks. */
export function recordsBeyond(members: RingMemberTable, digest: GossipDigest): TableRecords {
  const mine = new Map(heads(members).map((head) => [head.peer, head]));
  const theirs = digest.members.map(({ peer, epoch, n, hash }) => ({
    ...{ peer, n, hash },
    epochCounter: epoch,
  }));
  const { send } = compareTables(mine, theirs);
  const known = new Set(digest.revocations);
  return limited({
    members: send.flatMap((peer) => members.entry(peer)?.bytes ?? []),
    settings: settingsBeyond(members, digest),
    revocations: members
      .knownRevocations()
      .filter(({ hash }) => !known.has(hash))
      .map(({ bytes }) => bytes),
  });
}

function settingsBeyond(members: RingMemberTable, digest: GossipDigest): readonly Uint8Array[] {
  const { settings, hash } = members.signedSettings;
  const mine = { number: settings.number, hash };
  const theirs = digest.settings;
  if (theirs !== null && (theirs.hash === hash || newerSettings(mine, theirs) === theirs))
    return [];
  return members.settingsRecord();
}

function limited(records: TableRecords): TableRecords {
  return {
    members: records.members.slice(0, MAX_ROWS),
    settings: records.settings,
    revocations: records.revocations.slice(0, MAX_ROWS),
  };
}

function countOf({ members, settings, revocations }: TableRecords): number {
  return members.length + settings.length + revocations.length;
}

/** `count` of the peers, drawn without repetition. */
function choose(peers: readonly PeerId[], count: number, random: Random): readonly PeerId[] {
  const left = [...peers];
  const out: PeerId[] = [];
  while (out.length < count && left.length > 0) {
    out.push(...left.splice(randomBelow(random, left.length), 1));
  }
  return out;
}
