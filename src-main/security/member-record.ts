/** What a member signs of itself (DESIGN §2 Membership), and the entry it travels and rests in. */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { encodeCbor, type Cbor } from '../base/cbor.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { Hash, RingId } from '../domain/ids.ts';
import { sameSeat, type Member, type MemberState, type Seat } from '../domain/member.ts';
import { chainHash, MAX_CHAIN, readCertificate, type Chain } from './certificate.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Verifier } from './ed25519.ts';
import { peerIdOf, publicKeyOf, type PeerKey } from './peer-key.ts';
import { bad, readRecord, type Fields } from './positional.ts';
import { isSignedBy, signRecord } from './signed-record.ts';

export interface MemberRecord extends Member {
  readonly ring: RingId;
  /** The member's epochs counted; a restored member goes past all it finds of itself. */
  readonly epochCounter: number;
  /** Counts within the epoch. The greatest (epochCounter, n) is the newest. */
  readonly n: number;
  /** At most 80 characters; people's name for the machine, for all members to see. */
  readonly name: string;
  /** Multiaddrs, most useful first. */
  readonly addresses: readonly string[];
  /** Formats it speaks: [min, max]. */
  readonly speaks: readonly [number, number];
  /** `chainHash` of the chain it stands under: a member chooses its chain, nobody else. */
  readonly chain: Hash;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

export interface SignedMember {
  readonly record: MemberRecord;
  readonly chain: Chain;
}

/** The formats this code reads and writes. */
export const SPEAKS: readonly [number, number] = [1, 1];

const FORMAT = 1;
const COUNT = 13;
const MAX_BYTES = 8192;
const MAX_ENTRY_BYTES = 65_536;
const MAX_NAME = 80;
const MAX_ZONE = 64;
const MAX_ADDRESSES = 16;
const MAX_ADDRESS = 256;
const MAX_CAPACITY = 6400;
const HOST_BYTES = 16;

/** Numbers of the states that a member may give itself; 'revoked' is never signed by oneself. */
const STATES: readonly (MemberState | undefined)[] = [
  undefined,
  'joining',
  'up',
  'leaving',
  'left',
  'retired',
];

/** @throws BAD_REQUEST for a state that a member cannot give itself. */
export function issueMemberRecord(
  init: Omit<MemberRecord, 'peer' | 'bytes' | 'hash'>,
  key: PeerKey,
): MemberRecord {
  const state = STATES.indexOf(init.state);
  if (state < 1) throw new AppError('BAD_REQUEST', `No member calls itself ${init.state}.`);
  const bytes = signRecord(key, 'carrossel/member-record/1', [
    FORMAT,
    fromHex(init.ring),
    key.publicKey,
    init.epochCounter,
    init.n,
    state,
    init.name.slice(0, MAX_NAME).toWellFormed(),
    init.addresses.slice(0, MAX_ADDRESSES),
    writeSeat(init),
    init.wanted === undefined || sameSeat(init, init.wanted) ? [] : writeSeat(init.wanted),
    [...init.speaks],
    fromHex(init.chain),
  ]);
  return readMemberRecord(bytes);
}

/** Reads the form. BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED */
export function readMemberRecord(bytes: Uint8Array): MemberRecord {
  const what = 'member record';
  return readRecord(bytes, { what, format: FORMAT, maxBytes: MAX_BYTES }, (fields) => {
    const ring = toHex(fields.fixed(32)) as RingId;
    const peer = peerIdOf(fields.fixed(PUBLIC_KEY_BYTES));
    const epochCounter = fields.uint();
    const n = fields.uint();
    const state = STATES[fields.uint(1, STATES.length - 1)];
    const name = fields.text(MAX_NAME);
    const addresses = fields.list(MAX_ADDRESSES, (one) => one.text(MAX_ADDRESS));
    const now = fields.nested(readSeat);
    const wanted = fields.nested((seat) => (seat.done ? undefined : readSeat(seat)));
    const speaks = fields.nested((pair) => {
      const min = pair.uint(1);
      return [min, pair.uint(min)] as const;
    });
    const chain = toHex(fields.fixed(32)) as Hash;
    fields.fixed(SIGNATURE_BYTES);
    if (state === undefined) throw bad(what, 'has an unknown state');
    if (wanted !== undefined && sameSeat(now, wanted)) throw bad(what, 'wants what it has');
    const place = { state, ...now, ...(wanted !== undefined && { wanted }) };
    const said = { ring, peer, epochCounter, n, name, addresses, speaks, chain };
    return { ...place, ...said, bytes, hash: sha256Hex(bytes) as Hash };
  });
}

function writeSeat({ capacity, steady, host, zone }: Seat): Cbor {
  const name = zone.slice(0, MAX_ZONE).toWellFormed();
  return [Math.round(capacity * 100), steady, fromHex(host), name];
}

function readSeat(fields: Fields): Seat {
  return {
    capacity: fields.uint(0, MAX_CAPACITY) / 100,
    steady: fields.flag(),
    host: toHex(fields.fixed(HOST_BYTES)),
    zone: fields.text(MAX_ZONE),
  };
}

/**
 * Checks that the chain's subject signed the record, for this very chain. The chain itself:
 * `verifyChain`. What the record claims beyond the certificate's grant is the reader's to cap.
 * @throws WRONG_RING, BAD_SIGNATURE
 */
export function verifyMember(record: MemberRecord, chain: Chain, verifier: Verifier): void {
  const leaf = chain[0];
  if (leaf?.ring !== record.ring) throw new AppError('WRONG_RING', 'A member of another ring.');
  if (leaf.subject !== record.peer || chainHash(chain) !== record.chain) {
    throw new AppError('BAD_SIGNATURE', 'A member record stands under another chain.');
  }
  const signed = { bytes: record.bytes, count: COUNT };
  if (!isSignedBy(verifier, 'carrossel/member-record/1', signed, publicKeyOf(record.peer))) {
    throw new AppError('BAD_SIGNATURE', 'The signature of a member record is wrong.');
  }
}

/** The newer of two records of one member; ties (a copied folder) fall by hash. */
export function newerRecord(a: MemberRecord, b: MemberRecord): MemberRecord {
  const order = a.epochCounter - b.epochCounter || a.n - b.n;
  if (order !== 0) return order > 0 ? a : b;
  return a.hash >= b.hash ? a : b;
}

/** A record with the chain it stands under, as gossip, join answers and the disk hold it. */
export function encodeMemberEntry(entry: SignedMember): Uint8Array {
  return encodeCbor([FORMAT, entry.record.bytes, entry.chain.map(({ bytes }) => bytes)]);
}

/** Reads the form of both. BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED */
export function decodeMemberEntry(bytes: Uint8Array): SignedMember {
  const limits = { what: 'member entry', format: FORMAT, maxBytes: MAX_ENTRY_BYTES };
  return readRecord(bytes, limits, (fields) => {
    const record = readMemberRecord(fields.bytes(MAX_BYTES));
    const chain = fields.list(MAX_CHAIN, (one) => readCertificate(one.bytes(MAX_ENTRY_BYTES)));
    return { record, chain };
  });
}
