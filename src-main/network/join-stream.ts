import type { Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortedError, within } from '../base/waiting.ts';
import { plainBytes } from './frame-channel.ts';
import { createFrameReader, encodeFrame, type Frame } from './rpc-frame.ts';

/** The join protocol's frames: framed as the RPC's, with request id 0 (PROTOCOL.md "Join"). */
export const JOIN_FRAME = {
  message: 0,
  /** A message after which nothing follows. */
  last: 1,
  /** Body as of the RPC's error frame; nothing follows. */
  error: 2,
} as const;

export type JoinFrameType = (typeof JOIN_FRAME)[keyof typeof JOIN_FRAME];

const LAST_WORDS_MS = 1000;
const FRAME_OVERHEAD = 9;

/** Messages over one stream, one side speaking at a time. */
export interface JoinStream {
  send(type: JoinFrameType, body: Uint8Array): void;
  /** The next frame. LIMIT_EXCEEDED when the other side has said too much in all. */
  receive(signal: AbortSignal): Promise<Frame>;
  /** Sends a last frame and ends the stream, within a second; never throws. */
  finish(type: JoinFrameType, body: Uint8Array, clock: Clock): Promise<void>;
}

/** @param maxBytes that the other side may send in all */
export function createJoinStream(stream: Stream, maxBytes: number): JoinStream {
  const reader = createFrameReader(maxBytes + FRAME_OVERHEAD);
  const frames: Frame[] = [];
  let bytes = 0;
  let failure: AppError | undefined;
  let wake: () => void = () => undefined;

  function fail(error: AppError): void {
    failure ??= error;
    wake();
  }

  stream.addEventListener('message', (event) => {
    if (failure !== undefined) return;
    bytes += event.data.byteLength;
    if (bytes > maxBytes) {
      fail(new AppError('LIMIT_EXCEEDED', 'The other machine says too much.'));
      return;
    }
    try {
      for (const frame of reader.read(plainBytes(event.data))) frames.push(frame);
    } catch (error) {
      fail(toAppError(error));
    }
    wake();
  });
  const onEnd = (): void => {
    fail(new AppError('UNREACHABLE', 'The other machine ended the conversation.'));
  };
  stream.addEventListener('close', onEnd);
  stream.addEventListener('remoteCloseWrite', onEnd);

  return {
    send(type, body) {
      stream.send(encodeFrame(type, 0, body));
    },
    async receive(signal) {
      const onAbort = (): void => {
        fail(abortedError(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        while (frames.length === 0 && failure === undefined && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
      const next = frames.shift();
      if (next !== undefined) return next;
      throw failure ?? abortedError(signal);
    },
    async finish(type, body, clock) {
      try {
        stream.send(encodeFrame(type, 0, body));
        await within({ clock, timeoutMs: LAST_WORDS_MS, what: 'last words' }, (signal) =>
          stream.close({ signal }),
        );
      } catch {
        // It is gone already.
      }
      if (stream.status === 'open') stream.abort(new Error('the join has ended'));
    },
  };
}
