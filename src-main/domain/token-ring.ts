/** All members' tokens in the order of the circle, and the walk over them (Dynamo §4.2–4.3). */
import { AppError } from '../base/app-error.ts';

/** Members are numbers here: their place in the order of peer ids, so that ties fall by peer id. */
export interface TokenRing {
  readonly members: number;
  /** The distinct members met walking clockwise from a point of the circle. */
  walkFrom(point: number): RingWalk;
}

/** A walk as far as it was needed; going on is cheap. */
export interface RingWalk {
  /** The i-th distinct member met, or undefined when there are no more. */
  at(i: number): number | undefined;
}

/** A token and its member share 64 bits, so a ring has fewer members that store than this. */
const MAX_MEMBERS = 2 ** 16;

/**
 * @param tokens of member 0, 1, 2…; points below 2^48 in any order.
 * @throws LIMIT_EXCEEDED beyond 65,536 members.
 */
export function createTokenRing(tokens: readonly Float64Array[]): TokenRing {
  if (tokens.length > MAX_MEMBERS) {
    throw new AppError('LIMIT_EXCEEDED', 'A ring holds at most 65,536 storing members.');
  }
  const size = tokens.reduce((sum, list) => sum + list.length, 0);
  const words = sortedWords(tokens, size);
  const memberAt = (position: number): number => (words[position * 2] ?? 0) & 0xffff;

  /** The position of the first token at or after the point; `size` if there is none. */
  const firstAt = (point: number): number => {
    const high = Math.floor(point / 0x10000);
    const low = (point % 0x10000) * 0x10000;
    let from = 0;
    let to = size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const h = words[middle * 2 + 1] ?? 0;
      if (h < high || (h === high && (words[middle * 2] ?? 0) < low)) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    members: tokens.length,
    walkFrom(point) {
      const met: number[] = [];
      const isMet = new Uint8Array(tokens.length);
      let position = firstAt(point);
      let left = size;
      return {
        at(i) {
          while (met.length <= i && left > 0) {
            if (position >= size) position = 0;
            const member = memberAt(position);
            position++;
            left--;
            if (isMet[member] === 1) continue;
            isMet[member] = 1;
            met.push(member);
            if (met.length === tokens.length) left = 0;
          }
          return met[i];
        },
      };
    },
  };
}

/**
 * Each token as one 64-bit number, its 48 bits above its member's 16, sorted: the engine sorts
 * millions of them in a fraction of a second. Written and read as 32-bit halves, low half first
 * (all machines we run on are little-endian), since a BigInt each would cost more than the sort.
 */
function sortedWords(tokens: readonly Float64Array[], size: number): Uint32Array {
  const numbers = new BigUint64Array(size);
  const words = new Uint32Array(numbers.buffer);
  let at = 0;
  for (const [member, list] of tokens.entries()) {
    for (const token of list) {
      words[at++] = (token % 0x10000) * 0x10000 + member;
      words[at++] = Math.floor(token / 0x10000);
    }
  }
  numbers.sort();
  return words;
}
