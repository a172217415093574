import { describe, expect, it } from 'vitest';
import type { SigningKey } from '../../src-main/security/ed25519.ts';
import {
  actCounts,
  checkInForce,
  issueRevocation,
  keptActsOf,
  readRevocation,
  verifyRevocation,
  type Act,
  type Revocation,
} from '../../src-main/security/revocation.ts';
import type { Chain } from '../../src-main/security/certificate.ts';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import { DEFAULT_SETTINGS } from '../../src-main/domain/member.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import { codeOf, ACCOUNT_PHRASE, ringKeys, verifier } from './world.ts';
import { certificate, chainTo, peerOf } from './ring-world.ts';

const revoke = (subject: string, issuer: SigningKey, keep: readonly Act[] = []): Revocation =>
  issueRevocation({ ring: ringKeys.ring, subject: peerOf(subject).peerId, issuer, keep });
const inForce = (chain: Chain, ...revocations: Revocation[]): boolean =>
  codeOf(() => {
    checkInForce(chain, revocations);
  }) === 'none';

describe('a revocation', () => {
  it('is signed, and of one ring', () => {
    const made = revoke('b', peerOf('a'));
    expect(readRevocation(made.bytes)).toEqual(made);
    verifyRevocation(made, ringKeys.ring, verifier);
    const other = ringKeysFromPhrase(ACCOUNT_PHRASE).ring;
    expect(
      codeOf(() => {
        verifyRevocation(made, other, verifier);
      }),
    ).toBe('WRONG_RING');
    for (let at = 0; at < made.bytes.length; at++) {
      const bytes = made.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const code = codeOf(() => {
        verifyRevocation(readRevocation(bytes), ringKeys.ring, verifier);
      });
      expect(code, `byte ${at}`).not.toBe('none');
    }
  });

  it('counts from the root and from admins above in the chain only', () => {
    const chain = chainTo('a', 'b', 'c');
    expect(inForce(chain)).toBe(true);
    expect(inForce(chain, revoke('c', ringKeys.root))).toBe(false);
    expect(inForce(chain, revoke('c', peerOf('a')))).toBe(false);
    expect(inForce(chain, revoke('c', peerOf('b')))).toBe(false);
    expect(inForce(chain, revoke('c', peerOf('c')))).toBe(true);
    expect(inForce(chain, revoke('b', peerOf('c')))).toBe(true);
    expect(inForce(chain, revoke('c', peerOf('beside')))).toBe(true);
    const elsewhere = ringKeysFromPhrase(ACCOUNT_PHRASE).root;
    expect(inForce(chain, revoke('c', elsewhere))).toBe(true);
  });

  it('of an admin takes those it let in with it, but for those it keeps', () => {
    const chain = chainTo('a', 'b', 'c');
    const acts = keptActsOf(peerOf('b').peerId, { chains: [chain], revocations: [], settings: [] });
    expect(acts.map(({ hash }) => hash)).toEqual([chain[0]?.hash]);
    expect(inForce(chain, revoke('b', peerOf('a')))).toBe(false);
    expect(inForce(chain, revoke('b', peerOf('a'), acts))).toBe(true);
    expect(inForce(chain.slice(1), revoke('b', peerOf('a'), acts))).toBe(false);
    // two revocations: what both keep
    expect(inForce(chain, revoke('b', peerOf('a'), acts), revoke('b', ringKeys.root))).toBe(false);
  });

  it('cannot be undone by what a stolen admin key signs afterwards, however it is dated', () => {
    const chain = chainTo('a', 'b', 'c');
    const kept = keptActsOf(peerOf('b').peerId, { chains: [chain], revocations: [], settings: [] });
    const taken = revoke('b', peerOf('a'), kept);
    const [, b, a] = chain;
    if (a === undefined || b === undefined) throw new Error('no chain');
    const late = certificate(peerOf('thief').peerId, peerOf('b'), { serial: 1, issuedMs: 1 });
    expect(inForce([late, b, a])).toBe(true);
    expect(inForce([late, b, a], taken)).toBe(false);
    const revenge = revoke('c', peerOf('b'));
    expect(inForce(chain, revenge)).toBe(false);
    expect(inForce(chain, revenge, taken)).toBe(true);
    const settings = issueSettings({
      ring: ringKeys.ring,
      settings: DEFAULT_SETTINGS,
      issuer: peerOf('b'),
    });
    expect(actCounts(settings, [b, a], [])).toBe(true);
    expect(actCounts(settings, [b, a], [taken])).toBe(false);
    expect(actCounts(settings, [b, a], [revoke('b', peerOf('a'), [settings])])).toBe(true);
  });

  it('of what a revoked admin had revoked before stays, if it is kept', () => {
    const chain = chainTo('a', 'b', 'c');
    const before = revoke('c', peerOf('b'));
    const acts = keptActsOf(peerOf('b').peerId, {
      chains: [chain],
      revocations: [before],
      settings: [],
    });
    expect(acts).toHaveLength(2);
    expect(inForce(chain, before, revoke('b', peerOf('a'), acts))).toBe(false);
  });

  it('gives the same answer in any order', () => {
    const chain = chainTo('a', 'b', 'c', 'd');
    const all = [
      revoke('b', peerOf('a')),
      revoke('c', peerOf('b')),
      revoke('a', ringKeys.root),
      revoke('d', peerOf('c')),
    ];
    for (let i = 0; i < all.length; i++) {
      const turned = [...all.slice(i), ...all.slice(0, i)];
      expect(inForce(chain, ...turned)).toBe(false);
      expect(inForce(chain, ...turned.toReversed())).toBe(false);
    }
  });

  it('keeps at most 1,024 acts', () => {
    const acts = Array.from({ length: 1025 }, (_, i) => ({
      issuer: peerOf('a').publicKey,
      hash: i.toString(16).padStart(64, '0').split('').toReversed().join('') as Act['hash'],
    }));
    expect(codeOf(() => revoke('a', ringKeys.root, acts))).toBe('LIMIT_EXCEEDED');
    expect(revoke('a', ringKeys.root, acts.slice(1)).keep.size).toBe(1024);
  });
});
