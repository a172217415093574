import type { PeerId } from '../../src-main/domain/ids.ts';
import type { Verb } from '../../src-main/network/verb.ts';
import type { MachineClock } from './machine-clock.ts';
import type { SeededRandom } from './seeded-random.ts';
import { createSimulatedTransport, type SimulatedTransport } from './simulated-transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Knobs of the simulated network; all probabilities are per message. */
export interface NetworkOptions {
  /** One-way delay in virtual ms, drawn anew for each message (so messages overtake). */
  readonly delayMs: readonly [from: number, to: number];
  /** A request, an answer or a notice that never arrives, though the session stands. */
  readonly loss: number;
  /** A request or a notice that arrives twice. */
  readonly duplication: number;
  /** After how long a cut is noticed on either side. */
  readonly noticeMs: readonly [from: number, to: number];
  /** After how long a session stands again, once it can. */
  readonly redialMs: readonly [from: number, to: number];
}

/** A longer delay than this is trouble. */
const USUAL_DELAY_MS = 50;

export const CALM: NetworkOptions = {
  delayMs: [1, 5],
  loss: 0,
  duplication: 0,
  noticeMs: [1500, 3500],
  redialMs: [50, 1000],
};

/** What a member gives the network, as the libp2p transport takes it. */
export interface SimulatedNode {
  readonly self: PeerId;
  /** The machine's own time. @default the world's: it never sleeps */
  readonly clock?: MachineClock;
  isMember(peer: PeerId): boolean;
  readonly revocations: {
    all(): readonly Uint8Array[];
    add(records: readonly Uint8Array[]): Promise<unknown>;
  };
}

/** A session between two members: one life of their stream. */
export interface Session {
  readonly id: number;
  readonly nonce: Uint8Array;
  /** Ends seen by each side at its own moment. */
  readonly seenBy: Set<PeerId>;
}

interface Link {
  session: Session | undefined;
  /** Counts topology changes, so that an earlier plan for this pair is dropped. */
  plan: number;
}

export interface AnsweredRequest {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly verb: Verb;
  readonly body: Uint8Array;
  readonly reply: Uint8Array;
}

/** Sees everything, alters nothing. */
export interface NetworkWatcher {
  sent?(from: PeerId, to: PeerId, body: Uint8Array): void;
  answered?(request: AnsweredRequest): void;
}

export interface SimulatedNetwork {
  join(node: SimulatedNode): SimulatedTransport;
  /** The process is gone: its sessions end on the other sides. */
  leave(peer: PeerId): void;
  /** Nothing passes from `from` to `to` until healed (one way). */
  cut(from: PeerId, to: PeerId): void;
  /** Nothing passes between the groups; within a group all passes. */
  partition(groups: readonly (readonly PeerId[])[]): void;
  /** Takes away just these pairs, both ways; all others stay as they are. */
  separate(pairs: readonly (readonly [PeerId, PeerId])[]): void;
  /** Everything to and from this member takes so much longer, one way; 0 = as the others. */
  slow(peer: PeerId, extraMs: number): void;
  /** The member fell asleep or woke: the others notice after a while. */
  review(peer: PeerId): void;
  heal(): void;
  setOptions(options: Partial<NetworkOptions>): void;
  /** Ends the session of a pair now, as `disconnect` does; it is dialled again if allowed. */
  drop(a: PeerId, b: PeerId, reason: string): void;
  /** Delivers `run` at the other end after a delay, unless lost or cut. */
  carry(from: PeerId, to: PeerId, session: Session, run: () => void, mayRepeat: boolean): void;
  node(peer: PeerId): SimulatedTransport | undefined;
  /** True while messages pass both ways between the two without loss or more delay than usual. */
  flows(a: PeerId, b: PeerId): boolean;
  /** Hears every message as it leaves, and every request once it was answered. */
  watch(watcher: NetworkWatcher): void;
  /** Told by the transports. */
  sent(from: PeerId, to: PeerId, body: Uint8Array): void;
  answered(request: AnsweredRequest): void;
  /** Messages carried so far, for "then repair traffic stops". */
  readonly carried: number;
}

