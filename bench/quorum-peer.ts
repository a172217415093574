/** One of the five processes: a whole peer, driven over IPC at the app's own methods. */
import { randomBytes } from 'node:crypto';
import { createLogger } from '../src-main/base/logger.ts';
import { createPeer } from '../src-main/peer.ts';
import { drive } from './figures.ts';

const [dataDir = '', name = ''] = process.argv.slice(2);
const logger = createLogger({
  level: 'warn',
  write: (line) => {
    console.error(name, line.level, line.scope, line.message, JSON.stringify(line.fields));
  },
});
const peer = await createPeer({
  dataDir,
  host: 'test',
  name,
  mdns: false,
  logger,
  listen: ['/ip4/127.0.0.1/tcp/0'],
});
await peer.start();
const { app } = peer;
const context = { signal: new AbortController().signal };

/** Some 1.5 KB of JSON, as a cart of a dozen lines is; random, so that nothing compresses it. */
const value = { lines: randomBytes(1080).toString('base64') };

/** By whether this machine is one of an account's owners. */
const accounts = new Map<boolean, string>();

interface Load {
  /** Whose: of an account that this machine owns with others, or one that it only writes to. */
  readonly owner: boolean;
  readonly count: number;
  readonly inFlight: number;
  readonly prefix: string;
}

const commands: Record<string, (argument: never) => Promise<unknown>> = {
  async found(settings: { n: number; r: number; w: number }) {
    await app.ring.create({ name: '', ...settings }, context);
  },
  /** Makes accounts until there is one of each kind. */
  async accounts() {
    const self = (await app.ring.members()).find((member) => member.own)?.peerId ?? '';
    for (let i = 0; accounts.size < 2 && i < 100; i++) {
      const { account } = await app.accounts.create({ name: `bench ${i}` }, context);
      const { place } = app.picture.ring({ account: account.id });
      accounts.set(place?.owners.includes(self) ?? false, account.id);
    }
    if (accounts.size < 2) throw new Error('this machine owns all accounts, or none');
  },
  invite: async () => (await app.ring.invite({ expiresInMs: 600_000, admin: false }, context)).link,
  join: (link: string) => app.ring.join({ link }, context),
  async connected(count: number) {
    for (;;) {
      const members = await app.ring.members();
      if (members.filter((member) => member.connected).length >= count) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  write: ({ count, inFlight, prefix, owner }: Load) =>
    drive(count, inFlight, async (i) => {
      const sortKey = `bench#${prefix}${i}`;
      const account = accounts.get(owner);
      const { safety } = await app.items.put({ account, sortKey, value }, context);
      if (safety.state === 'pending') throw new Error('not safe in time');
    }),
  read: ({ count, inFlight, prefix, owner }: Load) =>
    drive(count, inFlight, async (i) => {
      const sortKey = `bench#${prefix}${i}`;
      const account = accounts.get(owner);
      const asked = { account, sortKey, r: 2, consistency: 'eventual' } as const;
      const item = await app.items.get(asked, context);
      if (item.siblings.length !== 1) throw new Error(`${item.siblings.length} versions`);
    }),
};

process.on(
  'message',
  ({ id, command, argument }: { id: number; command: string; argument: never }) => {
    const run = commands[command];
    void (run === undefined ? Promise.reject(new Error(command)) : run(argument)).then(
      (result) => process.send?.({ id, value: result }),
      (error: unknown) =>
        process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
    );
  },
);
