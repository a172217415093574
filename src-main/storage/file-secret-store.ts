/**
 * Secrets as files: `DIR/secrets/<name>`, mode 0600 in a folder of mode 0700 (PROTOCOL.md, Disk).
 */
import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, toAppError } from '../base/app-error.ts';
import { concatBytes, equalBytes, toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import { syncFolder } from './birthmark.ts';
import { checkSecretName, type SecretStore } from './secret-store.ts';

/** Encrypts what goes to disk: the OS key store in Electron. */
export interface SecretWrap {
  encrypt(secret: Uint8Array): Promise<Uint8Array>;
  decrypt(stored: Uint8Array): Promise<Uint8Array>;
}

export interface FileSecretStoreInit {
  readonly dir: string;
  /** Without it secrets rest as they are, guarded by the files' modes alone. */
  readonly wrap?: SecretWrap;
}

const FORMAT = 1;
const HEADER_BYTES = 2;
const CHECKSUM_BYTES = 32;
const TEMPORARY = '.new-';

/** Errors: BAD_REQUEST (name), STORE_DAMAGED, NOT_SUPPORTED (wrapped, and no wrap), DISK_FULL. */
export function createFileSecretStore(
  init: FileSecretStoreInit,
  components: { readonly random: Random },
): SecretStore {
  const { dir, wrap } = init;
  let ready: Promise<void> | undefined;

  async function prepare(): Promise<void> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    for (const name of await readdir(dir)) {
      // Left by a process that was killed while it wrote.
      if (name.startsWith(TEMPORARY)) await rm(join(dir, name), { force: true });
    }
  }
  return {
    async read(name) {
      const path = join(dir, checkSecretName(name));
      const file = await readFile(path).catch(undefinedIfAbsent);
      if (file === undefined) return undefined;
      const { wrapped, payload } = unframe(name, file);
      if (!wrapped) return payload;
      if (wrap === undefined) throw noWrap(name);
      return wrap.decrypt(payload);
    },
    async write(name, secret) {
      checkSecretName(name);
      await (ready ??= prepare());
      const payload = wrap === undefined ? secret : await wrap.encrypt(secret);
      const temporary = join(dir, TEMPORARY + toHex(components.random.bytes(8)));
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(frame(wrap !== undefined, payload));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, join(dir, name));
      } catch (error) {
        await rm(temporary, { force: true });
        throw toAppError(error);
      }
      await syncFolder(dir);
    },
    async delete(name) {
      await rm(join(dir, checkSecretName(name)), { force: true });
      await syncFolder(dir);
    },
    async list() {
      const names = (await readdir(dir).catch(undefinedIfAbsent)) ?? [];
      return names.filter((name) => !name.startsWith(TEMPORARY)).sort();
    },
  };
}

/** format ‖ wrapped? ‖ payload ‖ SHA-256 of all before it. */
function frame(wrapped: boolean, payload: Uint8Array): Uint8Array {
  const content = concatBytes(Uint8Array.of(FORMAT, wrapped ? 1 : 0), payload);
  return concatBytes(content, sha256(content));
}

function unframe(name: string, file: Uint8Array): { wrapped: boolean; payload: Uint8Array } {
  const content = file.subarray(0, Math.max(0, file.byteLength - CHECKSUM_BYTES));
  if (!equalBytes(sha256(content), file.subarray(content.byteLength))) {
    throw new AppError('STORE_DAMAGED', 'A key on this machine is damaged.', { details: { name } });
  }
  if (content[0] !== FORMAT) {
    throw new AppError(
      'UNSUPPORTED_FORMAT',
      'A key on this machine was written by a newer version: update this machine.',
      { details: { name } },
    );
  }
  return { wrapped: content[1] === 1, payload: new Uint8Array(content.subarray(HEADER_BYTES)) };
}

function noWrap(name: string): AppError {
  return new AppError(
    'NOT_SUPPORTED',
    'A key on this machine is locked by the desktop app: open the folder with it.',
    { details: { name } },
  );
}

function undefinedIfAbsent(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'ENOENT') throw toAppError(error);
  return undefined;
}
