import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, utf8 } from '../../src-main/base/bytes.ts';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import { findSources } from '../support/find-sources.ts';
import { createSigningKey } from '../../src-main/security/ed25519.ts';
import {
  isSignedBy,
  signRecord,
  unsignedPart,
  type SignatureLabel,
} from '../../src-main/security/signed-record.ts';
import { fileURLToPath } from 'node:url';
import { seedOf, verifier } from './world.ts';

const key = createSigningKey(seedOf('signer'));
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('a signed record', () => {
  it('signs its array without the signature, under its own label', () => {
    const fields = [1, 'bread', new Uint8Array(40)];
    const bytes = signRecord(key, 'carrossel/ring-settings/1', fields);
    expect(unsignedPart(bytes, 4)).toEqual(encodeCbor(fields));
    const record = { bytes, count: 4 };
    expect(isSignedBy(verifier, 'carrossel/ring-settings/1', record, key.publicKey)).toBe(true);
    const message = concatBytes(utf8('carrossel/ring-settings/1'), encodeCbor(fields));
    expect(toHex(key.sign(message))).toBe(toHex(bytes.subarray(-64)));
  });

  it('never passes for a record of another kind', () => {
    const bytes = signRecord(key, 'carrossel/ring-settings/1', [1, 2]);
    const others: SignatureLabel[] = [
      'carrossel/version/1',
      'carrossel/session/1',
      'carrossel/ring-certificate/1',
      'carrossel/ring-revocation/1',
      'carrossel/member-record/1',
    ];
    for (const label of others) {
      expect(isSignedBy(verifier, label, { bytes, count: 3 }, key.publicKey)).toBe(false);
    }
  });

  it('has a label that is used for one thing: each stands in one signing file', () => {
    const files = findSources(root, ['src-main/security'], ['.ts']);
    const labels = new Map<string, Set<string>>();
    for (const file of files.filter((one) => !one.endsWith('signed-record.ts'))) {
      const text = readFileSync(`${root}/${file}`, 'utf8');
      for (const [, label = ''] of text.matchAll(/'(carrossel\/[a-z/-]+\/1)'/g)) {
        labels.set(label, (labels.get(label) ?? new Set()).add(file));
      }
    }
    const pairs: readonly (readonly string[])[] = [
      // the two files of one format: one makes, one checks
      ['account-admin.ts', 'account-certificate.ts'],
      ['devices-version.ts', 'verify-version.ts'],
    ];
    for (const [label, where] of labels) {
      const names = [...where].map((file) => file.replace(/^.*\//, '')).sort();
      const isPair = pairs.some((pair) => pair.join() === names.join());
      expect(names.length === 1 || isPair, `${label} in ${names.join()}`).toBe(true);
    }
    expect(labels.size).toBeGreaterThan(20);
  });
});
