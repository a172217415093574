import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import { createSystemRandom } from '../../src-main/base/random.ts';
import { createKeyedWrap, createPlainWrap } from '../../src-main/shell/secrets-wrap.ts';

const random = createSystemRandom();
const key = random.bytes(32);
const secret = utf8('a device key');

describe('secrets on disk', () => {
  it('wrapped, are unreadable, and come back with the same key', async () => {
    const wrap = createKeyedWrap({ key }, random);
    const stored = await wrap.encrypt(secret);
    expect(Buffer.from(stored).includes(Buffer.from(secret))).toBe(false);
    expect(Buffer.from(stored.subarray(0, 8)).toString()).toBe('carrwrp1');
    expect(await wrap.decrypt(stored)).toEqual(secret);
    expect(await wrap.encrypt(secret)).not.toEqual(stored);
  });

  it('with another key, altered, or without a key, are refused and not returned wrong', async () => {
    const stored = await createKeyedWrap({ key }, random).encrypt(secret);
    const other = createKeyedWrap({ key: random.bytes(32) }, random);
    const refused = { code: 'NOT_SUPPORTED' };
    await expect(other.decrypt(stored)).rejects.toMatchObject(refused);
    await expect(createPlainWrap().decrypt(stored)).rejects.toMatchObject(refused);
    for (const at of [9, 25, stored.length - 1]) {
      const altered = stored.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      await expect(createKeyedWrap({ key }, random).decrypt(altered)).rejects.toMatchObject(
        refused,
      );
    }
  });

  it('written by a headless peer, are read by the desktop app', async () => {
    const stored = await createPlainWrap().encrypt(secret);
    expect(stored).toEqual(secret);
    expect(await createKeyedWrap({ key }, random).decrypt(stored)).toEqual(secret);
  });
});
