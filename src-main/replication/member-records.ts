/**
 * The three kinds of signed records the member table is made of, each checked, the greater kept,
 * and written to disk before it counts. Pure bookkeeping: who hears of a change is the table's
 * work.
 */
import type { PeerId, RingId } from '../domain/ids.ts';
import { newestRecord } from '../domain/membership.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import { AppError } from '../base/app-error.ts';
import { readCertificate } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { peerIdOf } from '../security/peer-key.ts';
import { isRootOf } from '../security/ring-keys.ts';
import { readRevocation, verifyRevocation, type Revocation } from '../security/revocation.ts';
import {
  greaterSettings,
  readSettings,
  verifySettings,
  type SignedSettings,
} from '../security/ring-settings.ts';
import type { RecordStore } from '../storage/record-store.ts';
import { createTwinRecords, type TwinRecord, type TwinRecords } from './twin-records.ts';
import { openMemberEntry, rateEntry, type MemberEntry, type TableFacts } from './member-entry.ts';

/** Rows beyond this are refused: a member that certifies without end must not fill the memory. */
const MAX_MEMBERS = 1000;
const MAX_REVOCATIONS = 1000;
const SETTINGS_NAME = 'settings-in-force';

export interface SettingsInForce {
  readonly signed: SignedSettings;
  /** The record, then its issuer's chain. */
  readonly bytes: readonly Uint8Array[];
}

export interface MemberRecords {
  readonly members: ReadonlyMap<PeerId, MemberEntry>;
  readonly settings: SettingsInForce;
  readonly revocations: ReadonlyMap<string, Revocation>;
  /** Reads what is on disk; a record that no longer holds is left out. */
  load(): Promise<void>;
  /** The checked entry, not yet kept. Throws what openMemberEntry throws. */
  open(bytes: Uint8Array): MemberEntry;
  /** Keeps the entry if it is newer than the one held. */
  keepMember(entry: MemberEntry): Promise<boolean>;
  /**
   * The peers that this revocation newly takes out; undefined when it was known.
   * @throws NOT_ADMIN when its issuer is nobody known here (any key could fill the set otherwise).
   */
  keepRevocation(bytes: Uint8Array): Promise<readonly PeerId[] | undefined>;
  keepSettings(bytes: readonly Uint8Array[]): Promise<boolean>;
}

export function createMemberRecords(
  init: { readonly ring: RingId; readonly settings: readonly Uint8Array[] },
  components: {
    readonly records: RecordStore;
    readonly verifier: Verifier;
    /** Told of a record on disk or from others that does not hold. */
    refused(what: string, error: unknown): void;
  },
): MemberRecords {
  return new StoredRecords(init, components);
}

class StoredRecords implements MemberRecords {
  members: ReadonlyMap<PeerId, MemberEntry> = new Map();
  revocations: ReadonlyMap<string, Revocation> = new Map();
  settings: SettingsInForce;
  readonly #ring: RingId;
  readonly #components: Parameters<typeof createMemberRecords>[1];
  readonly #twins: TwinRecords;

  constructor(
    init: { readonly ring: RingId; readonly settings: readonly Uint8Array[] },
    components: Parameters<typeof createMemberRecords>[1],
  ) {
    this.#ring = init.ring;
    this.#components = components;
    this.#twins = createTwinRecords(components.records);
    this.settings = this.#openSettings(init.settings);
  }

