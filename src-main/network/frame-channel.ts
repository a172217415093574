import type { Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/waiting.ts';
import { createFrameWriter } from './frame-writer.ts';
import { createFrameReader, encodeFrame, type Frame, type FrameType } from './rpc-frame.ts';

/** Answers waiting for a slow reader before its next requests are left unread. */
const PAUSE_AT_BYTES = 16 * 1024 * 1024;
const RESUME_AT_BYTES = 4 * 1024 * 1024;
/** How long a last frame may take to leave before the stream is reset. */
const LAST_WORDS_MS = 500;

export interface ChannelHooks {
  /**
   * May throw: the channel then closes with that error, and `broken` is true if it was the peer's
   * fault.
   */
  onFrame(frame: Frame): void;
  /** Once. `broken`: the peer sent what nobody may send. */
  onClosed(error: AppError, broken: boolean): void;
  /** The queue has shrunk. */
  onDrained(): void;
}

/** Frames over one libp2p stream. */
export interface FrameChannel {
  send(type: FrameType, id: number, ...parts: readonly Uint8Array[]): void;
  /** Overtakes all that is queued by `send`. */
  sendUrgently(type: FrameType, id: number, ...parts: readonly Uint8Array[]): void;
  readonly queuedBytes: number;
  readonly closed: boolean;
  /** True while the peer reads so slowly that we do not read it. */
  readonly reluctant: boolean;
  /** Number of chunks received; grows with every sign of life. */
  readonly received: number;
  /** Stops handing out frames until `resume`. */
  hold(): void;
  resume(): void;
  /**
   * Sends a last frame, then ends the stream; `onClosed` is called at once with `error`. Resolves
   * when the frame has left, or LAST_WORDS_MS later.
   */
  finish(error: AppError, lastFrame?: Uint8Array): Promise<void>;
}

export function createFrameChannel(
  init: { stream: Stream },
  components: { clock: Clock },
  hooks: ChannelHooks,
): FrameChannel {
  const { stream } = init;
  const reader = createFrameReader();
  let closed = false;
  let held = false;
  let received = 0;
  /** Frames that arrived while held; bounded by the stream's receive window. */
  let backlog: Frame[] = [];

  const writer = createFrameWriter(stream, {
    onDrained() {
      regulate();
      if (!closed) hooks.onDrained();
    },
    onError: (error) => {
      end(new AppError('UNREACHABLE', 'The connection broke.', { cause: error }), false);
    },
  });

  function end(error: AppError, broken: boolean): void {
    if (closed) return;
    closed = true;
    backlog = [];
    if (stream.status === 'open') stream.abort(error);
    hooks.onClosed(error, broken);
  }

  function regulate(): void {
    if (closed || stream.status !== 'open') return;
    const bytes = writer.queuedBytes;
    if (bytes > PAUSE_AT_BYTES && stream.readStatus === 'readable') stream.pause();
    else if (!held && bytes < RESUME_AT_BYTES && stream.readStatus === 'paused') stream.resume();
  }

  function take(frames: Iterable<Frame>): void {
    try {
      for (const frame of frames) {
        if (closed) return;
        if (held) backlog.push(frame);
        else hooks.onFrame(frame);
      }
    } catch (error) {
      end(toAppError(error), true);
    }
  }

  stream.addEventListener('message', (event) => {
    received++;
    if (closed) return;
    take(reader.read(plainBytes(event.data)));
  });
  stream.addEventListener('close', (event) => {
    end(new AppError('UNREACHABLE', 'The connection ended.', { cause: event.error }), false);
  });
  stream.addEventListener('remoteCloseWrite', () => {
    end(new AppError('UNREACHABLE', 'The other side ended the connection.'), false);
  });
  return {
    get queuedBytes() {
      return writer.queuedBytes;
    },
    get closed() {
      return closed;
    },
    get reluctant() {
      return !held && stream.readStatus === 'paused';
    },
    get received() {
      return received;
    },
    send(type, id, ...parts) {
      if (closed) return;
      writer.write(encodeFrame(type, id, ...parts));
      if (writer.queuedBytes > PAUSE_AT_BYTES) regulate();
    },
    sendUrgently(type, id, ...parts) {
      if (!closed) writer.write(encodeFrame(type, id, ...parts), true);
    },
    hold() {
      held = true;
      if (stream.readStatus === 'readable') stream.pause();
    },
    resume() {
      held = false;
      take(backlog.splice(0));
      regulate();
    },
    async finish(error, lastFrame) {
      if (closed) return;
      closed = true;
      if (lastFrame !== undefined) writer.write(lastFrame);
      hooks.onClosed(error, false);
      try {
        const limits = { clock: components.clock, timeoutMs: LAST_WORDS_MS, what: 'last frame' };
        await within(limits, () => writer.flushed().then(() => stream.close()));
      } catch {
        // The peer does not read; its stream is reset all the same.
      }
      stream.abort(error);
    },
  };
}

/** What a stream hands out, as one Uint8Array that is no Buffer (base/bytes.ts). */
export function plainBytes(data: Uint8Array | { subarray(): Uint8Array }): Uint8Array {
  const whole = data instanceof Uint8Array ? data : data.subarray();
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
}
