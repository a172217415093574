import type { PeerId } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { readBlob, readPeer, writePeer } from './fields.ts';

const CONVERSATION_BYTES = 16;

/** One message of a newcomer, carried to the member whose invite it holds. */
export interface JoinForwardRequest {
  readonly newcomer: PeerId;
  /** 16 random bytes of the member in between, naming one dialog. */
  readonly conversation: Uint8Array;
  readonly message: Uint8Array;
}

export interface JoinForwardAnswer {
  readonly reply: Uint8Array;
  readonly done: boolean;
}

export const joinForwardMessage = createMessageCodec<JoinForwardRequest, JoinForwardAnswer>(
  VERB.joinForward,
  'forwarded join',
  {
    write: (m) => [writePeer(m.newcomer), m.conversation, m.message],
    read: (f) => ({
      newcomer: readPeer(f),
      conversation: f.fixed(CONVERSATION_BYTES),
      message: readBlob(f),
    }),
  },
  {
    write: (m) => [m.reply, m.done],
    read: (f) => ({ reply: readBlob(f), done: f.flag() }),
  },
);
