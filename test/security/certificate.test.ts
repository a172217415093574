import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';
import {
  chainHash,
  decodeChain,
  encodeChain,
  readCertificate,
  verifyChain,
  type Chain,
} from '../../src-main/security/certificate.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import { codeOf, ACCOUNT_PHRASE, ringKeys, verifier } from './world.ts';
import { certificate, chainTo, peerOf } from './ring-world.ts';

const check = (chain: Chain, ring = ringKeys.ring): string =>
  codeOf(() => {
    verifyChain(chain, ring, verifier);
  });

describe('a ring certificate', () => {
  it('says all it was issued with', () => {
    const made = certificate(peerOf('a').peerId, ringKeys.root, { zones: ['b', 'a', 'b'] });
    expect(readCertificate(made.bytes)).toEqual(made);
    expect(made).toMatchObject({
      ring: ringKeys.ring,
      subject: peerOf('a').peerId,
      issuer: ringKeys.root.publicKey,
      admin: true,
      maxCapacity: 400,
      zones: ['a', 'b'],
    });
  });

  it('with any byte flipped proves nothing', () => {
    const [leaf, root] = chainTo('a', 'b');
    if (leaf === undefined || root === undefined) throw new Error('no chain');
    for (let at = 0; at < leaf.bytes.length; at++) {
      const bytes = leaf.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const code = codeOf(() => {
        verifyChain([readCertificate(bytes), root], ringKeys.ring, verifier);
      });
      expect(code, `byte ${at}`).not.toBe('none');
    }
  });

  it('of no member, of too much, or out of order is no certificate', () => {
    const { bytes } = certificate(peerOf('a').peerId, ringKeys.root);
    const withElement = (at: number, value: Cbor): string => {
      const elements = [...(decodeCbor(bytes) as Cbor[])];
      elements[at] = value;
      return codeOf(() => readCertificate(encodeCbor(elements)));
    };
    expect(withElement(0, 2)).toBe('UNSUPPORTED_FORMAT');
    expect(withElement(5, 0)).toBe('BAD_ENCODING');
    expect(withElement(5, 2)).toBe('BAD_ENCODING');
    expect(withElement(5, 4)).toBe('BAD_ENCODING');
    expect(withElement(6, 6401)).toBe('BAD_ENCODING');
    expect(withElement(7, ['b', 'a'])).toBe('BAD_ENCODING');
    expect(withElement(7, ['a', 'a'])).toBe('BAD_ENCODING');
    expect(withElement(7, ['a'.repeat(65)])).toBe('BAD_ENCODING');
    expect(withElement(7, ['a', 'b'])).toBe('none');
  });
});

describe('a chain of certificates', () => {
  it('leads from a member to the root', () => {
    for (const names of [['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']]) {
      expect(check(chainTo(...names))).toBe('none');
    }
    const chain = chainTo('a', 'b', 'c');
    expect(decodeChain(encodeChain(chain))).toEqual(chain);
    expect(chainHash(chain)).not.toBe(chainHash(chain.slice(1)));
  });

  it('of nine, or of none, leads nowhere', () => {
    const nine = chainTo('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i');
    expect(check(nine)).toBe('BAD_ENCODING');
    expect(check([])).toBe('BAD_ENCODING');
    expect(codeOf(() => decodeChain(encodeChain(nine)))).toBe('BAD_ENCODING');
  });

  it('of another ring, or without its root, is refused', () => {
    const other = ringKeysFromPhrase(ACCOUNT_PHRASE);
    const chain = chainTo('a', 'b');
    expect(check(chain, other.ring)).toBe('WRONG_RING');
    expect(check(chain.slice(0, 1))).toBe('WRONG_RING');
    const rooted = certificate(peerOf('a').peerId, other.root);
    expect(check([rooted])).toBe('WRONG_RING');
    const usurped = certificate(peerOf('a').peerId, {
      ...ringKeys.root,
      sign: (message) => other.root.sign(message),
    });
    expect(check([usurped])).toBe('BAD_SIGNATURE');
  });

  it('with a member in it that is no admin is refused', () => {
    const member = certificate(peerOf('a').peerId, ringKeys.root, { admin: false });
    const leaf = certificate(peerOf('b').peerId, peerOf('a'));
    expect(check([member])).toBe('none');
    expect(check([leaf, member])).toBe('NOT_ADMIN');
  });

  it('with a gap, or going in circles, is refused', () => {
    const [c, , a] = chainTo('a', 'b', 'c');
    if (c === undefined || a === undefined) throw new Error('no chain');
    expect(check([c, a])).toBe('BAD_SIGNATURE');
    const ab = certificate(peerOf('a').peerId, peerOf('b'));
    const ba = certificate(peerOf('b').peerId, peerOf('a'));
    expect(check([ab, ba, ab, ba])).toBe('BAD_ENCODING');
    expect(check([ab, ba, a])).toBe('BAD_ENCODING');
  });
});
