import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src-main/base/app-error.ts';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import { fitFrame } from '../../src-main/network/messages/codec.ts';
import { getMessage } from '../../src-main/network/messages/get.ts';
import { MAX_BODY_BYTES } from '../../src-main/network/transport.ts';
import { VERB } from '../../src-main/network/verb.ts';
import { CASES } from './message-cases.ts';

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isAppError(error) ? error.code : error;
  }
};

it('every verb has a message here', () => {
  expect(CASES.map(([verb]) => verb).toSorted()).toEqual(Object.keys(VERB).toSorted());
});

describe.each(CASES)('the %s message', (verb, codec, request, answer) => {
  it('has its verb, and reads what it writes', () => {
    expect(codec.verb).toBe(VERB[verb as keyof typeof VERB]);
    fc.assert(
      fc.property(request, (message) => {
        expect(codec.decodeRequest(codec.encodeRequest(message as never))).toEqual(message);
      }),
      { numRuns: 40 },
    );
    if (answer === undefined) return;
    fc.assert(
      fc.property(answer, (message) => {
        expect(codec.decodeResponse?.(codec.encodeResponse?.(message as never) as never)).toEqual(
          message,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('refuses any other bytes with BAD_ENCODING', () => {
    const refused = (bytes: Uint8Array): void => {
      expect(codeOf(() => codec.decodeRequest(bytes))).toBe('BAD_ENCODING');
    };
    fc.assert(
      fc.property(request, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, at, flip) => {
        const bytes = codec.encodeRequest(message as never);
        refused(bytes.slice(0, -1));
        refused(Uint8Array.of(...bytes, 0));
        // A flipped byte is refused, or it is another message we would write in just these bytes.
        const flipped = bytes.slice();
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ flip;
        const outcome = codeOf(() => codec.encodeRequest(codec.decodeRequest(flipped) as never));
        if (outcome !== 'BAD_ENCODING') expect(outcome).toEqual(flipped);
      }),
      { numRuns: 40 },
    );
    refused(new Uint8Array(0));
    refused(encodeCbor(null));
    refused(encodeCbor(['x', 1, [], {}]));
    refused(new Uint8Array(100_000).fill(0x81));
  });
});

describe('versions for one frame', () => {
  it('are the longest prefix that fits, and at least one', () => {
    const large = new Uint8Array(400_000);
    const small = new Uint8Array(1000);
    expect(fitFrame([large, large, large])).toHaveLength(2);
    expect(fitFrame([small, large, large, small, small])).toHaveLength(5);
    expect(fitFrame(Array.from({ length: 5000 }, () => small)).length).toBeLessThan(1050);
    expect(fitFrame([])).toEqual([]);
    const answer = getMessage.encodeResponse({
      owner: true,
      unfilled: false,
      names: [],
      versions: fitFrame(Array.from({ length: 5000 }, () => small)),
    });
    expect(answer.byteLength).toBeLessThanOrEqual(MAX_BODY_BYTES);
  });
});
