/** Taking a device, or a certifier, off an account (DESIGN §2: `{device, last counters}`). */
import { fromHex, toHex } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { DeviceKey, Hash, PartitionKey, StoreEpoch } from '../domain/ids.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SigningKey, type Verifier } from './ed25519.ts';
import { bad, readRecord } from './positional.ts';
import { isSignedBy, signRecord } from './signed-record.ts';

export interface AccountRevocation {
  readonly account: PartitionKey;
  readonly subject: DeviceKey;
  /** The last counter of each store epoch that still counts; 0 for epochs not named. */
  readonly limits: ReadonlyMap<StoreEpoch, number>;
  /** Hashes (first 16 bytes, hex) of what the subject signed for others that still counts. */
  readonly keep: ReadonlySet<string>;
  /** Public key of the master or of a certifier above the subject. */
  readonly issuer: Uint8Array;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

const FORMAT = 1;
const COUNT = 7;
const KEPT_BYTES = 16;
const MAX_EPOCHS = 256;
const MAX_KEPT = 512;
export const MAX_REVOCATION_BYTES = 20_480;

/** The name under which a revocation keeps a certificate or a revocation. */
export function keptName(act: { readonly hash: Hash }): string {
  return act.hash.slice(0, KEPT_BYTES * 2);
}

export function issueAccountRevocation(
  init: Pick<AccountRevocation, 'account' | 'subject' | 'limits' | 'keep'>,
  issuer: SigningKey,
): AccountRevocation {
  const limits = [...init.limits].sort(([a], [b]) => (a < b ? -1 : 1));
  const bytes = signRecord(issuer, 'carrossel/account-revocation/1', [
    FORMAT,
    fromHex(init.account),
    fromHex(init.subject),
    limits.map(([epoch, counter]) => [fromHex(epoch), counter]),
    [...init.keep].sort().map(fromHex),
    issuer.publicKey,
  ]);
  return readAccountRevocation(bytes);
}

/** Reads the form. BAD_ENCODING, UNSUPPORTED_FORMAT, LIMIT_EXCEEDED */
export function readAccountRevocation(bytes: Uint8Array): AccountRevocation {
  const what = 'account revocation';
  const limitsOfForm = { what, format: FORMAT, maxBytes: MAX_REVOCATION_BYTES };
  return readRecord(bytes, limitsOfForm, (fields) => {
    const account = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as PartitionKey;
    const subject = toHex(fields.fixed(PUBLIC_KEY_BYTES)) as DeviceKey;
    const limits = fields.list(MAX_EPOCHS, (one) =>
      one.nested((pair) => [toHex(pair.fixed(16)) as StoreEpoch, pair.uint()] as const),
    );
    const keep = fields.list(MAX_KEPT, (one) => toHex(one.fixed(KEPT_BYTES)));
    const issuer = fields.fixed(PUBLIC_KEY_BYTES);
    fields.fixed(SIGNATURE_BYTES);
    if (!isAscending(limits.map(([epoch]) => epoch)) || !isAscending(keep)) {
      throw bad(what, 'is not in order');
    }
    const hash = sha256Hex(bytes) as Hash;
    return { account, subject, limits: new Map(limits), keep: new Set(keep), issuer, bytes, hash };
  });
}

export function isRevocationSigned(revocation: AccountRevocation, verifier: Verifier): boolean {
  const record = { bytes: revocation.bytes, count: COUNT };
  return isSignedBy(verifier, 'carrossel/account-revocation/1', record, revocation.issuer);
}

function isAscending(list: readonly string[]): boolean {
  return list.every((one, i) => i === 0 || (list[i - 1] ?? '') < one);
}
