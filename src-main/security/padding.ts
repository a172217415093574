/** Hides the exact length of what is sealed: length (4 bytes, big-endian), bytes, zeros. */
import { bad } from './positional.ts';

/** The bytes with their length in front, filled up with zeros to a multiple of `step`. */
export function pad(bytes: Uint8Array, step: number): Uint8Array {
  const out = new Uint8Array(paddedSize(bytes.length, step));
  new DataView(out.buffer).setUint32(0, bytes.length);
  out.set(bytes, 4);
  return out;
}

/** What `pad` was given. BAD_ENCODING for anything that `pad` would not have made. */
export function unpad(padded: Uint8Array, step: number): Uint8Array {
  const view = new DataView(padded.buffer, padded.byteOffset, padded.byteLength);
  const length = padded.length >= 4 ? view.getUint32(0) : -1;
  if (length < 0 || paddedSize(length, step) !== padded.length) {
    throw bad('padded value', 'has the wrong length');
  }
  if (padded.subarray(4 + length).some((byte) => byte !== 0)) {
    throw bad('padded value', 'is not filled with zeros');
  }
  return padded.slice(4, 4 + length);
}

function paddedSize(length: number, step: number): number {
  return Math.ceil((length + 4) / step) * step;
}
