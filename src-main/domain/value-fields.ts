/** Reading the CBOR of sealed values, field by field; what does not fit is BAD_ENCODING. */
import { AppError } from '../base/app-error.ts';
import type { Cbor } from '../base/cbor.ts';

export function readArray(value: Cbor | undefined, max: number): readonly Cbor[] {
  if (!Array.isArray(value) || value.length > max) throw badValue('not an array, or too long');
  return value as readonly Cbor[];
}

export function readTuple(value: Cbor | undefined, length: number): readonly Cbor[] {
  const items = readArray(value, length);
  if (items.length !== length) throw badValue(`not an array of ${length}`);
  return items;
}

export function readText(value: Cbor | undefined, max: number): string {
  if (typeof value !== 'string' || value.length > max) throw badValue('not a text, or too long');
  return value;
}

export function readWhole(value: Cbor | undefined, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw badValue('not a whole number in its range');
  }
  return value as number;
}

export function readFixed(value: Cbor | undefined, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) {
    throw badValue(`not ${length} bytes`);
  }
  return value;
}

export function badValue(what: string): AppError {
  return new AppError('BAD_ENCODING', `Not a value of Carrossel: ${what}`);
}
