/** One of the five processes: a whole peer, driven over IPC at the app's own methods. */
import { drive } from './figures.ts';
import { CART, context, ringCommands, startRingPeer } from './ring-peer.ts';
import { serveCommands } from './worker.ts';

const peer = await startRingPeer();
const { app } = peer;

/** By whether this machine is one of an account's owners. */
const accounts = new Map<boolean, string>();

interface Load {
  /** Whose: of an account that this machine owns with others, or one that it only writes to. */
  readonly owner: boolean;
  readonly count: number;
  readonly inFlight: number;
  readonly prefix: string;
}

serveCommands({
  ...ringCommands(peer),
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
  write: ({ count, inFlight, prefix, owner }: Load) =>
    drive(count, inFlight, async (i) => {
      const sortKey = `bench#${prefix}${i}`;
      const account = accounts.get(owner);
      const { safety } = await app.items.put({ account, sortKey, value: CART }, context);
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
});
