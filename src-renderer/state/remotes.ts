import type { CartSummary, DeviceView, InviteView, MemberView, Status } from '../wall.ts';
import {
  createRemote,
  type Remote,
  type RemoteComponents,
  type RemoteInit,
} from './remote.svelte.ts';

/** Everything the screens ask the peer for and keep fresh while it is shown. */
export interface Remotes {
  readonly status: Remote<Status>;
  readonly carts: Remote<CartSummary[]>;
  readonly members: Remote<MemberView[]>;
  readonly invites: Remote<InviteView[]>;
  devices(account: string): Remote<DeviceView[]>;
}

/** Round-trip times change without a word from the peer. */
const MEMBERS_POLL_MS = 2000;
/** Invites are used and run out without a word, too. */
const INVITES_POLL_MS = 5000;
const RING_CHANGES = new Set(['ring', 'notices', 'accounts', 'safety']);

export function createRemotes(components: RemoteComponents): Remotes {
  const remote = <T>(init: RemoteInit<T>): Remote<T> => createRemote(init, components);
  return {
    status: remote({
      read: (client, signal) => client.system.status(undefined, { signal }),
      concerns: ({ type }) => RING_CHANGES.has(type),
    }),
    carts: remote({
      read: (client, signal) => client.carts.list(undefined, { signal }),
      concerns: ({ type }) => type === 'cart' || type === 'accounts' || type === 'safety',
    }),
    members: remote({
      read: (client, signal) => client.ring.members(undefined, { signal }),
      concerns: ({ type }) => type === 'ring',
      pollMs: MEMBERS_POLL_MS,
    }),
    invites: remote({
      read: (client, signal) => client.ring.invites(undefined, { signal }),
      concerns: ({ type }) => type === 'ring',
      pollMs: INVITES_POLL_MS,
    }),
    devices: (account) =>
      remote({
        read: (client, signal) => client.accounts.devices({ id: account }, { signal }),
        concerns: ({ type }) => type === 'accounts',
      }),
  };
}
