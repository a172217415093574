import { createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { decode, encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_PHRASE } from './world.ts';

/**
 * docs/PROTOCOL.md followed by the letter with other libraries and none of our code: whoever reads
 * that page can write a peer in another language.
 */
const file = new URL('../fixtures/security-formats-1.json', import.meta.url);
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as { name: string; made: string }[];
const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(fixtures.find((one) => one.name === name)?.made ?? '', 'hex'));
const join = (...parts: (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'utf8'))));
const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());
const derive = (secret: Uint8Array, label: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), label, 32));

const seed = pbkdf2Sync(ACCOUNT_PHRASE, 'mnemonic', 2048, 64, 'sha512');
const partitionKey = ed25519.getPublicKey(derive(seed, 'carrossel/account/master/1'));

describe('the protocol page', () => {
  it.each(['version/value', 'version/context', 'version/tombstone'])('describes %s', (name) => {
    const version = decode(bytesOf(name)) as unknown[];
    expect(version).toHaveLength(14);
    const [format, , account, , , , , , epoch] = version;
    expect(format).toBe(1);
    expect(account).toEqual(partitionKey);
    const [table, device] = [version[4] as Uint8Array[], version[10] as Uint8Array];
    const signature = version[13] as Uint8Array;
    const message = join('carrossel/version/1', encode(version.slice(0, 13)));
    expect(ed25519.verify(signature, message, device)).toBe(true);

    const certificate = decode(bytesOf('account/certificate')) as unknown[];
    if (Buffer.compare(certificate[2] as Uint8Array, device) === 0) {
      const peerId = join(Buffer.from('002408011220', 'hex'), certificate[4] as Uint8Array);
      const actor = sha256(join(peerId, epoch as Uint8Array, partitionKey)).subarray(0, 16);
      expect(table[0]).toEqual(actor);
    }

    const sealed = version[11] as Uint8Array;
    const associated = encode([...version.slice(0, 11), version[12]]);
    const key = derive(seed, 'carrossel/account/sealing/1');
    const plain = xchacha20poly1305(key, sealed.subarray(0, 24), associated).decrypt(
      sealed.subarray(24),
    );
    expect(plain.length % 256).toBe(0);
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    const [deviceName, wallMs, type, value] = decode(plain.slice(4, 4 + length)) as unknown[];
    expect(deviceName).toMatch(/^(ana|bia)'s machine$/);
    expect(wallMs).toBe(1_700_000_000_000);
    const isTombstone = name === 'version/tombstone';
    expect(type).toBe(isTombstone ? 0 : 1);
    expect(Buffer.from(value as Uint8Array).toString()).toBe(isTombstone ? '' : '"bread"');
  });

  it('describes the account certificate, with its three signatures', () => {
    const parts = decode(bytesOf('account/certificate')) as unknown[];
    const at = (index: number): Uint8Array => parts[index] as Uint8Array;
    const asked = encode(parts.slice(0, 6));
    const bySubject = join('carrossel/account-request/1', asked);
    const byPeer = join('carrossel/account-request-peer/1', asked);
    const byIssuer = join('carrossel/account-certificate/1', encode(parts.slice(0, 11)));
    expect(parts).toHaveLength(12);
    expect(ed25519.verify(at(9), byPeer, at(4))).toBe(true);
    expect(ed25519.verify(at(10), bySubject, at(2))).toBe(true);
    expect(ed25519.verify(at(11), byIssuer, at(5))).toBe(true);
    expect(at(5)).toEqual(partitionKey);
  });

  it.each([
    ['ring/certificate', 'carrossel/ring-certificate/1', 3],
    ['ring/revocation', 'carrossel/ring-revocation/1', 3],
    ['ring/settings', 'carrossel/ring-settings/1', 8],
    ['ring/member-record', 'carrossel/member-record/1', 2],
    ['account/revocation', 'carrossel/account-revocation/1', 5],
  ])('describes the signature of %s', (name, label, signer) => {
    const parts = decode(bytesOf(name)) as unknown[];
    const message = join(label, encode(parts.slice(0, -1)));
    const key = parts[signer] as Uint8Array;
    expect(ed25519.verify(parts.at(-1) as Uint8Array, message, key)).toBe(true);
  });

  it('describes links and proofs', () => {
    const link = fixtures.find(({ name }) => name === 'invite/link')?.made ?? '';
    const body = Buffer.from(link.replace('carrossel://join/', ''), 'base64url');
    const record = new Uint8Array(body.subarray(0, -4));
    expect(new Uint8Array(body.subarray(-4))).toEqual(sha256(record).subarray(0, 4));
    const [, ring, maker, secret] = decode(record) as Uint8Array[];
    const spent = decode(bytesOf('invite/spent')) as [
      unknown,
      unknown,
      unknown,
      unknown,
      unknown[],
    ];
    const [newcomer] = spent[4][4] as Uint8Array[];
    const nonce = (decode(bytesOf('account/session-proof').subarray(19)) as Uint8Array[])[3];
    if (!ring || !maker || !secret || !newcomer || !nonce) throw new Error('parts are missing');
    const proof = createHmac('sha256', secret)
      .update(join('carrossel/join-proof/1', ring, maker, newcomer, nonce))
      .digest('hex');
    expect(proof).toBe(fixtures.find(({ name }) => name === 'invite/proof')?.made);
  });
});
