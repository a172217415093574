import { mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, it } from 'vitest';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import { newPhrase, normalizePhrase, phraseToSeed } from '../../src-main/security/phrase.ts';
import { ACCOUNT_PHRASE, RING_PHRASE } from './world.ts';

function problemOf(text: string): unknown {
  try {
    normalizePhrase(text);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    const { code, details, message } = error as AppError;
    expect(code).toBe('INVALID_PHRASE');
    for (const word of text.split(/\s+/).filter((one) => one.length > 6)) {
      expect(message, 'a phrase is a secret').not.toContain(word);
      expect(JSON.stringify(details)).not.toContain(word);
    }
    return details;
  }
  return undefined;
}

describe('a phrase', () => {
  it('is twelve valid BIP-39 words, other ones each time', () => {
    const random = createSystemRandom();
    const phrases = Array.from({ length: 20 }, () => newPhrase(random));
    for (const phrase of phrases) {
      expect(phrase.split(' ')).toHaveLength(12);
      expect(validateMnemonic(phrase, wordlist)).toBe(true);
      expect(normalizePhrase(phrase)).toBe(phrase);
    }
    expect(new Set(phrases).size).toBe(20);
  });

  it('gives the seed of BIP-39', () => {
    for (const phrase of [RING_PHRASE, ACCOUNT_PHRASE]) {
      expect(phraseToSeed(phrase)).toEqual(mnemonicToSeedSync(phrase));
    }
  });

  it('may be typed in any case, with any spaces', () => {
    const typed = `  ${RING_PHRASE.toUpperCase().replaceAll(' ', '\u00a0 \n\t')}\n`;
    expect(normalizePhrase(typed)).toBe(RING_PHRASE);
    expect(normalizePhrase(RING_PHRASE.replace('legal', 'ｌｅｇａｌ'))).toBe(RING_PHRASE);
  });

  it('says what is wrong with it, without repeating it', () => {
    expect(problemOf('')).toEqual({ reason: 'count', words: 0 });
    expect(problemOf('   ')).toEqual({ reason: 'count', words: 0 });
    expect(problemOf('legal winner')).toEqual({ reason: 'count', words: 2 });
    expect(problemOf(`${RING_PHRASE} again`)).toEqual({ reason: 'count', words: 13 });
    expect(problemOf(RING_PHRASE.replace('sausage', 'sausages'))).toEqual({
      reason: 'word',
      index: 6,
    });
    expect(problemOf(RING_PHRASE.replace('yellow', 'zoo'))).toEqual({ reason: 'checksum' });
    expect(problemOf('constructor '.repeat(12))).toEqual({ reason: 'word', index: 1 });
    expect(problemOf('a'.repeat(1_000_000))).toEqual({ reason: 'count', words: 1 });
  });
});
