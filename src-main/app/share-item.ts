/**
 * `share#…` items: how a person's devices know of each other's shared carts. Each holds, sealed
 * like every value, the person's certifier key for one shared account, so that any of the devices
 * can make itself a device of it, and share it further (DESIGN §2 Admission and trust).
 */
import { fromHex, toHex, utf8, utf8ToString } from '../base/bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { IssueRequest } from '../storage/item-store.ts';
import type { Account } from './account.ts';

export const SHARE_PREFIX = 'share#';
const FORMAT = 1;

export interface ShareItem {
  readonly account: PartitionKey;
  /** What the cart was called when it was shared. */
  readonly label: string;
  /** 32 bytes. */
  readonly certifierSeed: Uint8Array;
}

/** The write that tells the person's other devices of a shared account. */
export function shareRequest(own: Account, item: ShareItem): IssueRequest {
  const sortKey = SHARE_PREFIX + sha256Hex(fromHex(item.account)).slice(0, 32);
  const json = { format: FORMAT, ...item, certifierSeed: toHex(item.certifierSeed) };
  return own.request(sortKey, ({ siblings }) => ({
    kind: 'value',
    type: 'json',
    replaced: siblings,
    encode: () => utf8(JSON.stringify(json)),
  }));
}

/** What a version of such an item says; undefined for one this version cannot read. */
export function readShareItem(own: Account, version: SignedVersion): ShareItem | undefined {
  const content = own.open(version);
  if (content.type !== 'json') return undefined;
  const value: unknown = JSON.parse(utf8ToString(content.value));
  if (!isStored(value)) return undefined;
  const { account, label, certifierSeed } = value;
  return { account: account as PartitionKey, label, certifierSeed: fromHex(certifierSeed) };
}

interface Stored {
  readonly account: string;
  readonly label: string;
  readonly certifierSeed: string;
}

function isStored(value: unknown): value is Stored {
  const one = value as Partial<Stored & { format: number }> | null;
  return (
    typeof one === 'object' &&
    one !== null &&
    one.format === FORMAT &&
    typeof one.label === 'string' &&
    isKey(one.account) &&
    isKey(one.certifierSeed)
  );
}

function isKey(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}
