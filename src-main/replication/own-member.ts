import { encodeCbor } from '../base/cbor.ts';
import { equalBytes } from '../base/bytes.ts';
import type { RingId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
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
export interface OwnMember {
  readonly name: string;
  /** Multiaddrs, most useful first. */
  readonly addresses: readonly string[];
  /** Share of the ring it asks for; its certificate caps it. */
  readonly capacity: number;
  readonly steady: boolean;
  /** 16 bytes in hex: the hash of the machine's identity. */
  readonly host: string;
  readonly zone: string;
}

export type OwnChange = Partial<OwnMember> & { readonly state?: MemberState };

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
  },
  records: {
    readonly held: MemberRecord | undefined;
    readonly beyond?: MemberRecord | undefined;
  },
  peerKey: PeerKey,
): Uint8Array | undefined {
  const { held, beyond } = records;
  const said = {
    ring: init.ring,
    state: init.change.state ?? held?.state ?? ('up' as const),
    ...init.own,
    ...withoutState(init.change),
    speaks: SPEAKS,
    chain: chainHash(init.chain),
  };
  const epochCounter = Math.max(held?.epochCounter ?? 1, (beyond?.epochCounter ?? 0) + 1);
  if (held?.epochCounter === epochCounter && says(held, said)) return undefined;
  const n = held?.epochCounter === epochCounter ? held.n + 1 : 1;
  const record = issueMemberRecord({ ...said, epochCounter, n }, peerKey);
  return encodeMemberEntry({ record, chain: init.chain });
}

function withoutState(change: OwnChange): Partial<OwnMember> {
  const { state: _state, ...own } = change;
  return own;
}

type Said = Pick<MemberRecord, 'state' | 'speaks' | 'chain' | keyof OwnMember>;

function says(held: MemberRecord, said: Said): boolean {
  const plain = (one: Said): Uint8Array =>
    encodeCbor([
      one.state,
      one.name,
      one.addresses,
      one.capacity,
      one.steady,
      one.host,
      one.zone,
      one.speaks,
      one.chain,
    ]);
  return equalBytes(plain(held), plain(said));
}
