/**
 * An export: lines of JSON, a head, the items, an end that says how many they were and what they
 * come to. Sealed, the lines after the head are pieces of just such a file. (PROTOCOL.md, Export)
 */
import * as z from 'zod';
import { AppError } from '../../base/app-error.ts';
import { concatBytes, toHex, utf8ToString } from '../../base/bytes.ts';
import { sha256 } from '../../base/sha256.ts';
import { Json, Product, Total } from '../views.ts';

export const FORMAT = 1;
/** Far above the largest item: 400 KB of value, as JSON. */
export const MAX_LINE_BYTES = 4 << 20;

const costs = { logN: z.int().min(1), r: z.int().min(1), p: z.int().min(1) };
export const Head = z.object({
  carrossel: z.literal('export'),
  format: z.int(),
  /** With a passphrase: how its key is made. */
  sealed: z.object({ kdf: z.literal('scrypt'), salt: z.string().max(64), ...costs }).optional(),
  /** The account's id and what the person calls it; inside the seal, if it is sealed. */
  account: z.string().max(64).optional(),
  name: z.string().max(200).optional(),
  madeMs: z.number().optional(),
});
export type Head = z.infer<typeof Head>;

const when = { device: z.string().max(500), wallMs: z.number().min(0) };
const content = {
  product: Product,
  quantity: z.int().min(1),
  note: z.string().max(1000),
};
const id = z.string().regex(/^[0-9a-f]{32}$/);
const CartValue = z.object({
  name: z.string().min(1).max(200),
  lines: z.array(z.object({ ...content, wallMs: z.number().min(0) })).max(1000),
});
const OrderValue = z.object({
  cart: z.object({ id: z.string().max(200), name: z.string().max(200) }),
  lines: z.array(z.object({ id: z.string().max(100), ...content })).max(1000),
  again: z.array(id).max(1000),
  vouchers: z.array(z.object({ voucher: id, amount: Total })).max(1000),
  dues: z.array(z.object({ order: id, amount: Total })).max(1000),
});
const DecisionValue = z.object({ keep: z.array(id).max(1000), cancel: z.array(id).max(1000) });

export const ArchiveVersion = z.discriminatedUnion('type', [
  z.object({ type: z.literal('json'), ...when, value: Json }),
  z.object({ type: z.literal('cart'), ...when, value: CartValue }),
  z.object({ type: z.literal('order'), ...when, value: OrderValue }),
  z.object({ type: z.literal('decision'), ...when, value: DecisionValue }),
]);
export type ArchiveVersion = z.infer<typeof ArchiveVersion>;

export const ArchiveItem = z.object({
  sortKey: z.string().min(1).max(1024),
  /** More than one: an open choice. */
  versions: z.array(ArchiveVersion).min(1).max(1000),
});
export type ArchiveItem = z.infer<typeof ArchiveItem>;

export const End = z.object({ end: z.literal(true), items: z.int(), chain: z.string().max(64) });

/** What the lines so far come to: SHA-256 over that of the lines before and the line. */
export const NO_CHAIN: Uint8Array = new Uint8Array(32);

export function chained(chain: Uint8Array, line: Uint8Array): Uint8Array {
  return sha256(concatBytes(chain, line));
}

export function endLine(items: number, chain: Uint8Array): string {
  return JSON.stringify({ end: true, items, chain: toHex(chain) });
}

/** @throws FILE_NOT_WHOLE for a line that is not of this shape. */
export function readLine<T>(schema: z.ZodType<T>, text: string, number: number): T {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw notWhole(`Line ${number} is not of an export: ${where} ${issue?.message ?? ''}`, {
    line: number,
  });
}

export function notWhole(sentence: string, details: object = {}): AppError {
  return new AppError('FILE_NOT_WHOLE', sentence, { details: { ...details } });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes in any pieces, out whole lines (without their ends); the rest waits for more. */
export interface LineSplitter {
  /** @throws FILE_NOT_WHOLE for a line that is too long, or no text. */
  feed(bytes: Uint8Array): readonly string[];
  /** Bytes after the last line's end. */
  readonly rest: number;
}

const LINE_END = 10;

export function createLineSplitter(): LineSplitter {
  let parts: Uint8Array[] = [];
  let waiting = 0;
  return {
    feed(bytes) {
      const lines: string[] = [];
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
        lines.push(textOf(concatBytes(...parts, bytes.subarray(from, end))));
        parts = [];
        waiting = 0;
        from = end + 1;
      }
      parts.push(bytes.slice(from));
      waiting += bytes.length - from;
      if (waiting > MAX_LINE_BYTES) throw notWhole('A line of this file is too long.');
      return lines;
    },
    get rest() {
      return waiting;
    },
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8ToString(bytes);
  } catch {
    throw notWhole('This file is no text.');
  }
}
