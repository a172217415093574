import type {
  ConnectionEncrypter,
  MessageStream,
  Stream,
  StreamMuxer,
  StreamMuxerFactory,
} from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/waiting.ts';
import type { PeerId } from '../domain/ids.ts';
import type { Permission } from './admission.ts';

/** Streams a stranger may open on one connection; join needs one. */
const STRANGER_STREAMS = 2;
const NEGOTIATION_MS = 3000;
const MULTISTREAM = '/multistream/1.0.0';

/**
 * The member check on every stream of every protocol (DESIGN §2 Admission). It sits between the
 * muxer and libp2p, before a protocol is negotiated: a stranger's stream is reset without a word,
 * so it does not even learn which protocols (and with them which ring) are spoken here. A stranger
 * that may join gets a negotiation of our own that knows `/carrossel/join/1` only; so does, for its
 * farewell, a member that was taken out.
 */
export interface StreamGuard {
  /** Remembers whom the encrypter found at the other end. */
  encrypter(inner: ConnectionEncrypter): ConnectionEncrypter;
  muxer(inner: StreamMuxerFactory): StreamMuxerFactory;
}

export function createStreamGuard(components: {
  clock: Clock;
  permission(peer: PeerId): Permission;
}): StreamGuard {
  const { clock, permission } = components;
  const peers = new WeakMap<MessageStream, PeerId>();

  function guard(muxer: StreamMuxer, peer: PeerId | undefined): void {
    let strangersStreams = 0;
    const mayOpen = (): Permission => (peer === undefined ? [] : permission(peer));
    const admitStranger = async (stream: Stream): Promise<void> => {
      const allowed = mayOpen();
      if (allowed === 'everything') return;
      if (allowed.length === 0 || ++strangersStreams > STRANGER_STREAMS) {
        throw new Error('not for strangers');
      }
      await negotiate(clock, stream, allowed);
    };
    const add = muxer.addEventListener.bind(muxer);
    muxer.addEventListener = (type: 'stream', listener, options) => {
      if (listener === null) return;
      const hear = typeof listener === 'function' ? listener : listener.handleEvent.bind(listener);
      const guarded = (event: CustomEvent<Stream>): void => {
        if (mayOpen() === 'everything') {
          hear(event);
          return;
        }
        admitStranger(event.detail).then(
          () => {
            hear(event);
          },
          (error: unknown) => {
            event.detail.abort(error instanceof Error ? error : new Error('not for strangers'));
          },
        );
      };
      add(type, guarded, options);
    };
  }

  return {
    encrypter(inner) {
      const inbound = inner.secureInbound.bind(inner);
      const outbound = inner.secureOutbound.bind(inner);
      inner.secureInbound = async (connection, options) => {
        sendWhole(connection);
        const secured = await inbound(connection, options);
        peers.set(secured.connection, secured.remotePeer.toString() as PeerId);
        return secured;
      };
      inner.secureOutbound = async (connection, options) => {
        sendWhole(connection);
        const secured = await outbound(connection, options);
        peers.set(secured.connection, secured.remotePeer.toString() as PeerId);
        return secured;
      };
      return inner;
    },
    muxer(inner) {
      const create = inner.createStreamMuxer.bind(inner);
      inner.createStreamMuxer = (connection) => {
        const muxer = create(connection);
        guard(muxer, peers.get(connection));
        return muxer;
      };
      return inner;
    },
  };
}

/** The responder's half of multistream-select 1.0 for these protocols; anything else throws. */
async function negotiate(clock: Clock, stream: Stream, allowed: readonly string[]): Promise<void> {
  const lines = lpStream(stream, { maxDataLength: 128, maxLengthLength: 2 });
  await within({ clock, timeoutMs: NEGOTIATION_MS, what: 'protocol' }, async (signal) => {
    for (const expected of [[MULTISTREAM], allowed]) {
      const line = utf8ToString((await lines.read({ signal })).subarray());
      const named = expected.find((one) => line === `${one}\n`);
      if (named === undefined) throw new Error('not for strangers');
      await lines.write(utf8(line), { signal });
      stream.protocol = named;
    }
  });
  lines.unwrap();
}

/**
 * libp2p writes each piece of a message to the socket by itself: noise's two length bytes travel
 * in a packet of their own, and wake the receiver for nothing. One buffer, one write.
 */
function sendWhole(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => send(data instanceof Uint8Array ? data : data.subarray());
}
