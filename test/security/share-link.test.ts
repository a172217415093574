import { describe, expect, it } from 'vitest';
import { requestCertificate } from '../../src-main/security/account-admin.ts';
import { encodeRequest } from '../../src-main/security/account-certificate.ts';
import { deviceKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { parseInviteLink } from '../../src-main/security/invite.ts';
import {
  closeShare,
  decodeShare,
  encodeShare,
  newShare,
  parseShareLink,
  redeemShare,
  shareLink,
  shareProof,
  type Share,
  type ShareOutcome,
} from '../../src-main/security/share-link.ts';
import { peerOf } from './ring-world.ts';
import { account, namedRandom, ringKeys, seedOf } from './world.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const { ring } = ringKeys;
const maker = peerOf('maker').peerId;
const certifier = deviceKeysFromSeed(seedOf('certifier'));
const fresh = (): Share =>
  newShare({ ring, account, maker, expiryMs: NOW + HOUR }, { random: namedRandom('share') });
const requestOf = (name: string): Uint8Array =>
  encodeRequest(
    requestCertificate({
      account,
      keys: deviceKeysFromSeed(seedOf(name)),
      issuer: certifier.signing.publicKey,
    }),
  );
const nonce = namedRandom('session').bytes(64);

function attempt(share: Share, who: string, init: { key?: string; nowMs?: number } = {}) {
  const redeemer = peerOf(who).peerId;
  const request = requestOf(init.key ?? who);
  const proof = shareProof(share.secret, { ring, account, maker, redeemer, nonce, request });
  return redeemShare(share, { redeemer, nonce, request, proof, nowMs: init.nowMs ?? NOW });
}
const codeOf = (outcome: ShareOutcome): string =>
  outcome.outcome === 'refused' ? outcome.code : outcome.outcome;

describe('a share link', () => {
  it('carries account, maker and whom to ask, but no seed', () => {
    const share = fresh();
    const text = shareLink(share, certifier.signing.publicKey, ['/ip4/10.0.0.1/tcp/1']);
    expect(text).toMatch(/^carrossel:\/\/share\/[\w-]+$/);
    expect(parseShareLink(text)).toEqual({
      id: share.id,
      ring,
      account,
      maker,
      issuer: certifier.signing.publicKey,
      secret: share.secret,
      expiryMs: NOW + HOUR,
      addresses: ['/ip4/10.0.0.1/tcp/1'],
    });
    expect(() => parseInviteLink(text)).toThrow(expect.objectContaining({ code: 'INVALID_LINK' }));
  });

  it('is redeemed by one peer for one key, which may ask again', () => {
    const first = attempt(fresh(), 'ana');
    expect(codeOf(first)).toBe('admit');
    expect(codeOf(attempt(first.share, 'ana', { nowMs: NOW + 9 * HOUR }))).toBe('again');
    expect(codeOf(attempt(first.share, 'ana', { key: 'another' }))).toBe('INVITE_USED');
    expect(codeOf(attempt(first.share, 'bia'))).toBe('INVITE_USED');
    expect(codeOf(attempt(fresh(), 'ana', { nowMs: NOW + HOUR }))).toBe('INVITE_EXPIRED');
    expect(codeOf(attempt(closeShare(fresh()), 'ana'))).toBe('INVITE_CLOSED');
  });

  it('takes no proof that was made for another request, session or peer', () => {
    const share = fresh();
    const redeemer = peerOf('ana').peerId;
    const claim = { ring, account, maker, redeemer, nonce, request: requestOf('ana') };
    const good = shareProof(share.secret, claim);
    const redeem = (change: object): string =>
      codeOf(redeemShare(share, { ...claim, proof: good, nowMs: NOW, ...change }));
    expect(redeem({})).toBe('admit');
    expect(redeem({ request: requestOf('thief') })).toBe('INVITE_INVALID');
    expect(redeem({ nonce: namedRandom('elsewhere').bytes(64) })).toBe('INVITE_INVALID');
    expect(redeem({ redeemer: peerOf('thief').peerId })).toBe('INVITE_INVALID');
    expect(redeem({ proof: new Uint8Array(32) })).toBe('INVITE_INVALID');
  });

  it('rests on disk with its state', () => {
    for (const share of [fresh(), attempt(fresh(), 'ana').share, closeShare(fresh())]) {
      expect(decodeShare(encodeShare(share))).toEqual(share);
    }
  });
});
