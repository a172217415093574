import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src-main/base/bytes.ts';
import type { SecretStore } from '../../src-main/storage/secret-store.ts';

/** What every secret store does. */
export function secretStoreSuite(name: string, make: () => Promise<SecretStore>): void {
  describe(`secret store: ${name}`, () => {
    it('keeps secrets by name', async () => {
      const secrets = await make();
      expect(await secrets.list()).toEqual([]);
      expect(await secrets.read('peer-key')).toBeUndefined();
      await secrets.write('peer-key', utf8('one'));
      await secrets.write('peer-key', utf8('two'));
      await secrets.write('device.1', new Uint8Array());
      expect(await secrets.read('peer-key')).toEqual(utf8('two'));
      expect(await secrets.read('device.1')).toEqual(new Uint8Array());
      expect(await secrets.list()).toEqual(['device.1', 'peer-key']);
      await secrets.delete('peer-key');
      await secrets.delete('peer-key');
      expect(await secrets.read('peer-key')).toBeUndefined();
    });

    it.each(['', '.', '..', '../x', 'a/b', 'Peer', '.new-x', 'a\0', 'é', 'a'.repeat(129)])(
      'refuses the name %j',
      async (bad) => {
        const secrets = await make();
        const refused = { code: 'BAD_REQUEST' };
        await expect(secrets.read(bad)).rejects.toMatchObject(refused);
        await expect(secrets.write(bad, utf8('x'))).rejects.toMatchObject(refused);
        await expect(secrets.delete(bad)).rejects.toMatchObject(refused);
      },
    );
  });
}
