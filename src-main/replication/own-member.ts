import { encodeCbor, type Cbor } from '../base/cbor.ts';
import { equalBytes } from '../base/bytes.ts';
import type { RingId } from '../domain/ids.ts';
import { seatOf, type Seat } from '../domain/member.ts';
import {
  askLeave,
  askSeat,
  callOffLeave,
  enter,
  settle,
  type Standing,
} from '../domain/standing.ts';
import type { Chain } from '../security/certificate.ts';
import { chainHash } from '../security/certificate.ts';
import {
  encodeMemberEntry,
  issueMemberRecord,
  SPEAKS,
  type MemberRecord,
} from '../security/member-record.ts';
import type { PeerKey } from '../security/peer-key.ts';

/** What a member says of itself. */
export interface OwnMember extends Seat {
  readonly name: string;
  /** Multiaddrs, most useful first. */
  readonly addresses: readonly string[];
}

/** Steps that a member takes on a person's word, or when what it waits for is done. */
export type OwnMove =
  /** Gives away all it keeps, then leaves. */
  | 'leave'
  /** Calls that off. */
  | 'stay'
  /** All that moves for it is where it goes. */
  | 'settle'
  /** Comes in again after it left or was retired. */
  | 'return';

export type OwnChange = Partial<OwnMember> & { readonly move?: OwnMove };

/**
 * The own entry with the change in it, signed under the next version; undefined when the record
 * held says the same already. With `beyond` (a record of ours that came back from others though we
 * do not have it: the store was restored) the epoch counter goes past that record's.
 */
export function nextOwnEntry(
  init: {
    readonly ring: RingId;
    readonly own: OwnMember;
    readonly change: OwnChange;
    readonly chain: Chain;
    /** Some other member keeps items. */
    readonly othersStore: boolean;
  },
  records: {
    readonly held: MemberRecord | undefined;
    readonly beyond?: MemberRecord | undefined;
  },
  peerKey: PeerKey,
): Uint8Array | undefined {
  const { held, beyond } = records;
  const { move, ...own } = init.change;
  const { name, addresses, ...seat } = { ...init.own, ...own };
  const { state, now, wanted } = nextStanding(beyond ?? held, seatOf(seat), { ...init, move });
  const said: Said = {
    ...{ state, ...now, wanted, name, addresses },
    ...{ speaks: SPEAKS, chain: chainHash(init.chain) },
  };
  // Who was retired counts again by a record of a later epoch only.
  const again = move === 'return' ? 1 : 0;
  const epochCounter = Math.max((held?.epochCounter ?? 1) + again, (beyond?.epochCounter ?? 0) + 1);
  if (held?.epochCounter === epochCounter && says(held, said)) return undefined;
  const n = held?.epochCounter === epochCounter ? held.n + 1 : 1;
  const record = issueMemberRecord({ ...said, ring: init.ring, epochCounter, n }, peerKey);
  return encodeMemberEntry({ record, chain: init.chain });
}

function nextStanding(
  before: MemberRecord | undefined,
  seat: Seat,
  init: { readonly othersStore: boolean; readonly move: OwnMove | undefined },
): Standing {
  const { othersStore, move } = init;
  if (before === undefined || move === 'return') return enter(seat, othersStore);
  const standing = { state: before.state, now: seatOf(before), wanted: before.wanted };
  if (move === 'leave') return askLeave(standing);
  if (move === 'settle') return settle(standing);
  return askSeat(move === 'stay' ? callOffLeave(standing) : standing, seat, othersStore);
}

type Said = Omit<MemberRecord, 'ring' | 'peer' | 'epochCounter' | 'n' | 'bytes' | 'hash'>;

function says(held: MemberRecord, said: Said): boolean {
  const seat = ({ capacity, steady, host, zone }: Seat): Cbor => [capacity, steady, host, zone];
  const plain = (one: Said): Uint8Array =>
    encodeCbor([
      ...[one.state, one.name, one.addresses, seat(one)],
      ...[one.wanted === undefined ? [] : seat(one.wanted), one.speaks, one.chain],
    ]);
  return equalBytes(plain(held), plain(said));
}
