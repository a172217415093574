/**
 * The bodies of verb shareRedeem (PROTOCOL.md), as CBOR arrays: the redeemer's `[1, share id,
 * certificate request, proof]`, the maker's `[1, [version of account#devices…]]`.
 */
import { AppError } from '../base/app-error.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '../base/cbor.ts';

const FORMAT = 1;

export interface RedeemAsk {
  /** Hex. */
  readonly share: string;
  readonly request: Uint8Array;
  readonly proof: Uint8Array;
}

export function encodeRedeemAsk({ share, request, proof }: RedeemAsk): Uint8Array {
  return encodeCbor([FORMAT, fromHex(share), request, proof]);
}

/** @throws BAD_ENCODING, UNSUPPORTED_FORMAT */
export function decodeRedeemAsk(bytes: Uint8Array): RedeemAsk {
  const [share, request, proof] = fields(bytes, 3);
  if (
    !(share instanceof Uint8Array) ||
    !(request instanceof Uint8Array) ||
    !(proof instanceof Uint8Array)
  ) {
    throw bad();
  }
  return { share: toHex(share), request, proof };
}

export function encodeRedeemAnswer(versions: readonly Uint8Array[]): Uint8Array {
  return encodeCbor([FORMAT, versions]);
}

/** @throws BAD_ENCODING, UNSUPPORTED_FORMAT */
export function decodeRedeemAnswer(bytes: Uint8Array): readonly Uint8Array[] {
  const [versions] = fields(bytes, 1);
  if (!Array.isArray(versions)) throw bad();
  return (versions as readonly Cbor[]).map((one) => {
    if (!(one instanceof Uint8Array)) throw bad();
    return one;
  });
}

function fields(bytes: Uint8Array, count: number): readonly Cbor[] {
  const value = decodeCbor(bytes);
  if (!Array.isArray(value)) throw bad();
  const [format, ...rest] = value as Cbor[];
  if (format !== FORMAT) {
    throw new AppError(
      'UNSUPPORTED_FORMAT',
      'The other machine has another version of the app; update the older one.',
    );
  }
  if (rest.length !== count) throw bad();
  return rest;
}

function bad(): AppError {
  return new AppError('BAD_ENCODING', 'This is no message about a share link.');
}
