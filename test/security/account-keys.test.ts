import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import {
  accountKeysFromPhrase,
  accountKeysFromSeed,
  indexKeyOf,
  opaqueId,
} from '../../src-main/security/account-keys.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import { createPeerKey } from '../../src-main/security/peer-key.ts';
import { isRootOf, ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import type { StoreEpoch } from '../../src-main/domain/ids.ts';
import { ACCOUNT_PHRASE, account, EPOCH, namedRandom, RING_PHRASE, seedOf } from './world.ts';

describe('the keys of an account', () => {
  it('follow from its phrase, on every machine alike', () => {
    const a = accountKeysFromPhrase(ACCOUNT_PHRASE);
    const b = accountKeysFromPhrase(ACCOUNT_PHRASE.toUpperCase());
    expect(a.account).toBe(b.account);
    expect(a.masterSeal.publicKey).toEqual(b.masterSeal.publicKey);
    expect(a.sealingKey(1)).toEqual(b.sealingKey(1));
    expect(a.sealingKey(2)).not.toEqual(a.sealingKey(1));
    expect(accountKeysFromPhrase(RING_PHRASE).account).not.toBe(a.account);
  });

  it('share nothing with the keys of a ring made of the same phrase', () => {
    const { root, ring } = ringKeysFromPhrase(RING_PHRASE);
    expect(toHex(root.publicKey)).not.toBe(accountKeysFromPhrase(RING_PHRASE).account);
    expect(isRootOf(ring, root.publicKey)).toBe(true);
    expect(isRootOf(ring, seedOf('other'))).toBe(false);
  });

  it('can be made of 64 random bytes, and of nothing shorter', () => {
    expect(accountKeysFromSeed(namedRandom('shared').bytes(64)).account).toMatch(/^[0-9a-f]{64}$/);
    expect(() => accountKeysFromSeed(seedOf('short'))).toThrow(RangeError);
  });
});

describe('an opaque id', () => {
  const index = indexKeyOf(seedOf('sealing key 1'));

  it('is the same for one name however it is typed, and tells nothing of it', () => {
    const id = opaqueId(index, 'cart', 'Açaí da Vó');
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(opaqueId(index, 'cart', '  açaí da vó '.normalize('NFD'))).toBe(id);
    expect(opaqueId(index, 'cart', 'ACAI DA VO')).not.toBe(id);
    expect(opaqueId(index, 'list', 'Açaí da Vó')).not.toBe(id);
    expect(opaqueId(indexKeyOf(seedOf('other')), 'cart', 'Açaí da Vó')).not.toBe(id);
  });
});

describe('an actor', () => {
  const peer = createPeerKey(seedOf('a'));

  it('is one machine in one life of its store for one account', () => {
    const actor = actorOf(peer.peerId, EPOCH, account);
    expect(actor).toMatch(/^[0-9a-f]{32}$/);
    expect(actorOf(peer.publicKey, EPOCH, account)).toBe(actor);
    const other = createPeerKey(seedOf('b'));
    const epoch = 'ff'.repeat(16) as StoreEpoch;
    const account2 = accountKeysFromPhrase(RING_PHRASE).account;
    const all = [
      actor,
      actorOf(other.peerId, EPOCH, account),
      actorOf(peer.peerId, epoch, account),
      actorOf(peer.peerId, EPOCH, account2),
    ];
    expect(new Set(all).size).toBe(4);
  });
});
