import { AppError } from '../base/app-error.ts';

/**
 * Secret bytes by name (peer key, device keys, sealing keys). Headless: files of mode 0600 in a
 * folder of mode 0700; Electron: the same files, encrypted by the OS key store (safeStorage).
 */
export interface SecretStore {
  read(name: string): Promise<Uint8Array | undefined>;
  /** Durable (file and folder synced) when it resolves. */
  write(name: string, secret: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
  list(): Promise<readonly string[]>;
}

/** Lower case only, since some disks do not tell cases apart. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** The name itself. @throws BAD_REQUEST when it cannot name a secret. */
export function checkSecretName(name: string): string {
  if (NAME.test(name)) return name;
  throw new AppError('BAD_REQUEST', 'Not a name for a secret.', { details: { name } });
}
