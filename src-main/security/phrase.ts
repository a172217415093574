/**
 * Twelve English words that are a key (BIP-39, 128 bits and a 4-bit checksum, no passphrase). The
 * words are never logged nor put into an error: details name places, not words.
 */
import { pbkdf2Sync } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { AppError } from '../base/app-error.ts';
import { utf8 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';

export const PHRASE_WORDS = 12;

/** Twelve fresh words, with one space between. */
export function newPhrase(random: Random): string {
  return entropyToMnemonic(random.bytes(16), wordlist);
}

/**
 * The phrase as it was made, from what a person typed: any case, any space, full-width letters.
 * @throws INVALID_PHRASE, details `{reason: 'count', words}`, `{reason: 'word', index}` (from 1) or
 * `{reason: 'checksum'}`.
 */
export function normalizePhrase(typed: string): string {
  const words = typed.slice(0, 1000).normalize('NFKD').toLowerCase().trim().split(/\s+/u);
  const count = words[0] === '' ? 0 : words.length;
  if (count !== PHRASE_WORDS) {
    throw invalid(`A phrase has ${PHRASE_WORDS} words; this one has ${count}.`, {
      reason: 'count',
      words: count,
    });
  }
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) {
    throw invalid(`Word ${unknown + 1} is not one of the words phrases are made of.`, {
      reason: 'word',
      index: unknown + 1,
    });
  }
  const phrase = words.join(' ');
  try {
    mnemonicToEntropy(phrase, wordlist);
  } catch {
    throw invalid('All the words exist, but not together: one is wrong, or two are swapped.', {
      reason: 'checksum',
    });
  }
  return phrase;
}

/** The 64 secret bytes of a phrase (BIP-39 seed). Throws INVALID_PHRASE like `normalizePhrase`. */
export function phraseToSeed(typed: string): Uint8Array {
  // node's PBKDF2 instead of the library's own: 2,048 rounds of SHA-512 in 1 ms instead of 60
  return new Uint8Array(
    pbkdf2Sync(utf8(normalizePhrase(typed)), utf8('mnemonic'), 2048, 64, 'sha512'),
  );
}

function invalid(message: string, details: Record<string, unknown>): AppError {
  return new AppError('INVALID_PHRASE', message, { details });
}