  async load(): Promise<void> {
    for (const record of await this.#twins.list('revocation')) {
      await this.#loadRecord('revocation', record, (value) => {
        const revocation = this.#openRevocation(value);
        this.#addRevocation(revocation);
        return revocation.bytes;
      });
    }
    for (const record of await this.#twins.list('member')) {
      await this.#loadRecord('member', record, (value) => {
        const entry = this.open(value);
        if (this.#isNews(entry)) this.#addMember(entry);
        return this.members.get(entry.record.peer)?.bytes ?? value;
      });
    }
    await this.#loadRecord('ring', await this.#twins.get('ring', SETTINGS_NAME), (value) => {
      const kept = this.#openSettings(decodeParts(value));
      if (this.#isGreater(kept)) this.settings = kept;
      this.#rateAll();
      return encodeCbor([...this.settings.bytes]);
    });
  }

  /** Takes each copy (`take` gives what stands then), and makes two of one that is left. */
  async #loadRecord(
    space: 'ring' | 'member' | 'revocation',
    { name, copies, isDamaged }: TwinRecord,
    take: (copy: Uint8Array) => Uint8Array,
  ): Promise<void> {
    const { refused } = this.#components;
    let stands: Uint8Array | undefined;
    for (const copy of copies) {
      try {
        stands = take(copy);
      } catch (error) {
        refused(space, error);
      }
    }
    if (stands === undefined || !isDamaged) return;
    await this.#twins.put(space, name, stands).catch((error: unknown) => {
      refused(space, error);
    });
  }

  #isNews(entry: MemberEntry): boolean {
    const held = this.members.get(entry.record.peer)?.record;
    return held === undefined || newestRecord(held, entry.record).hash !== held.hash;
  }

  open(bytes: Uint8Array): MemberEntry {
    return openMemberEntry(bytes, this.#ring, this.#facts(), this.#components.verifier);
  }

  async keepMember(entry: MemberEntry): Promise<boolean> {
    const { peer } = entry.record;
    if (!this.#isNews(entry)) return false;
    if (!this.members.has(peer) && this.members.size >= MAX_MEMBERS) return false;
    await this.#twins.put('member', peer, entry.bytes);
    this.#addMember(entry);
    return true;
  }

  async keepRevocation(bytes: Uint8Array): Promise<readonly PeerId[] | undefined> {
    const revocation = this.#openRevocation(bytes);
    if (this.revocations.has(revocation.hash)) return undefined;
    if (!this.#isIssuer(revocation.issuer)) {
      throw new AppError('NOT_ADMIN', 'A revocation by nobody known here.');
    }
    if (this.revocations.size >= MAX_REVOCATIONS) return undefined;
    await this.#twins.put('revocation', revocation.hash, bytes);
    const before = this.members;
    this.#addRevocation(revocation);
    return [...this.members]
      .filter(([peer, entry]) => entry.revoked && before.get(peer)?.revoked !== true)
      .map(([peer]) => peer);
  }

  async keepSettings(bytes: readonly Uint8Array[]): Promise<boolean> {
    const offered = this.#openSettings(bytes);
    if (!this.#isGreater(offered)) return false;
    await this.#twins.put('ring', SETTINGS_NAME, encodeCbor([...bytes]));
    this.settings = offered;
    this.#rateAll();
    return true;
  }

  /** The root, or an admin whose certificate is in some known chain. */
  #isIssuer(key: Uint8Array): boolean {
    if (isRootOf(this.#ring, key)) return true;
    const peer = peerIdOf(key);
    return [...this.members.values()].some(({ chain }) =>
      chain.some((certificate) => certificate.admin && certificate.subject === peer),
    );
  }

  #isGreater(offered: SettingsInForce): boolean {
    const held = this.settings.signed;
    return greaterSettings(held, offered.signed).hash !== held.hash;
  }

  #addMember(entry: MemberEntry): void {
    this.members = new Map(this.members).set(entry.record.peer, entry);
  }

  #addRevocation(revocation: Revocation): void {
    this.revocations = new Map(this.revocations).set(revocation.hash, revocation);
    this.#rateAll();
  }

  #facts(): TableFacts {
    const { retired = [] } = this.settings.signed.settings;
    return { revocations: [...this.revocations.values()], retired };
  }

  /** What is said of members has changed. */
  #rateAll(): void {
    const facts = this.#facts();
    this.members = new Map(
      [...this.members].map(([peer, entry]) => [peer, rateEntry(entry, facts)] as const),
    );
  }

  #openRevocation(bytes: Uint8Array): Revocation {
    const revocation = readRevocation(bytes);
    verifyRevocation(revocation, this.#ring, this.#components.verifier);
    return revocation;
  }

  #openSettings(bytes: readonly Uint8Array[]): SettingsInForce {
    const [record, ...issuers] = bytes;
    const signed = readSettings(record ?? new Uint8Array());
    const chain = issuers.map((one) => readCertificate(one));
    const revocations = [...this.revocations.values()];
    verifySettings(signed, chain, this.#ring, revocations, this.#components.verifier);
    return { signed, bytes };
  }
}

function decodeParts(stored: Uint8Array): readonly Uint8Array[] {
  const parts = decodeCbor(stored);
  if (!Array.isArray(parts) || !parts.every((part) => part instanceof Uint8Array)) {
    throw new AppError('BAD_ENCODING', 'Not a stored settings record.');
  }
  return parts;
}
