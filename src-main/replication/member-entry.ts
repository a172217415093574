import { isAppError } from '../base/app-error.ts';
import type { PeerId, RingId } from '../domain/ids.ts';
import type { Retired, Seat } from '../domain/member.ts';
import { effectiveState, type MemberFacts } from '../domain/membership.ts';
import { verifyChain, type Chain, type RingCertificate } from '../security/certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { decodeMemberEntry, verifyMember, type MemberRecord } from '../security/member-record.ts';
import { checkInForce, type Revocation } from '../security/revocation.ts';
import type { KnownMember } from './member-table.ts';

/** One row of the member table: a signed self record under its certificate chain. */
export interface MemberEntry {
  readonly record: MemberRecord;
  readonly chain: Chain;
  /** As it travels and rests (security/member-record.ts encodeMemberEntry). */
  readonly bytes: Uint8Array;
  /** By the revocations known here: no longer trusted, whatever its record says. */
  readonly revoked: boolean;
  readonly known: KnownMember;
}

/**
 * Reads and checks an entry: chain to this ring's root, record signed by the chain's subject.
 * @throws BAD_ENCODING, BAD_SIGNATURE, WRONG_RING, NOT_ADMIN, UNSUPPORTED_FORMAT.
 */
export function openMemberEntry(
  bytes: Uint8Array,
  ring: RingId,
  facts: TableFacts,
  verifier: Verifier,
): MemberEntry {
  const { record, chain } = decodeMemberEntry(bytes);
  verifyChain(chain, ring, verifier);
  verifyMember(record, chain, verifier);
  return rateEntry({ record, chain, bytes }, facts);
}

/** What the ring says of members besides their own records. */
export interface TableFacts {
  readonly revocations: readonly Revocation[];
  readonly retired: readonly Retired[];
}

/** The entry as the ring's revocations and settings leave it. */
export function rateEntry(
  entry: Pick<MemberEntry, 'record' | 'chain' | 'bytes'>,
  { revocations, retired }: TableFacts,
): MemberEntry {
  const { record, chain, bytes } = entry;
  const revoked = !inForce(chain, revocations);
  const retiredAt = retired.find(({ peer }) => peer === record.peer);
  return {
    record,
    chain,
    bytes,
    revoked,
    known: knownMember(record, chain, { revoked, retiredAt }),
  };
}

function inForce(chain: Chain, revocations: readonly Revocation[]): boolean {
  try {
    checkInForce(chain, revocations);
    return true;
  } catch (error) {
    if (isAppError(error, 'REVOKED')) return false;
    throw error;
  }
}

/** A member claims no more than its certificate grants (DESIGN §1 member). */
function knownMember(record: MemberRecord, chain: Chain, facts: MemberFacts): KnownMember {
  const grant = chain[0];
  const { wanted } = record;
  return {
    peer: record.peer,
    state: effectiveState(record.state, record, facts),
    ...granted(record, grant),
    ...(wanted !== undefined && { wanted: granted(wanted, grant) }),
    name: record.name,
    addresses: record.addresses,
    admin: grant?.admin === true && !facts.revoked,
    speaks: record.speaks,
  };
}

/** No zones named: any may be claimed. Zones only reorder lists; a false one costs its own ring. */
function granted({ capacity, steady, host, zone }: Seat, grant: RingCertificate | undefined): Seat {
  const mayClaim = grant !== undefined && (grant.zones.length === 0 || grant.zones.includes(zone));
  const most = grant === undefined ? 0 : grant.maxCapacity / 100;
  return { capacity: Math.min(capacity, most), steady, host, zone: mayClaim ? zone : '' };
}

/** Peers whose rating differs between the two maps of entries. */
export function newlyRevoked(
  before: ReadonlyMap<PeerId, MemberEntry>,
  after: ReadonlyMap<PeerId, MemberEntry>,
): readonly PeerId[] {
  return [...after]
    .filter(([peer, entry]) => entry.revoked && before.get(peer)?.revoked !== true)
    .map(([peer]) => peer);
}
