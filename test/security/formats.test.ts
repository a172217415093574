import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src-main/base/bytes.ts';
import { FORMATS, inWords } from './formats.ts';

/**
 * The bytes of format 1, kept for ever: what rests on somebody's disk today has to be read by every
 * later release, and a hash or signature made of it has to stay good. Nothing writes this file; a
 * new format adds lines to it, a changed line is a break.
 */
interface Fixture {
  readonly name: string;
  /** Hex, or text where the format is text. */
  readonly made: string;
  readonly says: unknown;
}
const file = new URL('../fixtures/security-formats-1.json', import.meta.url);
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as readonly Fixture[];
const isHex = (text: string): boolean => /^([0-9a-f]{2})+$/.test(text);

describe('format 1', () => {
  it('has a fixture of everything', () => {
    expect(fixtures.map(({ name }) => name)).toEqual(FORMATS.map(({ name }) => name));
  });

  it.each(FORMATS)('of $name is written as ever', ({ name, make }) => {
    const made = make();
    const kept = fixtures.find((fixture) => fixture.name === name);
    expect(typeof made === 'string' ? made : toHex(made)).toBe(kept?.made);
  });

  it.each(fixtures)('of $name is read as ever', ({ name, made, says }) => {
    const format = FORMATS.find((one) => one.name === name);
    const bytes = isHex(made) ? fromHex(made) : new Uint8Array(0);
    expect(inWords(format?.read(bytes, made))).toEqual(says);
  });
});
