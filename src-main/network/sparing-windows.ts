import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface';

/** What we touch of @libp2p/yamux 8 (test/network/sparing-windows.test.ts holds it to this). */
interface YamuxStream {
  readonly state: number;
  readonly recvWindow: number;
  readonly recvWindowCapacity: number;
  sendWindowUpdate(): void;
}
interface YamuxMuxer {
  _newStream?(...parts: readonly unknown[]): YamuxStream;
}

/** @libp2p/yamux StreamState: no flag is owed to the other side, and reading is not paused. */
const SYN_SENT = 1;
const ESTABLISHED = 3;

/**
 * yamux as it is specified, where @libp2p/yamux is wasteful: it grants the sender what it has just
 * read after every message, so each request and each answer costs a packet more, sealed, written,
 * and waking the other process. Here a stream grants when half its window is used up, as the
 * reference implementation does (docs/decisions/0406).
 */
export function sparingWindows(inner: StreamMuxerFactory): StreamMuxerFactory {
  const create = inner.createStreamMuxer.bind(inner);
  inner.createStreamMuxer = (connection) => spare(create(connection));
  return inner;
}

function spare(muxer: StreamMuxer): StreamMuxer {
  const inside = muxer as unknown as YamuxMuxer;
  const make = inside._newStream?.bind(muxer);
  if (make === undefined) return muxer;
  inside._newStream = (...parts) => {
    const stream = make(...parts);
    const grant = stream.sendWindowUpdate.bind(stream);
    stream.sendWindowUpdate = () => {
      const free = stream.state === ESTABLISHED || stream.state === SYN_SENT;
      if (free && stream.recvWindowCapacity * 2 > stream.recvWindow) return;
      grant();
    };
    return stream;
  };
  return muxer;
}
