import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import {
  certificateOf,
  closeInvite,
  decodeInvite,
  encodeInvite,
  inviteLink,
  joinProof,
  newInvite,
  parseInviteLink,
  redeemInvite,
  type Invite,
  type InviteOutcome,
} from '../../src-main/security/invite.ts';
import { linkText } from '../../src-main/security/link-text.ts';
import { parseShareLink } from '../../src-main/security/share-link.ts';
import { peerOf } from './ring-world.ts';
import { namedRandom, ringKeys } from './world.ts';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const { ring } = ringKeys;
const maker = peerOf('maker');
const addresses = [
  `/ip4/192.168.1.20/tcp/4001/p2p/${maker.peerId}`,
  `/ip4/192.168.1.21/tcp/4001/p2p/${peerOf('other').peerId}`,
];
const fresh = (): Invite =>
  newInvite(
    {
      ring,
      maker: maker.peerId,
      expiryMs: NOW + DAY,
      grant: { admin: false, maxCapacity: 100, zones: [] },
    },
    { random: namedRandom('invite') },
  );
const nonce = namedRandom('nonce').bytes(32);
const problemOf = (text: string): unknown => {
  try {
    parseInviteLink(text);
    return 'none';
  } catch (error) {
    if (!(error instanceof AppError)) return `not ours: ${String(error)}`;
    return error.code === 'INVALID_LINK' ? error.details['reason'] : error.code;
  }
};

function attempt(
  invite: Invite,
  newcomer: PeerId,
  change: { proof?: Uint8Array; nonce?: Uint8Array; nowMs?: number } = {},
): InviteOutcome {
  const good = joinProof(invite.secret, { ring, maker: maker.peerId, newcomer, nonce });
  const given = { newcomer, nonce, proof: good, nowMs: NOW, serial: 7, ...change };
  return redeemInvite(invite, given);
}
const codeOf = (outcome: InviteOutcome): string =>
  outcome.outcome === 'refused' ? outcome.code : outcome.outcome;

describe('an invite link', () => {
  const invite = fresh();
  const link = inviteLink(invite, addresses);

  it('carries what a newcomer needs', () => {
    expect(link).toMatch(/^carrossel:\/\/join\/[\w-]+$/);
    expect(parseInviteLink(link)).toEqual({
      id: invite.id,
      ring,
      maker: maker.peerId,
      secret: invite.secret,
      expiryMs: NOW + DAY,
      addresses,
      admin: false,
    });
    expect(link.length).toBeLessThan(500);
  });

  it('is read with the spaces and line breaks of a mail in it', () => {
    const wrapped = `  ${link.match(/.{1,40}/g)?.join('\r\n  ') ?? ''}\n`;
    expect(parseInviteLink(wrapped)).toEqual(parseInviteLink(link));
    expect(parseInviteLink(link.replace('carrossel', 'Carrossel')).id).toBe(invite.id);
  });

  it('says what is wrong with it', () => {
    expect(problemOf('')).toBe('scheme');
    expect(problemOf('hello')).toBe('scheme');
    expect(problemOf('https://example.com/join/abc')).toBe('scheme');
    expect(problemOf('carrossel://share/abc')).toBe('verb');
    expect(problemOf('carrossel://join/')).toBe('checksum');
    expect(problemOf('carrossel://join/%%%')).toBe('letters');
    expect(problemOf(link.slice(0, -1))).toMatch(/letters|checksum/);
    expect(problemOf(`${link}x`)).toMatch(/letters|checksum/);
    expect(problemOf('x'.repeat(100_000))).toBe('length');
    expect(problemOf(linkText('join', encodeCbor([1, 'no', 'invite'])))).toBe('content');
    expect(problemOf(linkText('join', encodeCbor([2, 'from later'])))).toBe('UNSUPPORTED_FORMAT');
    expect(() => parseShareLink(link)).toThrow(expect.objectContaining({ code: 'INVALID_LINK' }));
  });

  it('with any letter changed is refused at once', () => {
    const at = 'carrossel://join/'.length;
    fc.assert(
      fc.property(
        fc.integer({ min: at, max: link.length - 1 }),
        fc.constantFrom('A', 'b', '7', '_'),
        (i, letter) => {
          fc.pre(link[i] !== letter);
          expect(problemOf(link.slice(0, i) + letter + link.slice(i + 1))).toMatch(
            /letters|checksum/,
          );
        },
      ),
    );
  });
});

