import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';

describe('the system’s randomness', () => {
  it('gives as many bytes as asked for, and never the same ones twice', () => {
    const random = createSystemRandom();
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const count = [16, 24, 32, 64, 65, 5000][i % 6] ?? 16;
      const bytes = random.bytes(count);
      expect(bytes).toHaveLength(count);
      seen.add(toHex(bytes.subarray(0, 16)));
    }
    expect(seen.size).toBe(2000);
  });

  it('gives bytes of their own: what is written into them reaches nobody else', () => {
    const random = createSystemRandom();
    const one = random.bytes(32);
    expect(one.buffer.byteLength).toBe(32);
    one.fill(0);
    const others = Array.from({ length: 300 }, () => toHex(random.bytes(32)));
    expect(others.every((bytes) => bytes !== '00'.repeat(32))).toBe(true);
    expect(new Set(others).size).toBe(300);
  });
});
