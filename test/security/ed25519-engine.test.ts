/** libsodium and node:crypto have to be one verifier: what one machine takes, each takes. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, utf8 } from '../../src-main/base/bytes.ts';
import {
  bestEngine,
  createSodiumEngine,
  nodeEngine,
  type Ed25519Engine,
} from '../../src-main/security/ed25519-engine.ts';
import { createSigningKey, createVerifier } from '../../src-main/security/ed25519.ts';
import { sodium } from '../../src-main/security/sodium.ts';
import { seedOf } from './world.ts';

type Point = InstanceType<typeof ed25519.Point>;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const TORSION = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
const torsion = (i: number): Point => (i === 0 ? Point.ZERO : TORSION.multiplyUnsafe(BigInt(i)));

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}
function bytesOf(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0')).toReversed();
}
function reduced(value: bigint): bigint {
  return ((value % ORDER) + ORDER) % ORDER;
}

interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signature as only the holder of `secret` can make it, with R and A as they are given. */
function forge(
  message: Uint8Array,
  secret: bigint,
  nonce: bigint,
  a: Point,
  r: Uint8Array,
): Signed {
  const publicKey = a.toBytes();
  const digest = createHash('sha512').update(r).update(publicKey).update(message).digest();
  const s = reduced(nonce + reduced(number(digest)) * secret);
  return { publicKey, message, signature: concatBytes(r, bytesOf(s)) };
}

const secret = reduced(number(createHash('sha512').update('secret').digest()));
const nonce = reduced(number(createHash('sha512').update('nonce').digest()));
const plainA = Point.BASE.multiply(secret);
const plainR = Point.BASE.multiply(nonce);

/** Points of order 8 added to key and nonce: where verifiers of the world differ. */
const twisted = Array.from({ length: 8 }, (_, i) =>
  Array.from({ length: 8 }, (__, j) => {
    const r = plainR.add(torsion(j)).toBytes();
    return forge(utf8(`${i} ${j}`), secret, nonce, plainA.add(torsion(i)), r);
  }),
).flat();
/** No nonce at all: R of small order, in each encoding there is of it. */
const nonceless = [
  ...Array.from({ length: 8 }, (_, j) => torsion(j).toBytes()),
  bytesOf(2n ** 255n - 18n),
  fromHex(`01${'00'.repeat(30)}80`),
].map((r) => forge(utf8('bread'), secret, 0n, plainA, r));

const engines: [string, Ed25519Engine][] = [
  ['node:crypto', nodeEngine],
  ...(sodium === undefined
    ? []
    : [['libsodium', createSodiumEngine(sodium)] as [string, Ed25519Engine]]),
];

function verdicts(engine: Ed25519Engine, all: readonly Signed[]): readonly boolean[] {
  const verifier = createVerifier({}, engine);
  return all.map((one) => verifier.verify(one.publicKey, one.message, one.signature));
}

it('uses libsodium wherever the addon was built for', () => {
  const built = /^(linux|darwin|win32)-(x64|arm64)$/.test(`${process.platform}-${process.arch}`);
  expect(sodium !== undefined).toBe(built);
  expect(bestEngine === nodeEngine).toBe(sodium === undefined);
});

describe.each(engines)('Ed25519 by %s', (_, engine) => {
  it('signs as RFC 8032 (test 3) says', () => {
    const key = createSigningKey(
      fromHex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'),
      engine,
    );
    expect(toHex(key.publicKey)).toBe(
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    );
    expect(toHex(key.sign(fromHex('af82')))).toBe(
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
        '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    );
  });

  it('takes its own signatures and those of the other, of views into larger buffers, too', () => {
    const verifier = createVerifier({}, engine);
    for (const [, other] of engines) {
      const key = createSigningKey(seedOf('signer'), other);
      const large = Buffer.concat([Buffer.alloc(7), utf8('bread and butter'), Buffer.alloc(9)]);
      const message = large.subarray(7, -9);
      const signature = key.sign(message);
      expect(verifier.verify(key.publicKey, message, signature)).toBe(true);
      expect(verifier.verify(key.publicKey, message.subarray(1), signature)).toBe(false);
    }
  });

  it('refuses what no honest key makes: torsion in R, no nonce, s too large', () => {
    expect(verdicts(engine, twisted.slice(0, 8))).toEqual([true, ...Array<boolean>(7).fill(false)]);
    expect(verdicts(engine, nonceless)).toEqual(nonceless.map(() => false));
    const good = forge(utf8('x'), secret, nonce, plainA, plainR.toBytes());
    const s = bytesOf(number(good.signature.subarray(32)) + ORDER);
    const large = { ...good, signature: concatBytes(good.signature.subarray(0, 32), s) };
    expect(verdicts(engine, [good, large])).toEqual([true, false]);
  });

  it('judges 64 keys and nonces with torsion as the other does', () => {
    const expected = verdicts(nodeEngine, twisted);
    expect(verdicts(engine, twisted)).toEqual(expected);
    expect(expected.filter(Boolean).length).toBeGreaterThan(0);
  });
});
