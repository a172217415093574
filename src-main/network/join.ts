import type { Connection, Stream } from '@libp2p/interface';
import { AppError, toAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { within } from '../base/waiting.ts';
import type { PeerId } from '../domain/ids.ts';
import { hostOf } from './addresses.ts';
import { createJoinStream, JOIN_FRAME } from './join-stream.ts';
import type { Libp2pPeer } from './libp2p-peer.ts';
import { JOIN_PROTOCOL } from './protocols.ts';
import { decodeRpcError, encodeRpcError } from './rpc-error.ts';

/** All that a newcomer says in one dialog (DESIGN §2 Admission). */
export const MAX_NEWCOMER_BYTES = 4096;
/** All that it is answered: the member entries of a large ring fit. */
export const MAX_ANSWER_BYTES = 1024 * 1024;
export const JOIN_TIMEOUT_MS = 10_000;
/** Dialogs of all newcomers and members at once. */
const MAX_DIALOGS = 16;

/** The inviting side's half of one dialog; its messages are made and read by the app. */
export interface JoinDialog {
  /** Answers one message; `done` says it was the last. What it throws ends the dialog, told. */
  answer(message: Uint8Array, signal: AbortSignal): Promise<{ reply: Uint8Array; done: boolean }>;
}

/** The newcomer's half. */
export interface JoinTalk {
  first(): Uint8Array;
  /** The next message; undefined when all is said. What it throws ends the dialog. */
  next(reply: Uint8Array): Uint8Array | undefined;
}

/**
 * Serves `/carrossel/join/1` on the peer: at most 4 KiB and 10 s a dialog. Who may open one is the
 * gate's matter (connection-gate.ts, guarded-streams.ts).
 */
export async function serveJoin(components: {
  readonly peer: Libp2pPeer;
  readonly clock: Clock;
  readonly logger: Logger;
  open(newcomer: PeerId, address: string): JoinDialog;
}): Promise<void> {
  const { peer, clock, open } = components;
  const logger = components.logger.scope('join');
  let dialogs = 0;

  async function serve(stream: Stream, connection: Connection): Promise<void> {
    const frames = createJoinStream(stream, MAX_NEWCOMER_BYTES);
    const newcomer = connection.remotePeer.toString() as PeerId;
    try {
      const limits = { clock, timeoutMs: JOIN_TIMEOUT_MS, what: 'join' };
      await within(limits, async (signal) => {
        const dialog = open(newcomer, hostOf(connection.remoteAddr.toString()));
        for (let done = false; !done;) {
          const { body } = await frames.receive(signal);
          const answer = await dialog.answer(body, signal);
          done = answer.done;
          frames.send(done ? JOIN_FRAME.last : JOIN_FRAME.message, answer.reply);
        }
        await stream.close({ signal });
      });
    } catch (error) {
      logger.info('a join was refused', { newcomer, code: toAppError(error).code });
      await frames.finish(JOIN_FRAME.error, encodeRpcError(error), clock);
    }
  }

  await peer.handle(
    JOIN_PROTOCOL,
    (stream, connection) => {
      if (dialogs >= MAX_DIALOGS) {
        stream.abort(new Error('too many joins at once'));
        return;
      }
      dialogs++;
      void serve(stream, connection).finally(() => {
        dialogs--;
      });
    },
    { maxInboundStreams: 2 },
  );
}

/**
 * Speaks the join protocol with one member from a peer that has no ring, then hangs up.
 * @throws UNREACHABLE (no way there, or it has no invite open), TIMEOUT, ABORTED, or the code that
 * the member refused with.
 */
export async function converse(
  components: { readonly peer: Libp2pPeer; readonly clock: Clock },
  target: { readonly peer: PeerId; readonly addresses: readonly string[] },
  talk: JoinTalk,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { peer, clock } = components;
  const forbid = peer.allowDial(target.peer);
  try {
    await within({ clock, ...options, what: 'join' }, async (signal) => {
      const stream = await openJoin(peer, target, signal);
      try {
        await sayAll(stream, talk, signal);
      } finally {
        stream.abort(new Error('the join has ended'));
      }
    });
  } finally {
    forbid();
    peer.cut(target.peer, 'the join has ended');
  }
}

async function openJoin(
  peer: Libp2pPeer,
  target: { readonly peer: PeerId; readonly addresses: readonly string[] },
  signal: AbortSignal,
): Promise<Stream> {
  try {
    const connection = await peer.connect(target.peer, target.addresses, signal);
    return await connection.newStream([JOIN_PROTOCOL], { signal });
  } catch (cause) {
    throw new AppError(
      'UNREACHABLE',
      'The machine that made the invite does not answer, or has closed the invite.',
      { details: { peer: target.peer }, cause },
    );
  }
}

async function sayAll(stream: Stream, talk: JoinTalk, signal: AbortSignal): Promise<void> {
  const frames = createJoinStream(stream, MAX_ANSWER_BYTES);
  for (let message: Uint8Array | undefined = talk.first(); message !== undefined;) {
    frames.send(JOIN_FRAME.message, message);
    const { type, body } = await frames.receive(signal);
    if (type === JOIN_FRAME.error) throw decodeRpcError(body);
    message = talk.next(body);
    if (type === JOIN_FRAME.last && message !== undefined) {
      throw new AppError('BAD_ENCODING', 'The other machine ended the join too early.');
    }
  }
}
