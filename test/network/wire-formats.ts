import { toHex } from '../../src-main/base/bytes.ts';
import type { AppError } from '../../src-main/base/app-error.ts';
import * as join from '../../src-main/app/join-messages.ts';
import {
  createFrameReader,
  encodeFrame,
  type FrameType,
} from '../../src-main/network/rpc-frame.ts';
import { decodeRpcError, encodeRpcError } from '../../src-main/network/rpc-error.ts';
import { decodeHello, encodeHello } from '../../src-main/network/rpc-hello.ts';
import { CASES } from './message-cases.ts';

/** One thing that crosses the wire: how its bytes are read, and written again. */
export interface WireFormat {
  read(bytes: Uint8Array): unknown;
  write(what: never): Uint8Array;
}

interface OneFrame {
  readonly type: FrameType;
  readonly id: number;
  readonly body: Uint8Array;
}

const frames: Readonly<Record<string, WireFormat>> = {
  frame: {
    read(bytes) {
      const [frame] = createFrameReader().read(bytes);
      return frame;
    },
    write: ({ type, id, body }: OneFrame) => encodeFrame(type, id, body),
  },
  'frame/hello': { read: decodeHello, write: encodeHello },
  'frame/error': {
    read: decodeRpcError,
    write: (error: AppError) => encodeRpcError(error),
  },
};

const joining: Readonly<Record<string, WireFormat>> = {
  'join/knock': { read: join.decodeKnock, write: join.encodeKnock },
  'join/challenge': { read: join.decodeChallenge, write: join.encodeChallenge },
  'join/proof': { read: join.decodeProof, write: join.encodeProof },
  'join/welcome': { read: join.decodeWelcome, write: join.encodeWelcome },
  'join/introduction': { read: join.decodeIntroduction, write: join.encodeIntroduction },
  'join/expecting': { read: join.decodeExpecting, write: join.encodeExpecting },
  'join/done': { read: join.decodeDone, write: join.encodeDone },
};

const messages = CASES.flatMap(([verb, codec, , answer]): [string, WireFormat][] => {
  const asked = { read: codec.decodeRequest, write: codec.encodeRequest } as WireFormat;
  const { decodeResponse: read, encodeResponse: write } = codec;
  if (answer === undefined || read === undefined || write === undefined) return [[verb, asked]];
  return [
    [verb, asked],
    [`${verb}/answer`, { read, write } as WireFormat],
  ];
});

export const WIRE_FORMATS: Readonly<Record<string, WireFormat>> = {
  ...frames,
  ...joining,
  ...Object.fromEntries(messages),
};

/** What was read, as JSON: bytes in hex. */
export function said(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Error) return { ...value, message: value.message, cause: undefined };
  if (Array.isArray(value)) return value.map(said);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, said(part)]));
}
