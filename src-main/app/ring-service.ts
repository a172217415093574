/** The ring as people meet it: start one, join one, see who is in it, let in and put out. */
import { AppError, isAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { PeerId } from '../domain/ids.ts';
import { issueCertificate } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { inviteLink, parseInviteLink, type InviteLink } from '../security/invite.ts';
import { newPhrase } from '../security/phrase.ts';
import {
  checkInForce,
  issueRevocation,
  keptActsOf,
  readRevocation,
} from '../security/revocation.ts';
import { ringKeysFromPhrase } from '../security/ring-keys.ts';
import { issueSettings } from '../security/ring-settings.ts';
import { decodeChain } from '../security/certificate.ts';
import type { ItemStore } from '../storage/item-store.ts';
import { asAdmin } from './admin-check.ts';
import { MAX_CAPACITY, type InviteBook } from './invite-book.ts';
import type { Welcome } from './join-messages.ts';
import { createJoinTalk, inviterUnreachable } from './join-talk.ts';
import type { Notices } from './notices.ts';
import type { RingLifecycle, RingServices } from './ring-lifecycle.ts';
import { ringExists, type RingSession } from './ring-session.ts';
import type { RingShape } from './ring-shape.ts';
import { memberView, ringView } from './ring-views.ts';
import type { InviteView, MemberView, RingView } from './views.ts';

const JOIN_TIMEOUT_MS = 15_000;
/** Addresses in a link: enough to get through, few enough for a QR code. */
const MAX_LINK_ADDRESSES = 4;
const MAX_OTHER_MEMBERS = 2;
const PARTITIONS = 1024;
const AWAY = ['UNREACHABLE', 'TIMEOUT', 'INVITER_UNREACHABLE'] as const;

export interface RingService {
  show(): RingView;
  create(input: {
    name: string;
    n: number | 'auto';
    r: number;
    w: number;
  }): Promise<{ ring: RingView; phrase: string }>;
  join(input: { link: string }, signal?: AbortSignal): Promise<{ ring: RingView }>;
  members(): Promise<MemberView[]>;
  invite(input: {
    expiresInMs: number;
    admin: boolean;
  }): Promise<{ id: string; link: string; expiresMs: number }>;
  invites(): Promise<InviteView[]>;
  closeInvite(input: { id: string }): Promise<{ closed: boolean }>;
  revoke(input: { peerId: string }): Promise<{ revoked: boolean }>;
  newPeerKey(): Promise<{ peerId: string }>;
}

export interface RingServiceComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly verifier: Verifier;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly lifecycle: RingLifecycle;
  readonly invites: InviteBook;
  readonly shape: RingShape;
  readonly notices: Notices;
  /** What this machine is called. */
  readonly machineName: string;
}

export function createRingService(components: RingServiceComponents): RingService {
  const { clock, random, store, session, invites, shape, notices } = components;

  function show(): RingView {
    const services = session.services();
    if (session.ring === undefined) throw new AppError('NO_RING', 'This machine is in no ring.');
    return ringView(session.ring, services, shape);
  }

  return {
    show,
    async create({ name, n, r, w }) {
      if (session.ring !== undefined) throw ringExists();
      if (n !== 'auto' && (r > n || w > n)) {
        throw new AppError(
          'BAD_REQUEST',
          `With ${n} copies of each item, r and w are at most ${n}.`,
          {
            details: { n, r, w },
          },
        );
      }
      const phrase = newPhrase(random);
      const { ring, root } = ringKeysFromPhrase(phrase);
      const certificate = issueCertificate({
        ring,
        subject: session.peerKey.peerId,
        issuer: root,
        serial: 1,
        admin: true,
        maxCapacity: MAX_CAPACITY,
        zones: [],
        issuedMs: clock.wallMs(),
      });
      const settings = issueSettings({
        ring,
        settings: { number: 1, n, r, w, q: PARTITIONS },
        issuer: root,
      });
      await session.enter({
        ring,
        name,
        chain: [certificate.bytes],
        settings: [settings.bytes],
        memberEntries: [],
        revocations: [],
      });
      return { ring: show(), phrase };
    },
    async join({ link }, signal) {
      const parsed = parseInviteLink(link);
      if (session.ring !== undefined) {
        if (session.ring.ring === parsed.ring) return { ring: show() };
        throw ringExists();
      }
      await join(parsed, signal, components);
      return { ring: show() };
    },
    async members() {
      const services = session.services();
      return Promise.all(
        services.members.all().map((member) => memberView(member, services, shape)),
      );
    },
    async invite(input) {
      const services = asAdmin(session);
      const invite = await invites.make(input);
      const addresses = [...services.addresses().slice(0, MAX_LINK_ADDRESSES), ...others(services)];
      return { id: invite.id, link: inviteLink(invite, addresses), expiresMs: invite.expiryMs };
    },
    invites: () => invites.list(),
    async closeInvite({ id }) {
      return { closed: await invites.close(id) };
    },
    async revoke({ peerId }) {
      await revoke(peerId as PeerId, asAdmin(session), session);
      return { revoked: true };
    },
    async newPeerKey() {
      await session.leaveWithNewKey();
      await store.renewEpoch();
      await notices.acceptEpoch();
      return { peerId: session.peerKey.peerId };
    },
  };
}