export function createSimulatedNetwork(
  init: Partial<NetworkOptions>,
  components: { readonly clock: VirtualClock; readonly random: SeededRandom },
): SimulatedNetwork {
  const { clock } = components;
  const random = components.random.fork('network');
  let options: NetworkOptions = { ...CALM, ...init };
  const nodes = new Map<PeerId, { node: SimulatedNode; transport: SimulatedTransport }>();
  const links = new Map<string, Link>();
  const cuts = new Set<string>();
  const extraMs = new Map<PeerId, number>();
  const watchers: NetworkWatcher[] = [];
  let sessions = 0;
  let carried = 0;

  const pairKey = (a: PeerId, b: PeerId): string => (a < b ? `${a}|${b}` : `${b}|${a}`);
  const wayKey = (from: PeerId, to: PeerId): string => `${from}>${to}`;
  const draw = ([from, to]: readonly [number, number]): number => random.between(from, to);
  /** A machine that sleeps hears it when it wakes. */
  function tell(peer: PeerId, run: (transport: SimulatedTransport) => void): void {
    const found = nodes.get(peer);
    if (found === undefined) return;
    const deliver = (): void => {
      if (nodes.get(peer) === found) run(found.transport);
    };
    if (found.node.clock === undefined) deliver();
    else found.node.clock.whenAwake(deliver);
  }
  function linkOf(a: PeerId, b: PeerId): Link {
    const key = pairKey(a, b);
    const link = links.get(key) ?? { session: undefined, plan: 0 };
    links.set(key, link);
    return link;
  }
  function allowed(a: PeerId, b: PeerId): boolean {
    const [one, two] = [nodes.get(a), nodes.get(b)];
    if (one === undefined || two === undefined) return false;
    if (cuts.has(wayKey(a, b)) || cuts.has(wayKey(b, a))) return false;
    if (one.node.clock?.asleep === true || two.node.clock?.asleep === true) return false;
    return one.node.isMember(b) && two.node.isMember(a);
  }
  /** Plans what the pair's topology asks for: a session made, or a dead one noticed. */
  function review(a: PeerId, b: PeerId): void {
    const link = linkOf(a, b);
    const plan = ++link.plan;
    const wanted = allowed(a, b);
    if (wanted === (link.session !== undefined)) return;
    clock.schedule(draw(wanted ? options.redialMs : options.noticeMs), () => {
      if (link.plan !== plan || allowed(a, b) !== wanted) return;
      if (wanted) void establish(a, b, link);
      else end(a, b, link, 'no heartbeat');
    });
  }
  /** Both sides hear the other's revocations before any other frame, then the session stands. */
  async function establish(a: PeerId, b: PeerId, link: Link): Promise<void> {
    const [one, two] = [nodes.get(a), nodes.get(b)];
    if (one === undefined || two === undefined || link.session !== undefined) return;
    const session = { id: ++sessions, nonce: random.bytes(32), seenBy: new Set<PeerId>() };
    link.session = session;
    await one.node.revocations.add(two.node.revocations.all());
    await two.node.revocations.add(one.node.revocations.all());
    if (!allowed(a, b)) {
      link.session = undefined;
      review(a, b);
      return;
    }
    for (const [peer, other] of [
      [a, two],
      [b, one],
    ] as const) {
      clock.schedule(draw(options.delayMs), () => {
        if (link.session !== session) return;
        session.seenBy.add(other.transport.self);
        tell(other.transport.self, (transport) => {
          if (link.session === session) transport.sessionUp(peer, session);
        });
      });
    }
  }
  function end(a: PeerId, b: PeerId, link: Link, reason: string): void {
    const session = link.session;
    if (session === undefined) return;
    link.session = undefined;
    for (const [peer, other] of [
      [a, b],
      [b, a],
    ] as const) {
      tell(peer, (transport) => {
        transport.sessionDown(other, session, reason);
      });
    }
    review(a, b);
  }
  function reviewAll(): void {
    const all = [...nodes.keys()];
    for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) review(a, b);
  }
  const network: SimulatedNetwork = {
    get carried() {
      return carried;
    },
    node: (peer) => nodes.get(peer)?.transport,
    flows(a, b) {
      const session = linkOf(a, b).session;
      if (session === undefined || !allowed(a, b) || extraMs.has(a) || extraMs.has(b)) return false;
      if (options.loss > 0 || options.delayMs[1] > USUAL_DELAY_MS) return false;
      return session.seenBy.has(a) && session.seenBy.has(b);
    },
    watch: (watcher) => watchers.push(watcher),
    sent(from, to, body) {
      for (const watcher of watchers) watcher.sent?.(from, to, body);
    },
    answered(request) {
      for (const watcher of watchers) watcher.answered?.(request);
    },
    setOptions(change) {
      options = { ...options, ...change };
    },
    join(node) {
      const own = node.clock ?? clock;
      const transport = createSimulatedTransport(node.self, { clock: own, network, reviewAll });
      nodes.set(node.self, { node, transport });
      return transport;
    },
    leave(peer) {
      const gone = nodes.get(peer);
      nodes.delete(peer);
      for (const other of nodes.keys()) {
        const link = linkOf(peer, other);
        const session = link.session;
        link.session = undefined;
        link.plan++;
        if (session === undefined) continue;
        gone?.transport.sessionDown(other, session, 'stopped');
        clock.schedule(random.between(5, 100), () => {
          nodes.get(other)?.transport.sessionDown(peer, session, 'closed');
        });
      }
    },
    cut(from, to) {
      cuts.add(wayKey(from, to));
      review(from, to);
    },
    partition(groups) {
      cuts.clear();
      for (const [i, group] of groups.entries()) {
        for (const [j, other] of groups.entries()) {
          if (i === j) continue;
          for (const a of group) for (const b of other) cuts.add(wayKey(a, b));
        }
      }
      reviewAll();
    },
    separate(pairs) {
      for (const [a, b] of pairs) {
        cuts.add(wayKey(a, b));
        cuts.add(wayKey(b, a));
        review(a, b);
      }
    },
    slow(peer, ms) {
      if (ms > 0) extraMs.set(peer, ms);
      else extraMs.delete(peer);
    },
    review(peer) {
      for (const other of nodes.keys()) if (other !== peer) review(peer, other);
    },
    heal() {
      cuts.clear();
      extraMs.clear();
      reviewAll();
    },
    drop(a, b, reason) {
      end(a, b, linkOf(a, b), reason);
    },
    carry(from, to, session, run, mayRepeat) {
      carried++;
      const arrive = (): void => {
        // A cut swallows what is under way; a session that ended takes its frames along.
        if (cuts.has(wayKey(from, to)) || linkOf(from, to).session !== session) return;
        // What reaches a sleeping machine waits in its buffers, as long as the session lives.
        tell(to, (transport) => {
          if (linkOf(from, to).session === session) transport.receive(from, session, run);
        });
      };
      const late = (extraMs.get(from) ?? 0) + (extraMs.get(to) ?? 0);
      if (!random.chance(options.loss)) clock.schedule(late + draw(options.delayMs), arrive);
      if (mayRepeat && random.chance(options.duplication)) {
        clock.schedule(late + draw(options.delayMs), arrive);
      }
    },
  };
  return network;
}
