import { publicKeyFromRaw, generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import type { Ed25519PublicKey } from '@libp2p/interface';
import { describe, expect, it } from 'vitest';
import { createPeerKey, peerIdOf, publicKeyOf } from '../../src-main/security/peer-key.ts';
import { seedOf } from './world.ts';

describe('a peer key', () => {
  it('has the peer id that libp2p gives it', async () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      const seed = seedOf(name);
      const ours = createPeerKey(seed);
      const theirs = await generateKeyPairFromSeed('Ed25519', seed);
      expect(ours.publicKey).toEqual(theirs.publicKey.raw);
      expect(ours.peerId).toBe(peerIdFromPublicKey(theirs.publicKey).toString());
      expect(ours.peerId).toMatch(/^12D3Koo/);
    }
  });

  it('is read back from its peer id', () => {
    const { peerId, publicKey } = createPeerKey(seedOf('a'));
    expect(publicKeyOf(peerId)).toEqual(publicKey);
    expect(peerIdOf(publicKey)).toBe(peerId);
    const raw = publicKeyFromRaw(publicKey) as Ed25519PublicKey;
    expect(peerIdFromPublicKey(raw).toString()).toBe(peerId);
  });

  it.each([
    '',
    'not a peer',
    '12D3KooW',
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    '0'.repeat(52),
    '1'.repeat(100_000),
  ])('is not read from %.20s', (text) => {
    expect(() => publicKeyOf(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
