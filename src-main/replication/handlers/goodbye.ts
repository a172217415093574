import { goodbyeNotice } from '../../network/messages/goodbye.ts';
import type { Transport } from '../../network/transport.ts';
import type { Handling } from './handling.ts';

/** A member says that it stops: nobody waits for it any longer. */
export function handleGoodbye(
  handling: Handling,
  components: { readonly transport: Pick<Transport, 'disconnect'> },
): void {
  handling.notice(goodbyeNotice, async (_notice, { from }) => {
    components.transport.disconnect(from, 'goodbye');
    return Promise.resolve();
  });
}
