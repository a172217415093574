/** A whole peer in a process of its own, driven over IPC at the app's own methods. */
import { randomBytes } from 'node:crypto';
import { createLogger } from '../src-main/base/logger.ts';
import { createPeer, type Peer } from '../src-main/peer.ts';

/** Some 1.5 KB of JSON, as a cart of a dozen lines is; random, so that nothing compresses it. */
export const CART = { lines: randomBytes(1080).toString('base64') };

export const context = { signal: new AbortController().signal };

/**
 * Starts the peer that the process's arguments name: data folder, name, and its share if not 1.
 * @param besides another folder for another peer of the same process.
 */
export async function startRingPeer(besides: { readonly dataDir?: string } = {}): Promise<Peer> {
  const [folder = '', name = '', capacity = '1'] = process.argv.slice(2);
  const { dataDir = folder } = besides;
  const logger = createLogger({
    level: 'warn',
    write: (line) => {
      console.error(name, line.level, line.scope, line.message, JSON.stringify(line.fields));
    },
  });
  const listen = ['/ip4/127.0.0.1/tcp/0'];
  const peer = await createPeer({
    ...{ dataDir, host: 'test', name, mdns: false, logger, listen },
    capacity: Number(capacity),
  });
  await peer.start();
  return peer;
}

/** What makes a ring of such peers; asked for its app each time, which another peer may have. */
export function ringCommands(at: Pick<Peer, 'app'>) {
  return {
    async found(settings: { n: number; r: number; w: number }) {
      await at.app.ring.create({ name: '', ...settings }, context);
    },
    invite: async () =>
      (await at.app.ring.invite({ expiresInMs: 600_000, admin: false }, context)).link,
    join: (link: string) => at.app.ring.join({ link }, context),
    keep: (capacity: number) => at.app.membership.seat({ capacity }, context),
    async connected(count: number) {
      for (;;) {
        const members = await at.app.ring.members();
        if (members.filter((member) => member.connected).length >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
