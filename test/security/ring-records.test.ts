import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor, type Cbor } from '../../src-main/base/cbor.ts';
import { DEFAULT_SETTINGS, type RingSettings } from '../../src-main/domain/member.ts';
import type { Chain } from '../../src-main/security/certificate.ts';
import type { SigningKey } from '../../src-main/security/ed25519.ts';
import {
  decodeMemberEntry,
  encodeMemberEntry,
  newerRecord,
  readMemberRecord,
  verifyMember,
  type MemberRecord,
} from '../../src-main/security/member-record.ts';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import {
  greaterSettings,
  issueSettings,
  readSettings,
  verifySettings,
  type SignedSettings,
} from '../../src-main/security/ring-settings.ts';
import { certificate, chainTo, memberOf, peerOf } from './ring-world.ts';
import { codeOf, ACCOUNT_PHRASE, ringKeys, verifier } from './world.ts';

const { ring, root } = ringKeys;
const settings = (change: Partial<RingSettings> = {}, issuer: SigningKey = root): SignedSettings =>
  issueSettings({ ring, settings: { ...DEFAULT_SETTINGS, ...change }, issuer });
const check = (signed: SignedSettings, chain: Chain = [], revoked: string[] = []): string =>
  codeOf(() => {
    const revocations = revoked.map((name) =>
      issueRevocation({ ring, subject: peerOf(name).peerId, issuer: root, keep: [] }),
    );
    verifySettings(signed, chain, ring, revocations, verifier);
  });

describe('ring settings', () => {
  it('are read as they were signed', () => {
    for (const change of [{}, { n: 3, r: 2, w: 3 }, { n: 1, r: 1, w: 1, q: 1 }] as const) {
      const made = settings(change);
      expect(readSettings(made.bytes)).toEqual(made);
      expect(made.settings).toEqual({ ...DEFAULT_SETTINGS, ...change });
    }
    for (const change of [{ q: 1000 }, { n: 2, w: 3 }, { r: 0 }, { n: 65 }, { number: 0 }]) {
      expect(
        codeOf(() => settings(change)),
        JSON.stringify(change),
      ).toBe('BAD_ENCODING');
    }
  });

  it('count from the root, and from admins in force', () => {
    expect(check(settings())).toBe('none');
    const byB = settings({}, peerOf('b'));
    const chain = chainTo('a', 'b');
    expect(check(byB, chain)).toBe('none');
    expect(check(byB)).toBe('NOT_ADMIN');
    expect(check(byB, chain.slice(1))).toBe('NOT_ADMIN');
    const [, a] = chain;
    const member = certificate(peerOf('b').peerId, peerOf('a'), { admin: false });
    expect(check(byB, a === undefined ? [] : [member, a])).toBe('NOT_ADMIN');
    expect(check(byB, chain, ['b'])).toBe('REVOKED');
    expect(check(byB, chain, ['a'])).toBe('REVOKED');
    expect(check(byB, chain, ['c'])).toBe('none');
    const other = ringKeysFromPhrase(ACCOUNT_PHRASE);
    const elsewhere = issueSettings({
      ring: other.ring,
      settings: DEFAULT_SETTINGS,
      issuer: other.root,
    });
    expect(check(elsewhere)).toBe('WRONG_RING');
    const { bytes } = settings();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const code = codeOf(() => {
        verifySettings(readSettings(changed), [], ring, [], verifier);
      });
      expect(code, `byte ${at}`).not.toBe('none');
    }
  });

  it('with the greatest number win, and of two with one number always the same', () => {
    const [one, two, other] = [settings(), settings({ number: 2 }), settings({ w: 1 })];
    expect(greaterSettings(one, two)).toBe(two);
    expect(greaterSettings(two, one)).toBe(two);
    expect(greaterSettings(one, other)).toBe(greaterSettings(other, one));
  });
});

describe('a member record', () => {
  const chain = chainTo('a', 'b');
  const record = memberOf('b', chain);
  const verify = (one: MemberRecord, under: Chain = chain): string =>
    codeOf(() => {
      verifyMember(one, under, verifier);
    });

  it('travels with its chain and says what was signed', () => {
    const entry = decodeMemberEntry(encodeMemberEntry({ record, chain }));
    expect(entry).toEqual({ record, chain });
    expect(readMemberRecord(record.bytes)).toEqual(record);
    expect(record).toMatchObject({ capacity: 1.5, state: 'up', zone: 'kitchen', speaks: [1, 1] });
    expect(verify(record)).toBe('none');
  });

  it('stands under the chain that its member chose, and no other', () => {
    expect(verify(record, chainTo('a'))).toBe('BAD_SIGNATURE');
    expect(verify(record, chainTo('other', 'b'))).toBe('BAD_SIGNATURE');
    expect(verify(memberOf('c', chain))).toBe('BAD_SIGNATURE');
    expect(verify(record, [])).toBe('WRONG_RING');
    for (let at = 0; at < record.bytes.length; at++) {
      const bytes = record.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(
        codeOf(() => {
          verifyMember(readMemberRecord(bytes), chain, verifier);
        }),
        `byte ${at}`,
      ).not.toBe('none');
    }
  });

  it('has every state but the one that others give', () => {
    for (const state of ['joining', 'up', 'leaving', 'left', 'retired'] as const) {
      expect(memberOf('b', chain, { state }).state).toBe(state);
    }
    expect(codeOf(() => memberOf('b', chain, { state: 'revoked' }))).toBe('BAD_REQUEST');
  });

  it('is the newer by epoch, then by count, then by hash', () => {
    const at = (epochCounter: number, n: number, name = 'x'): MemberRecord =>
      memberOf('b', chain, { epochCounter, n, name });
    const order = [at(1, 1), at(1, 2), at(2, 1), at(3, 9)];
    for (const [i, one] of order.entries()) {
      for (const other of order.slice(i + 1)) {
        expect(newerRecord(one, other)).toBe(other);
        expect(newerRecord(other, one)).toBe(other);
      }
    }
    const [a, b] = [at(5, 5, 'a'), at(5, 5, 'b')];
    expect(newerRecord(a, b)).toBe(newerRecord(b, a));
  });

  it('that claims too much is not one', () => {
    const withElement = (at: number, value: Cbor): string => {
      const elements = [...(decodeCbor(record.bytes) as Cbor[])];
      elements[at] = value;
      return codeOf(() => readMemberRecord(encodeCbor(elements)));
    };
    expect(withElement(5, 0)).toBe('BAD_ENCODING');
    expect(withElement(5, 6)).toBe('BAD_ENCODING');
    expect(withElement(6, 'x'.repeat(81))).toBe('BAD_ENCODING');
    expect(withElement(7, Array<string>(17).fill('/ip4'))).toBe('BAD_ENCODING');
    expect(withElement(7, ['x'.repeat(257)])).toBe('BAD_ENCODING');
    expect(withElement(8, 6401)).toBe('BAD_ENCODING');
    expect(withElement(8, 1.5)).toBe('BAD_ENCODING');
    expect(withElement(10, new Uint8Array(15))).toBe('BAD_ENCODING');
    expect(withElement(12, [2, 1])).toBe('BAD_ENCODING');
    expect(withElement(12, [1, 1, 1])).toBe('BAD_ENCODING');
  });
});
