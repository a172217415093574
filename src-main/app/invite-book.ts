/**
 * The invites this machine has made. Only it redeems them, and each is marked spent on disk before
 * anything is signed, so that a crash in between never lets two people in on one invite (DESIGN §2
 * Admission and trust).
 */
import { AppError } from '../base/app-error.ts';
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import type { Random } from '../base/random.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { RingCertificate } from '../security/certificate.ts';
import {
  certificateOf,
  closeInvite,
  decodeInvite,
  encodeInvite,
  JOIN_NONCE_BYTES,
  joinProof,
  newInvite,
  redeemInvite,
  type Invite,
} from '../security/invite.ts';
import type { PeerKey } from '../security/peer-key.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { InviteView } from './views.ts';

/** Hundredths of a normal member's share: what an invited machine may ask for. */
export const MAX_CAPACITY = 6400;
const SERIAL = 'certificate-serial';
/** How long after its end an invite is still answered, with what is wrong about it. */
const LATE_MS = 3600 * 1000;
/** For the form only: such an invite is used as it is made. */
const CERTIFY_MS = 60_000;
/** Invites that were used or ran out are forgotten after this. */
const KEEP_MS = 30 * 24 * 3600 * 1000;

export interface InviteBook {
  /** Reads the invites from disk. */
  start(): Promise<void>;
  /**
   * True while somebody may come with one of them and deserves an answer: also the machine whose
   * answer was lost, and one that comes with a link used by another or just run out.
   */
  anyAnswerable(): boolean;
  /** For how long (ms) some invite can still be used; 0 if none can. */
  openForMs(): number;
  make(options: { readonly expiresInMs: number; readonly admin: boolean }): Promise<Invite>;
  list(): Promise<InviteView[]>;
  close(id: string): Promise<boolean>;
  /**
   * The newcomer's certificate.
   * @throws INVITE_INVALID, INVITE_USED, INVITE_EXPIRED, INVITE_CLOSED
   */
  redeem(
    id: string,
    claim: { readonly newcomer: PeerId; readonly nonce: Uint8Array; readonly proof: Uint8Array },
  ): Promise<RingCertificate>;
  /**
   * A certificate for a machine that an admin has compared by eye: an invite that is made, used and
   * closed in one step, so that it is durable before it is signed, and shown like the others.
   */
  certify(grant: { readonly newcomer: PeerId; readonly admin: boolean }): Promise<RingCertificate>;
}

export function createInviteBook(components: {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly random: Random;
  /** An invite was made, used or closed. */
  onChange(): void;
  identity(): { readonly ring: RingId; readonly peer: PeerKey };
}): InviteBook {
  const { records, clock, random, identity, onChange } = components;
  const lock = createKeyedLock();
  const invites = new Map<string, Invite>();

  async function save(invite: Invite): Promise<void> {
    await records.put('invite', invite.id, encodeInvite(invite));
    invites.set(invite.id, invite);
    onChange();
  }
  async function nextSerial(): Promise<number> {
    return lock.run(SERIAL, async () => {
      const bytes = await records.get('setting', SERIAL);
      const serial = (bytes === undefined ? 1 : Number(utf8ToString(bytes))) + 1;
      await records.put('setting', SERIAL, utf8(String(serial)));
      return serial;
    });
  }
  const isOpen = (invite: Invite): boolean =>
    !invite.closed && invite.spent === undefined && clock.wallMs() < invite.expiryMs;

  return {
    async start() {
      for (const { name, value } of await records.list('invite')) {
        const invite = decodeInvite(value);
        if (clock.wallMs() > invite.expiryMs + KEEP_MS) await records.delete('invite', name);
        else invites.set(invite.id, invite);
      }
    },
    anyAnswerable: () =>
      [...invites.values()].some(
        (invite) => !invite.closed && clock.wallMs() < invite.expiryMs + LATE_MS,
      ),
    openForMs() {
      const open = [...invites.values()].filter(isOpen);
      return Math.max(0, ...open.map(({ expiryMs }) => expiryMs - clock.wallMs()));
    },
    async make({ expiresInMs, admin }) {
      const { ring, peer } = identity();
      const invite = newInvite(
        {
          ring,
          maker: peer.peerId,
          expiryMs: clock.wallMs() + expiresInMs,
          grant: { admin, maxCapacity: MAX_CAPACITY, zones: [] },
        },
        { random },
      );
      await save(invite);
      return invite;
    },
    async certify({ newcomer, admin }) {
      const { ring, peer } = identity();
      const maker = peer.peerId;
      const nowMs = clock.wallMs();
      const invite = newInvite(
        {
          ...{ ring, maker, expiryMs: nowMs + CERTIFY_MS },
          grant: { admin, maxCapacity: MAX_CAPACITY, zones: [] },
        },
        { random },
      );
      const nonce = random.bytes(JOIN_NONCE_BYTES);
      const proof = joinProof(invite.secret, { ring, maker, newcomer, nonce });
      const claim = { newcomer, nonce, proof, nowMs, serial: await nextSerial() };
      const outcome = redeemInvite(invite, claim);
      if (outcome.outcome === 'refused') throw refusedOffer(outcome.code);
      const spent = closeInvite(outcome.invite);
      await save(spent);
      return certificateOf(spent, peer);
    },
    list() {
      const views = [...invites.values()]
        .filter((invite) => isOpen(invite) || invite.spent !== undefined)
        .map((invite): InviteView => ({
          id: invite.id,
          admin: invite.grant.admin,
          expiresMs: invite.expiryMs,
          used: invite.spent !== undefined,
        }));
      return Promise.resolve(views.sort((a, b) => b.expiresMs - a.expiresMs));
    },
    close: (id) =>
      lock.run(id, async () => {
        const invite = invites.get(id);
        if (invite === undefined || !isOpen(invite)) return false;
        await save(closeInvite(invite));
        return true;
      }),
    redeem: (id, claim) =>
      lock.run(id, async () => {
        const before = invites.get(id);
        if (before === undefined) throw refusedOffer('INVITE_INVALID');
        const serial = await nextSerial();
        const outcome = redeemInvite(before, { ...claim, nowMs: clock.wallMs(), serial });
        if (outcome.invite !== before) await save(outcome.invite);
        if (outcome.outcome === 'refused') throw refusedOffer(outcome.code);
        return certificateOf(outcome.invite, identity().peer);
      }),
  };
}

const SENTENCES = {
  INVITE_INVALID: 'This link is not valid. Ask for a new one.',
  INVITE_USED: 'This link was used by another machine. Ask for a new one.',
  INVITE_EXPIRED: 'This link has run out. Ask for a new one.',
  INVITE_CLOSED: 'This link was closed. Ask for a new one.',
} as const;

export function refusedOffer(code: keyof typeof SENTENCES): AppError {
  return new AppError(code, SENTENCES[code]);
}
