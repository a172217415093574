import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src-main/base/bytes.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { WIRE_FORMATS, said } from './wire-formats.ts';

/**
 * What crosses the wire in format 1, kept for ever: peers of two releases meet in one ring. Nothing
 * writes this file; a new message adds to it, a changed line is a break (docs/PROTOCOL.md).
 */
interface Fixture {
  readonly name: string;
  readonly hex: string;
  readonly says: unknown;
}
const file = new URL('../fixtures/wire-format-1.json', import.meta.url);
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as readonly Fixture[];

describe('the wire in format 1', () => {
  it('has a fixture of every frame and message', () => {
    expect(new Set(fixtures.map(({ name }) => name))).toEqual(new Set(Object.keys(WIRE_FORMATS)));
  });

  it('numbers its verbs as ever', () => {
    expect(Object.values(VERB)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(Object.keys(VERB).join(' ')).toBe(
      'put get list session watch changed gossip gossipPush exchange joinForward shareRedeem ' +
        'counter fetch goodbye partitions accounts ranges takeover taken putBatch getBatch',
    );
  });

  it.each(fixtures)('reads and writes $name as ever', ({ name, hex, says }) => {
    const format = WIRE_FORMATS[name];
    const read = format?.read(fromHex(hex));
    expect(said(read)).toEqual(says);
    expect(toHex(format?.write(read as never) ?? new Uint8Array(0))).toBe(hex);
  });
});
