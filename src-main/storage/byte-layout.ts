/** Fixed binary layouts of the hot records: a writer and a reader over one buffer. Big-endian. */
import { toHex } from '../base/bytes.ts';

const MAX_SHARED_BYTES = 1024;

export interface LayoutWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** A whole number below 2^53, in 8 bytes. */
  u64(value: number): void;
  bytes(value: Uint8Array): void;
  hex(value: string): void;
  done(): Uint8Array;
}

/**
 * @param size the exact number of bytes that will be written.
 * @param room bytes kept free before them in the same buffer, for what is to stand there later.
 */
export function createLayoutWriter(size: number, room = 0): LayoutWriter {
  return new Writer(size, room);
}

/** Bytes of any content. Small ones share a block, which is many times quicker. */
export function allocate(size: number): Buffer {
  return size <= MAX_SHARED_BYTES ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
}

/** Each read throws a RangeError beyond the end, or for a number of 2^53 and more. */
export interface LayoutReader {
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
  /** A view of the bytes, not a copy. */
  bytes(length: number): Uint8Array;
  hex(length: number): string;
  /** Throws a RangeError unless all was read. */
  end(): void;
}

export function createLayoutReader(body: Uint8Array): LayoutReader {
  return new Reader(body);
}

/** Classes, not closures: several are made for each write. */
class Writer implements LayoutWriter {
  readonly #out: Buffer;
  readonly #end: number;
  readonly #from: number;
  #at: number;

  constructor(size: number, room: number) {
    this.#out = allocate(room + size);
    this.#from = room;
    this.#end = room + size;
    this.#at = room;
  }
  u8(value: number): void {
    this.#at = this.#out.writeUInt8(value, this.#at);
  }
  u16(value: number): void {
    this.#at = this.#out.writeUInt16BE(value, this.#at);
  }
  u32(value: number): void {
    this.#at = this.#out.writeUInt32BE(value, this.#at);
  }
  u64(value: number): void {
    this.u32(Math.floor(value / 2 ** 32));
    this.u32(value % 2 ** 32);
  }
  bytes(value: Uint8Array): void {
    this.#out.set(value, this.#at);
    this.#at += value.byteLength;
  }
  hex(value: string): void {
    this.#at += this.#out.write(value, this.#at, 'hex');
  }
  done(): Uint8Array {
    const { buffer, byteOffset } = this.#out;
    const [written, size] = [this.#at - this.#from, this.#end - this.#from];
    if (written !== size) throw new RangeError(`layout: ${written} of ${size} bytes written`);
    return new Uint8Array(buffer, byteOffset + this.#from, size);
  }
}

class Reader implements LayoutReader {
  readonly #body: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }
  u64(): number {
    const from = this.#take(8);
    const value = this.#view.getUint32(from) * 2 ** 32 + this.#view.getUint32(from + 4);
    if (!Number.isSafeInteger(value)) throw new RangeError('layout: a number too large');
    return value;
  }
  bytes(length: number): Uint8Array {
    const from = this.#take(length);
    return this.#body.subarray(from, from + length);
  }
  hex(length: number): string {
    return toHex(this.bytes(length));
  }
  end(): void {
    if (this.#at !== this.#body.byteLength) throw new RangeError('layout: bytes left over');
  }

  #take(length: number): number {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#body.byteLength) throw new RangeError('layout: it ends too early');
    return from;
  }
}