describe('an invite', () => {
  const [ana, bia] = [peerOf('ana').peerId, peerOf('bia').peerId];

  it('lets one peer in, and gives it the same certificate however often it asks', () => {
    const first = attempt(fresh(), ana);
    expect(first.outcome).toBe('admit');
    const given = certificateOf(first.invite, maker);
    expect(given).toMatchObject({ subject: ana, serial: 7, admin: false, issuedMs: NOW });
    const again = attempt(first.invite, ana, { nowMs: NOW + 10 * DAY });
    expect(again.outcome).toBe('again');
    expect(certificateOf(again.invite, maker).bytes).toEqual(given.bytes);
    expect(codeOf(attempt(closeInvite(first.invite), ana))).toBe('again');
    expect(codeOf(attempt(first.invite, bia))).toBe('INVITE_USED');
    expect(() => certificateOf(fresh(), maker)).toThrow();
  });

  it('runs out by the clock of its maker, and can be closed', () => {
    expect(codeOf(attempt(fresh(), ana, { nowMs: NOW + DAY - 1 }))).toBe('admit');
    expect(codeOf(attempt(fresh(), ana, { nowMs: NOW + DAY }))).toBe('INVITE_EXPIRED');
    expect(codeOf(attempt(closeInvite(fresh()), ana))).toBe('INVITE_CLOSED');
  });

  it('is closed by the fifth wrong proof', () => {
    let invite = fresh();
    for (let i = 1; i <= 5; i++) {
      const wrong = attempt(invite, bia, { proof: new Uint8Array(32) });
      expect(codeOf(wrong)).toBe('INVITE_INVALID');
      expect(wrong.invite.closed).toBe(i === 5);
      invite = decodeInvite(encodeInvite(wrong.invite));
    }
    expect(codeOf(attempt(invite, ana))).toBe('INVITE_CLOSED');
    expect(attempt(invite, ana, { proof: new Uint8Array(32) }).invite).toBe(invite);
  });

  it('takes no proof of another peer, nonce, maker, ring or length', () => {
    const invite = fresh();
    const { secret } = invite;
    const proofs = [
      joinProof(secret, { ring, maker: maker.peerId, newcomer: bia, nonce }),
      joinProof(secret, { ring, maker: bia, newcomer: ana, nonce }),
      joinProof(secret, { ring, maker: maker.peerId, newcomer: ana, nonce: nonce.with(0, 1) }),
      joinProof(secret.with(0, 1), { ring, maker: maker.peerId, newcomer: ana, nonce }),
      new Uint8Array(0),
      new Uint8Array(33),
    ];
    for (const proof of proofs) {
      expect(codeOf(attempt(invite, ana, { proof }))).toBe('INVITE_INVALID');
    }
    const short = nonce.subarray(1);
    const proof = joinProof(secret, { ring, maker: maker.peerId, newcomer: ana, nonce: short });
    expect(codeOf(attempt(invite, ana, { proof, nonce: short }))).toBe('INVITE_INVALID');
  });

  it('tells nothing of its state to who lacks the secret', () => {
    const spent = attempt(fresh(), ana).invite;
    const states = [fresh(), spent, closeInvite(fresh()), { ...fresh(), expiryMs: 1 }];
    for (const invite of states) {
      const outcome = attempt(invite, bia, { proof: new Uint8Array(32) });
      expect(codeOf(outcome)).toBe('INVITE_INVALID');
    }
    // and what is spent already cannot be closed by guessing
    let invite = spent;
    for (let i = 0; i < 9; i++) invite = attempt(invite, bia, { proof: nonce }).invite;
    expect(codeOf(attempt(invite, ana))).toBe('again');
  });

  it('rests on disk with its state', () => {
    const states = [
      fresh(),
      attempt(fresh(), ana).invite,
      closeInvite(fresh()),
      attempt(fresh(), ana, { proof: nonce }).invite,
      { ...fresh(), grant: { admin: true, maxCapacity: 0, zones: ['a', 'b'] } },
    ];
    for (const invite of states) {
      const bytes = encodeInvite(invite);
      expect(decodeInvite(bytes)).toEqual(invite);
      expect(encodeInvite(decodeInvite(bytes))).toEqual(bytes);
    }
  });

  it('whatever happens to it, lets in one peer at most', () => {
    const steps = fc.array(
      fc.record({
        who: fc.constantFrom(ana, bia, maker.peerId),
        good: fc.boolean(),
        later: fc.integer({ min: 0, max: DAY * 2 }),
        close: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let invite = fresh();
        const admitted = new Set<PeerId>();
        for (const { who, good, later, close } of list) {
          if (close) invite = closeInvite(invite);
          const change = { nowMs: NOW + later, ...(good ? {} : { proof: nonce }) };
          const outcome = attempt(invite, who, change);
          invite = outcome.invite;
          if (outcome.outcome !== 'refused') admitted.add(who);
        }
        expect(admitted.size).toBeLessThanOrEqual(1);
      }),
    );
  });
});
