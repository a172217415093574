import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src-main/base/bytes.ts';
import {
  createFrameReader,
  encodeFrame,
  FRAME,
  MAX_FRAME_BYTES,
  type FrameType,
} from '../../src-main/network/rpc-frame.ts';

const frame = fc.record({
  type: fc.constantFrom(...(Object.values(FRAME) as FrameType[])),
  id: fc.integer({ min: 0, max: 0xffffffff }),
  body: fc.uint8Array({ maxLength: 300 }),
});

describe('RPC frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 64 })), (frames, cuts) => {
        const bytes = concatBytes(...frames.map((one) => encodeFrame(one.type, one.id, one.body)));
        const reader = createFrameReader();
        const read = [];
        let at = 0;
        for (let i = 0; at < bytes.byteLength; i++) {
          const size = cuts[i % Math.max(1, cuts.length)] ?? bytes.byteLength;
          for (const one of reader.read(bytes.slice(at, at + size))) {
            read.push({ type: one.type, id: one.id, body: one.body.slice() });
          }
          at += size;
        }
        expect(read).toEqual(frames);
      }),
    );
  });

  it('join their parts into one body', () => {
    const [read] = createFrameReader().read(
      encodeFrame(FRAME.request, 5, Uint8Array.of(1), Uint8Array.of(2, 3)),
    );
    expect(read).toEqual({ type: FRAME.request, id: 5, body: Uint8Array.of(1, 2, 3) });
  });

  it('are refused when larger than a frame, writing and reading', () => {
    const code = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const body = new Uint8Array(MAX_FRAME_BYTES - 5);
    const largest = encodeFrame(FRAME.notice, 0, body);
    expect([...createFrameReader().read(largest)]).toHaveLength(1);
    expect(code(() => encodeFrame(FRAME.notice, 0, body, Uint8Array.of(0)))).toBe('LIMIT_EXCEEDED');
    const announced = Uint8Array.of(0, 0x10, 0, 1);
    expect(code(() => [...createFrameReader().read(announced)])).toBe('BAD_ENCODING');
    // The same, arriving byte by byte.
    const reader = createFrameReader();
    const slowly = (): unknown =>
      announced.forEach((byte) => void [...reader.read(Uint8Array.of(byte))]);
    expect(code(slowly)).toBe('BAD_ENCODING');
  });
});
