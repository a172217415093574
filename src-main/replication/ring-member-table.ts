import { toAppError } from '../base/app-error.ts';
import { createEmitter, type Emitter, type Events } from '../base/emitter.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import type { Logger } from '../base/logger.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { RingSettings } from '../domain/member.ts';
import { isPlaced } from '../domain/placement.ts';
import { newestRecord } from '../domain/membership.ts';
import { readCertificate, type Chain } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import type { PeerKey } from '../security/peer-key.ts';
import type { Revocation } from '../security/revocation.ts';
import type { SignedSettings } from '../security/ring-settings.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { MemberEntry } from './member-entry.ts';
import { createMemberRecords, type MemberRecords } from './member-records.ts';
import type { KnownMember, MemberTable, MemberTableEvents } from './member-table.ts';
import { nextOwnEntry, type OwnChange, type OwnMember } from './own-member.ts';

export interface MemberTableInit {
  readonly ring: RingId;
  readonly self: PeerId;
  readonly own: OwnMember;
  /** This member's certificate, leaf first. */
  readonly chain: readonly Uint8Array[];
  /** The settings record, then its issuer's chain. */
  readonly settings: readonly Uint8Array[];
  /** From the answer to the join, if it was just now. */
  readonly memberEntries?: readonly Uint8Array[];
  readonly revocations?: readonly Uint8Array[];
}

export interface MemberTableComponents {
  readonly records: RecordStore;
  readonly peerKey: PeerKey;
  readonly verifier: Verifier;
  readonly logger: Logger;
}

/** Signed records as they travel (network/messages/gossip.ts). */
export interface TableRecords {
  readonly members: readonly Uint8Array[];
  readonly settings: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
}

export interface RingMemberTableEvents extends MemberTableEvents {
  /** Records that were new here; `from` undefined: made here. Gossip pushes them on. */
  learned: { readonly records: TableRecords; readonly from: PeerId | undefined };
}

/** The member table, with what gossip, joins and the transport's hello need of it. */
export interface RingMemberTable extends Omit<MemberTable, 'on'>, Events<RingMemberTableEvents> {
  /** Signs the own record anew if the change alters it; durable when it resolves. */
  announce(change: OwnChange): Promise<void>;
  entry(peer: PeerId): MemberEntry | undefined;
  entries(): readonly MemberEntry[];
  /** All rows as they travel: for a join's answer. */
  memberEntries(): readonly Uint8Array[];
  /** A member's certificate, leaf first. */
  chainOf(peer: PeerId): readonly Uint8Array[] | undefined;
  readonly signedSettings: SignedSettings;
  /** The settings record, then its issuer's chain. */
  settingsRecord(): readonly Uint8Array[];
  /** Grow-only; exchanged first on every connection (DESIGN §2 Admission). */
  revocations(): readonly Uint8Array[];
  knownRevocations(): readonly Revocation[];
  /** Those of a member's certificate and of the ones above it, as signed. */
  revocationsOf(peer: PeerId): readonly Uint8Array[];
  /**
   * Takes records that came from elsewhere: each is checked, the greater kept, stored, told on. One
   * that does not hold is left out with a log line. Resolves with how many were new.
   */
  addRecords(records: TableRecords, from?: PeerId): Promise<number>;
  addMemberEntries(entries: readonly Uint8Array[], from?: PeerId): Promise<number>;
  addSettings(record: readonly Uint8Array[], from?: PeerId): Promise<number>;
  addRevocations(records: readonly Uint8Array[], from?: PeerId): Promise<number>;
}

export const NO_RECORDS: TableRecords = { members: [], settings: [], revocations: [] };

/** Loads what is on disk, adds what the join brought, signs the own record. No network yet. */
export async function createMemberTable(
  init: MemberTableInit,
  components: MemberTableComponents,
): Promise<RingMemberTable> {
  const table = new Table(init, components);
  await table.open();
  return table;
}

class Table implements RingMemberTable {
  readonly ring: RingId;
  readonly self: PeerId;
  readonly #init: MemberTableInit;
  readonly #chain: Chain;
  readonly #components: MemberTableComponents;
  readonly #logger: Logger;
  readonly #records: MemberRecords;
  readonly #emitter: Emitter<RingMemberTableEvents>;
  /** One change at a time: read, compare and write must not interleave. */
  readonly #turn = createKeyedLock({ maxWaiting: 10_000 });
  #own: OwnMember;

