import type { Random } from '../random.ts';

/**
 * The words of a phrase as people type them: any case, any spaces, numbers from a list left out.
 */
export function wordsOf(phrase: string): string[] {
  return phrase
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

/** Two different places (0-based, ascending) of `count` words to ask for. */
export function placesToAsk(count: number, random: Random): readonly [number, number] {
  const first = random.below(count);
  const second = (first + 1 + random.below(count - 1)) % count;
  return first < second ? [first, second] : [second, first];
}

/** The first place (0-based) where the typed word is another; undefined when all are right. */
export function firstWrong(
  words: readonly string[],
  places: readonly number[],
  typed: readonly string[],
): number | undefined {
  return places.find((place, index) => wordsOf(typed[index] ?? '').join(' ') !== words[place]);
}
