import * as z from 'zod';
import type { AppApi } from '../app-api.ts';

/** What tray and notifications need to know of the peer. */
export const PeerNews = z.object({
  /** Null before a ring is made or joined. */
  ring: z.object({ name: z.string(), members: z.int(), connected: z.int() }).nullable(),
  conflicts: z.array(z.object({ account: z.string(), id: z.string(), name: z.string() })),
  /** Names of machines that ask to be let in. */
  newcomers: z.array(z.string()),
  /** Writes that not every owner has yet. */
  outbox: z.int(),
});
export type PeerNews = z.infer<typeof PeerNews>;

const MAX_TOLD = 50;

/** Tells the news at once and after each change, each time all of it, until `signal` aborts. */
export async function followNews(
  app: AppApi,
  tell: (news: PeerNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const call = { signal };
  let last = '';
  for await (const change of await app.system.events(undefined, call)) {
    // Lines of raw items say nothing that the tray shows.
    if (change.type === 'item') continue;
    const news = await newsOf(app, signal);
    const text = JSON.stringify(news);
    if (text !== last) tell(news);
    last = text;
  }
}

async function newsOf(app: AppApi, signal: AbortSignal): Promise<PeerNews> {
  const call = { signal };
  const { ring, notices, outbox } = await app.system.status(undefined, call);
  const carts = await app.carts.list(undefined, call);
  return {
    ring:
      ring === null ? null : { name: ring.name, members: ring.members, connected: ring.connected },
    conflicts: carts
      .filter(({ conflict }) => conflict)
      .slice(0, MAX_TOLD)
      .map(({ account, id, name }) => ({ account, id, name })),
    newcomers: notices
      .filter(({ code }) => code === 'NEWCOMER_WAITING')
      .slice(0, MAX_TOLD)
      .map(({ details }) => (typeof details['name'] === 'string' ? details['name'] : '')),
    outbox,
  };
}
