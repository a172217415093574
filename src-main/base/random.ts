import { randomBytes } from 'node:crypto';

/** Randomness as an argument, so that a simulation replays from its seed. */
export interface Random {
  /** `count` random bytes. The system's are fit for keys. */
  bytes(count: number): Uint8Array;
}

/** Small requests share one call of the system's generator, which costs some 15 µs a call. */
const POOL_BYTES = 4096;
const SMALL_BYTES = 64;

export function createSystemRandom(): Random {
  let pool = new Uint8Array(0);
  let at = 0;
  return {
    bytes(count) {
      if (count > SMALL_BYTES) return new Uint8Array(randomBytes(count));
      if (at + count > pool.byteLength) {
        pool = new Uint8Array(randomBytes(POOL_BYTES));
        at = 0;
      }
      const out = pool.slice(at, at + count);
      // Some of them become keys: they stay nowhere else.
      pool.fill(0, at, at + count);
      at += count;
      return out;
    },
  };
}

/** A whole number in [0, bound), without modulo bias for bounds far below 2^48. */
export function randomBelow(random: Random, bound: number): number {
  const b = random.bytes(6);
  const n = b.reduce((sum, byte) => sum * 256 + byte, 0);
  return Math.floor((n / 2 ** 48) * bound);
}
