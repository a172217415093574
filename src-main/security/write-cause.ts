/**
 * Why a version was written, where a function wrote it: an extension of the envelope (PROTOCOL.md),
 * so that a function knows its own writes on every device, and chains of causes come to an end.
 * Owners can read it, so it holds a number and an opaque id.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import { readBody, type Extension } from './envelope-format.ts';
import type { SignedVersion } from './signed-version.ts';

export interface WriteCause {
  /** 1: caused by a person's write, 2: by a write of depth 1, and so on. */
  readonly depth: number;
  /** Opaque id of the function, 32 hex digits; the same on every device of the account. */
  readonly by: string;
}

/** No function is told of a write of this depth. */
export const MAX_CAUSE_DEPTH = 4;

const CAUSE_ID = 1;

export function causeExtension({ depth, by }: WriteCause): Extension {
  return { id: CAUSE_ID, bytes: encodeCbor([depth, fromHex(by)]) };
}

/** Undefined for what no function wrote, and for what cannot be read as a cause. */
export function causeOf(version: SignedVersion): WriteCause | undefined {
  const bytes = readBody(version).extensions.find(({ id }) => id === CAUSE_ID)?.bytes;
  if (bytes === undefined) return undefined;
  try {
    const value = decodeCbor(bytes);
    if (!Array.isArray(value)) return undefined;
    const [depth, by] = value as readonly unknown[];
    if (typeof depth !== 'number' || !(by instanceof Uint8Array)) return undefined;
    return { depth, by: toHex(by) };
  } catch {
    return undefined;
  }
}