/** Addresses of members that would pass a join on: of a few that are connected now. */
function others({ members, transport }: RingServices): readonly string[] {
  return transport
    .connected()
    .slice(0, MAX_OTHER_MEMBERS)
    .flatMap((peer) => {
      const [address] = members.get(peer)?.addresses ?? [];
      if (address === undefined) return [];
      return [address.includes('/p2p/') ? address : `${address}/p2p/${peer}`];
    });
}

async function join(
  link: InviteLink,
  signal: AbortSignal | undefined,
  { session, lifecycle, verifier, machineName }: RingServiceComponents,
): Promise<void> {
  const own = { peer: session.peerKey, name: machineName };
  let welcome: Welcome | undefined;
  let failure: unknown;
  // The maker itself if it can be reached, else a member that passes the join on to it.
  for (const target of targetsOf(link)) {
    const talk = createJoinTalk(link, own, verifier);
    try {
      await lifecycle.converse(target, talk, { timeoutMs: JOIN_TIMEOUT_MS, signal });
      welcome = talk.welcome();
      if (welcome !== undefined) break;
    } catch (error) {
      if (!AWAY.some((code) => isAppError(error, code))) throw error;
      failure ??= error;
    }
  }
  if (welcome === undefined) throw inviterUnreachable(failure);
  await session.enter({
    ring: link.ring,
    name: welcome.name,
    chain: decodeChain(welcome.chain).map(({ bytes }) => bytes),
    settings: welcome.settings,
    memberEntries: welcome.memberEntries,
    revocations: welcome.revocations,
  });
}

/** Whom to ask, the maker first: addresses that name another member lead to that one. */
function targetsOf(link: InviteLink): readonly { peer: PeerId; addresses: readonly string[] }[] {
  const targets = new Map<PeerId, string[]>([[link.maker, []]]);
  for (const address of link.addresses) {
    const named = /\/p2p\/([^/]+)$/.exec(address)?.[1];
    const peer = named === undefined ? link.maker : (named as PeerId);
    targets.set(peer, [...(targets.get(peer) ?? []), address]);
  }
  return [...targets].map(([peer, addresses]) => ({ peer, addresses }));
}

/** Takes a member's trust back; what it had signed until now still counts. */
async function revoke(
  subject: PeerId,
  { members }: RingServices,
  session: RingSession,
): Promise<void> {
  const entry = members.entry(subject);
  const { ring, peer } = session.identity();
  if (entry === undefined) throw new AppError('NOT_MEMBER', 'The ring has no such member.');
  if (subject === peer.peerId) {
    throw new AppError('BAD_REQUEST', 'A machine cannot put itself out of the ring.');
  }
  const known = members.knownRevocations();
  const keep = keptActsOf(subject, {
    chains: members.entries().map(({ chain }) => chain),
    revocations: known,
    settings: [members.signedSettings],
  });
  const { bytes } = issueRevocation({ ring, subject, issuer: peer, keep });
  if (!isOut([...known, readRevocation(bytes)])) {
    throw new AppError(
      'NOT_ADMIN',
      'This member can only be put out by an admin that let it in, or by one above that.',
    );
  }
  await members.addRevocations([bytes]);
  // A disk that is full keeps no revocation, and what is not kept is not told to anybody.
  if (members.isMember(subject)) {
    throw new AppError('STORAGE_FAILED', 'The disk did not take it: the member is still in.');
  }

  function isOut(revocations: Parameters<typeof checkInForce>[1]): boolean {
    try {
      checkInForce(entry?.chain ?? [], revocations);
      return false;
    } catch (error) {
      if (isAppError(error, 'REVOKED')) return true;
      throw error;
    }
  }
}
