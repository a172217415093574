import { randomBytes } from 'node:crypto';

/** Randomness as an argument, so that a simulation replays from its seed. */
export interface Random {
  /** `count` random bytes. The system's are fit for keys. */
  bytes(count: number): Uint8Array;
}

export function createSystemRandom(): Random {
  return { bytes: (count) => new Uint8Array(randomBytes(count)) };
}

/** A whole number in [0, bound), without modulo bias for bounds far below 2^48. */
export function randomBelow(random: Random, bound: number): number {
  const b = random.bytes(6);
  const n = b.reduce((sum, byte) => sum * 256 + byte, 0);
  return Math.floor((n / 2 ** 48) * bound);
}
