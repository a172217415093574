import { toAppError, type AppError } from '../base/app-error.ts';
import type { ErrorCode } from '../base/error-code.ts';
import type { PeerId } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Parcel, PutSender } from './put-sender.ts';

/** What became of versions that were sent to one member. */
export interface SentApart {
  readonly taken: readonly SignedVersion[];
  readonly refused: readonly { readonly version: SignedVersion; readonly error: AppError }[];
}

/** Answers that speak of a version, not of the member, the connection or its disk. */
const OF_A_VERSION: ReadonlySet<ErrorCode> = new Set([
  'BAD_ENCODING',
  'BAD_REQUEST',
  'BAD_SIGNATURE',
  'DEVICE_REVOKED',
  'DEVICE_UNKNOWN',
  'LIMIT_EXCEEDED',
  'STALE_CONTEXT',
  'UNSUPPORTED_FORMAT',
  'WRONG_RING',
]);

/**
 * Sends versions of one item together; when the member refuses one of them, one by one, so that
 * what is good is not refused along with what is bad (a put is all or nothing).
 * @throws what says nothing of the versions themselves (UNREACHABLE, DISK_FULL, OTHER_LIST…).
 */
export async function sendApart(
  sender: PutSender,
  peer: PeerId,
  parcel: Parcel,
): Promise<SentApart> {
  const { versions } = parcel;
  try {
    await sender.send(peer, parcel);
    return { taken: versions, refused: [] };
  } catch (error) {
    const known = toAppError(error);
    if (!OF_A_VERSION.has(known.code)) throw known;
    const [only] = versions;
    if (only === undefined) return { taken: [], refused: [] };
    if (versions.length === 1) return { taken: [], refused: [{ version: only, error: known }] };
  }
  const each: SentApart[] = [];
  for (const version of versions) {
    each.push(await sendApart(sender, peer, { ...parcel, versions: [version] }));
  }
  return {
    taken: each.flatMap((one) => one.taken),
    refused: each.flatMap((one) => one.refused),
  };
}
