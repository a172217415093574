import type { Random } from '../../src-main/base/random.ts';

/** Random numbers that are a pure function of the seed (sfc32); never for keys outside tests. */
export interface SeededRandom extends Random {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** In [from, to). */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): readonly T[];
  /** Another stream, named, so that one consumer's use does not shift another's numbers. */
  fork(name: string): SeededRandom;
}

export function createSeededRandom(seed: string): SeededRandom {
  const next = sfc32(seed);
  const fraction = (): number => next() / 2 ** 32;
  const below = (bound: number): number => Math.floor(fraction() * bound);
  return {
    fraction,
    below,
    between: (from, to) => from + fraction() * (to - from),
    chance: (probability) => fraction() < probability,
    pick(from) {
      if (from.length === 0) throw new Error('nothing to pick from');
      return from[below(from.length)] as (typeof from)[number];
    },
    shuffled: (from) =>
      from
        .map((one) => ({ one, at: fraction() }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one),
    bytes(count) {
      const out = new Uint8Array(count);
      for (let i = 0; i < count; i++) out[i] = next() & 255;
      return out;
    },
    fork: (name) => createSeededRandom(`${seed}/${name}`),
  };
}

/** sfc32 (PractRand), its state filled from the text by FNV-1a over four salted passes. */
function sfc32(seed: string): () => number {
  let [a, b, c, d] = [0, 1, 2, 3].map((salt) => fnv1a(`${salt}:${seed}`)) as [
    number,
    number,
    number,
    number,
  ];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