  constructor(init: MemberTableInit, components: MemberTableComponents) {
    this.ring = init.ring;
    this.self = init.self;
    this.#init = init;
    this.#own = init.own;
    this.#chain = init.chain.map((one) => readCertificate(one));
    this.#components = components;
    this.#logger = components.logger.scope('members');
    const { records, verifier } = components;
    this.#records = createMemberRecords(init, {
      records,
      verifier,
      refused: (what, error) => {
        this.#logger.warn('a record does not hold', { what, code: toAppError(error).code });
      },
    });
    this.#emitter = createEmitter((error) => {
      this.#logger.error('a listener failed', { error: toAppError(error).message });
    });
  }

  async open(): Promise<void> {
    await this.#records.load();
    const { memberEntries = [], revocations = [], settings } = this.#init;
    await this.addRecords({ members: memberEntries, settings, revocations });
    await this.announce({});
  }

  on<K extends keyof RingMemberTableEvents>(
    name: K,
    listener: (event: RingMemberTableEvents[K]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  get settings(): RingSettings {
    return this.signedSettings.settings;
  }
  get signedSettings(): SignedSettings {
    return this.#records.settings.signed;
  }
  settingsRecord(): readonly Uint8Array[] {
    return this.#records.settings.bytes;
  }
  all(): readonly KnownMember[] {
    return this.entries().map((entry) => entry.known);
  }
  get(peer: PeerId): KnownMember | undefined {
    return this.entry(peer)?.known;
  }
  isMember(peer: PeerId): boolean {
    return this.entry(peer)?.revoked === false;
  }
  entry(peer: PeerId): MemberEntry | undefined {
    return this.#records.members.get(peer);
  }
  entries(): readonly MemberEntry[] {
    return [...this.#records.members.values()];
  }
  memberEntries(): readonly Uint8Array[] {
    return this.entries().map((entry) => entry.bytes);
  }
  chainOf(peer: PeerId): readonly Uint8Array[] | undefined {
    return this.entry(peer)?.chain.map((certificate) => certificate.bytes);
  }
  knownRevocations(): readonly Revocation[] {
    return [...this.#records.revocations.values()];
  }
  revocations(): readonly Uint8Array[] {
    return this.knownRevocations().map((revocation) => revocation.bytes);
  }

  revocationsOf(peer: PeerId): readonly Uint8Array[] {
    const subjects = new Set(this.entry(peer)?.chain.map(({ subject }) => subject));
    return this.knownRevocations().flatMap(({ subject, bytes }) =>
      subjects.has(subject) ? [bytes] : [],
    );
  }

  announce(change: OwnChange): Promise<void> {
    return this.#turn.run('table', async () => {
      const { move: _move, ...own } = change;
      this.#own = { ...this.#own, ...own };
      await this.#signOwn(change);
    });
  }
  addMemberEntries(members: readonly Uint8Array[], from?: PeerId): Promise<number> {
    return this.addRecords({ ...NO_RECORDS, members }, from);
  }
  addSettings(settings: readonly Uint8Array[], from?: PeerId): Promise<number> {
    return this.addRecords({ ...NO_RECORDS, settings }, from);
  }
  addRevocations(revocations: readonly Uint8Array[], from?: PeerId): Promise<number> {
    return this.addRecords({ ...NO_RECORDS, revocations }, from);
  }
  addRecords(offered: TableRecords, from?: PeerId): Promise<number> {
    return this.#turn.run('table', () => this.#take(offered, from));
  }

  /**
   * Revocations first: what they take out must not be let in by the same message. Then once more,
   * for those whose issuer came with it.
   */
  async #take(offered: TableRecords, from: PeerId | undefined): Promise<number> {
    const revocations: Uint8Array[] = [];
    const members: Uint8Array[] = [];
    const revoked: PeerId[] = [];
    const peers: PeerId[] = [];
    const takeRevocation = async (bytes: Uint8Array): Promise<void> => {
      const hit = await this.#records.keepRevocation(bytes);
      if (hit === undefined) return;
      revocations.push(bytes);
      revoked.push(...hit);
    };
    const later: Uint8Array[] = [];
    for (const bytes of offered.revocations) {
      const done = await this.#attempt('revocation', from, () => takeRevocation(bytes));
      if (!done) later.push(bytes);
    }
    for (const bytes of offered.members) {
      await this.#attempt('member', from, async () => {
        const peer = await this.#takeMember(bytes);
        if (peer === undefined) return;
        members.push(bytes);
        peers.push(peer);
      });
    }
    for (const bytes of later) await this.#attempt('revocation', from, () => takeRevocation(bytes));
    let settings: readonly Uint8Array[] = [];
    await this.#attempt('settings', from, async () => {
      const any = offered.settings.length > 0;
      if (any && (await this.#records.keepSettings(offered.settings))) settings = offered.settings;
    });
    const count = members.length + revocations.length + (settings.length > 0 ? 1 : 0);
    const changed = [...new Set([...peers, ...revoked])];
    if (count > 0) this.#tell({ members, settings, revocations }, from, changed);
    for (const peer of revoked) this.#emitter.emit('revoked', { peer });
    return count;
  }

  async #takeMember(bytes: Uint8Array): Promise<PeerId | undefined> {
    const entry = this.#records.open(bytes);
    const { peer } = entry.record;
    const held = this.entry(peer);
    if (peer === this.self && held?.record.hash !== entry.record.hash) {
      // Others have a record of ours that we lack: this store was put back. Say it anew, past it.
      const newer = held === undefined || newestRecord(held.record, entry.record) === entry.record;
      if (newer) await this.#signOwn({}, entry);
      return undefined;
    }
    return (await this.#records.keepMember(entry)) ? peer : undefined;
  }

  #othersStore(): boolean {
    return this.all().some(
      ({ peer, state, capacity }) => peer !== this.self && capacity > 0 && isPlaced(state),
    );
  }

  async #signOwn(change: OwnChange, beyond?: MemberEntry): Promise<void> {
    const { ring } = this;
    const made = nextOwnEntry(
      { ring, own: this.#own, change, chain: this.#chain, othersStore: this.#othersStore() },
      { held: this.entry(this.self)?.record, beyond: beyond?.record },
      this.#components.peerKey,
    );
    if (made === undefined) return;
    await this.#records.keepMember(this.#records.open(made));
    this.#tell({ ...NO_RECORDS, members: [made] }, undefined, [this.self]);
  }

  async #attempt(
    what: string,
    from: PeerId | undefined,
    work: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const { code } = toAppError(error);
      this.#logger.warn('a record does not hold', { what, from, code });
      return false;
    }
  }

  #tell(records: TableRecords, from: PeerId | undefined, peers: readonly PeerId[]): void {
    this.#emitter.emit('changed', { peers });
    this.#emitter.emit('learned', { records, from });
  }
}
