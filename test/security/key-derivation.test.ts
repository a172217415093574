import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { toHex, utf8 } from '../../src-main/base/bytes.ts';
import { hmacSha256 } from '../../src-main/security/key-derivation.ts';

it('HMAC is that of RFC 4231 (test 2), and of node:crypto for keys and messages of any length', () => {
  expect(toHex(hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
  for (let length = 0; length < 200; length++) {
    const key = new Uint8Array(length).map((_, i) => i + 1);
    const message = new Uint8Array(200 - length).fill(length);
    const same = createHmac('sha256', key).update(message).digest('hex');
    expect(toHex(hmacSha256(key, message))).toBe(same);
    // The caller's key stays as it was.
    expect(key).toEqual(new Uint8Array(length).map((_, i) => i + 1));
  }
});
