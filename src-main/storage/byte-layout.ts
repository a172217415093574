/** Fixed binary layouts of the hot records: a writer and a reader over one buffer. Big-endian. */
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
  const out = allocate(room + size).subarray(room);
  let at = 0;
  return {
    u8(value) {
      at = out.writeUInt8(value, at);
    },
    u16(value) {
      at = out.writeUInt16BE(value, at);
    },
    u32(value) {
      at = out.writeUInt32BE(value, at);
    },
    u64(value) {
      at = out.writeUInt32BE(Math.floor(value / 2 ** 32), at);
      at = out.writeUInt32BE(value % 2 ** 32, at);
    },
    bytes(value) {
      out.set(value, at);
      at += value.byteLength;
    },
    hex(value) {
      at += out.write(value, at, 'hex');
    },
    done() {
      if (at !== size) throw new RangeError(`layout: ${at} bytes written, ${size} announced`);
      return new Uint8Array(out.buffer, out.byteOffset, size);
    },
  };
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
  const input = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > input.length) throw new RangeError('layout: it ends too early');
    return from;
  };
  return {
    u8: () => input.readUInt8(take(1)),
    u16: () => input.readUInt16BE(take(2)),
    u32: () => input.readUInt32BE(take(4)),
    u64() {
      const from = take(8);
      const value = input.readUInt32BE(from) * 2 ** 32 + input.readUInt32BE(from + 4);
      if (!Number.isSafeInteger(value)) throw new RangeError('layout: a number too large');
      return value;
    },
    bytes(length) {
      const from = take(length);
      return body.subarray(from, from + length);
    },
    hex(length) {
      const from = take(length);
      return input.toString('hex', from, from + length);
    },
    end() {
      if (at !== input.length) throw new RangeError('layout: bytes left over');
    },
  };
}
