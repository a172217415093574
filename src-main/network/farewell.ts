import type { Stream } from '@libp2p/interface';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/waiting.ts';
import { encodeRpcError } from './rpc-error.ts';
import { encodeFrame, FRAME } from './rpc-frame.ts';
import { encodeHello, type Hello } from './rpc-hello.ts';

const LAST_WORDS_MS = 3000;

/**
 * What a machine that was taken out of the ring hears when it comes back: a hello that carries the
 * revocations about itself and nothing else, then why this ends (docs/decisions/0404). What it says
 * is waited for, since before that it is not ready to listen, and not read. Resolves within three
 * seconds; never throws.
 */
export async function sayFarewell(
  stream: Stream,
  hello: Hello,
  components: { readonly clock: Clock },
): Promise<void> {
  const why = new AppError('REVOKED', 'This machine was taken out of the ring.');
  const { promise: said, resolve } = Promise.withResolvers<void>();
  stream.addEventListener('message', () => {
    resolve();
  });
  const limits = { ...components, timeoutMs: LAST_WORDS_MS, what: 'a farewell' };
  try {
    await within(limits, async (signal) => {
      await said;
      stream.send(encodeFrame(FRAME.hello, 0, encodeHello(hello)));
      stream.send(encodeFrame(FRAME.close, 0, encodeRpcError(why)));
      await stream.close({ signal });
    });
  } catch {
    // It is gone already.
  }
  if (stream.status === 'open') stream.abort(why);
}
