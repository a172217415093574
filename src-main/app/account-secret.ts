import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { SecretStore } from '../storage/secret-store.ts';

/**
 * What this machine keeps of an account it is logged in to: one record in the secret store, so that
 * a machine either is logged in or is not. The account's master is not in it, and on no disk.
 */
export interface AccountSecret {
  readonly id: PartitionKey;
  /** What the person calls it on this machine. */
  readonly label: string;
  readonly deviceName: string;
  /** 32 bytes: this machine's device key for this account. */
  readonly deviceSeed: Uint8Array;
  /** 32 bytes: the person's certifier; shared carts only. */
  readonly certifierSeed: Uint8Array | undefined;
}

const PREFIX = 'account-';
const FORMAT = 1;

export async function writeAccountSecret(
  secrets: SecretStore,
  secret: AccountSecret,
): Promise<void> {
  const bytes = encodeCbor([
    FORMAT,
    fromHex(secret.id),
    secret.label,
    secret.deviceName,
    secret.deviceSeed,
    secret.certifierSeed ?? null,
  ]);
  await secrets.write(`${PREFIX}${secret.id}`, bytes);
}

/** All accounts this machine is logged in to, in the order of their ids. */
export async function readAccountSecrets(secrets: SecretStore): Promise<readonly AccountSecret[]> {
  const names = (await secrets.list()).filter((name) => name.startsWith(PREFIX)).sort();
  const found: AccountSecret[] = [];
  for (const name of names) {
    const bytes = await secrets.read(name);
    if (bytes !== undefined) found.push(parse(name, bytes));
  }
  return found;
}

function parse(name: string, bytes: Uint8Array): AccountSecret {
  const value = decodeCbor(bytes);
  if (Array.isArray(value) && value.length === 6 && value[0] === FORMAT) {
    const [, id, label, deviceName, deviceSeed, certifierSeed] = value as unknown[];
    if (
      isBytes32(id) &&
      typeof label === 'string' &&
      typeof deviceName === 'string' &&
      isBytes32(deviceSeed) &&
      (certifierSeed === null || isBytes32(certifierSeed))
    ) {
      return {
        id: toHex(id) as PartitionKey,
        label,
        deviceName,
        deviceSeed,
        certifierSeed: certifierSeed ?? undefined,
      };
    }
  }
  throw new AppError('UNSUPPORTED_FORMAT', `The secret ${name} is not one this version reads.`);
}

function isBytes32(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === 32;
}
