import type { PeerId } from '../../domain/ids.ts';
import type { Incoming, Transport } from '../../network/transport.ts';
import type { Verb } from '../../network/verb.ts';

/** One verb's codec, as the network floor has it. */
interface AnswerCodec<Q, A> {
  readonly verb: Verb;
  decodeRequest(body: Uint8Array): Q;
  encodeResponse(answer: A): Uint8Array;
}

interface NoticeCodec<Q> {
  readonly verb: Verb;
  decodeRequest(body: Uint8Array): Q;
}

/** Where handlers are registered. */
export interface Handling {
  answer<Q, A>(codec: AnswerCodec<Q, A>, handler: (request: Q, from: Incoming) => Promise<A>): void;
  notice<Q>(codec: NoticeCodec<Q>, handler: (notice: Q, from: Incoming) => Promise<void>): void;
}

const NOTHING = new Uint8Array(0);

/**
 * Decodes, hands over, encodes. What a handler throws goes back with its code; what only a faulty
 * or hostile member sends also counts against it.
 */
export function createHandling(components: {
  readonly transport: Pick<Transport, 'handle'>;
  penalty(peer: PeerId, error: unknown): void;
}): Handling {
  const { transport, penalty } = components;
  async function judged<T>(from: PeerId, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      penalty(from, error);
      throw error;
    }
  }
  return {
    answer(codec, handler) {
      transport.handle(codec.verb, (body, incoming) =>
        judged(incoming.from, async () => {
          const request = codec.decodeRequest(body);
          return codec.encodeResponse(await handler(request, incoming));
        }),
      );
    },
    notice(codec, handler) {
      transport.handle(codec.verb, (body, incoming) =>
        judged(incoming.from, async () => {
          await handler(codec.decodeRequest(body), incoming);
          return NOTHING;
        }),
      );
    },
  };
}
