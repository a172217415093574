import { checkSecretName, type SecretStore } from './secret-store.ts';

/** Secrets in memory, with the manners of those in files. */
export function createMemorySecretStore(): SecretStore {
  const secrets = new Map<string, Uint8Array>();
  return {
    async read(name) {
      const found = secrets.get(checkSecretName(name));
      return Promise.resolve(found && new Uint8Array(found));
    },
    async write(name, secret) {
      secrets.set(checkSecretName(name), new Uint8Array(secret));
      return Promise.resolve();
    },
    async delete(name) {
      secrets.delete(checkSecretName(name));
      return Promise.resolve();
    },
    list: () => Promise.resolve([...secrets.keys()].sort()),
  };
}
