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
