import { fromBase64url, toBase64url, utf8, utf8ToString } from '../base/bytes.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import type { StreamPosition } from './change-stream.ts';

/** What a position says. */
export interface StreamPlace {
  /** The stream it is of: 16 hex digits, made when the account was first followed. */
  readonly stream: string;
  /** First 16 hex digits of the store epoch it was made in. */
  readonly epoch: string;
  /** The last change dealt with. */
  readonly sequence: number;
  /**
   * In a replay: items up to this sort key are as new as `sequence`, later ones were not told yet.
   */
  readonly replayed?: string;
}

const EPOCH_DIGITS = 16;

export function epochMark(epoch: StoreEpoch): string {
  return epoch.slice(0, EPOCH_DIGITS);
}

/** `<stream>.<epoch>-<sequence>`, and in a replay `-<sort key, base64url>` behind it. */
export function formatPosition(place: StreamPlace): StreamPosition {
  const { stream, epoch, sequence, replayed } = place;
  const behind = replayed === undefined ? '' : `-${toBase64url(utf8(replayed))}`;
  return `${stream}.${epoch}-${sequence}${behind}`;
}

/** Undefined for anything that `formatPosition` never wrote. */
export function parsePosition(position: StreamPosition): StreamPlace | undefined {
  const match =
    /^([0-9a-f]{16})\.([0-9a-f]{16})-(0|[1-9][0-9]{0,15})(?:-([A-Za-z0-9_-]{0,1400}))?$/.exec(
      position,
    );
  if (match === null) return undefined;
  const [, stream = '', epoch = '', sequence = '', replayed] = match;
  const place = { stream, epoch, sequence: Number(sequence) };
  if (!Number.isSafeInteger(place.sequence)) return undefined;
  if (replayed === undefined) return place;
  try {
    return { ...place, replayed: utf8ToString(fromBase64url(replayed)) };
  } catch {
    return undefined;
  }
}
