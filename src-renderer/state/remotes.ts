import type {
  CartSummary,
  DeviceView,
  InStep,
  InviteView,
  KeptView,
  MemberView,
  PastVersion,
  RingDrawing,
  Status,
  TransferView,
} from '../wall.ts';
import { createActivityRemotes, type ActivityRemotes } from './activity-remotes.ts';
import type { CartRef } from './open-cart.svelte.ts';
import { createOrderRemotes, type OrderRemotes } from './order-remotes.ts';
import {
  createRemote,
  type Remote,
  type RemoteComponents,
  type RemoteInit,
} from './remote.svelte.ts';

/** Everything the screens ask the peer for and keep fresh while it is shown. */
export interface Remotes extends ActivityRemotes, OrderRemotes {
  readonly status: Remote<Status>;
  readonly carts: Remote<CartSummary[]>;
  readonly members: Remote<MemberView[]>;
  readonly invites: Remote<InviteView[]>;
  readonly inStep: Remote<InStep>;
  /** How the ring is divided, and where the account (the one in use) is kept. */
  drawing(account: string | undefined): Remote<RingDrawing>;
  /** How much each machine keeps. */
  readonly kept: Remote<KeptView>;
  /** What moves from machine to machine now. */
  readonly transfers: Remote<TransferView[]>;
  devices(account: string): Remote<DeviceView[]>;
  /** The versions of a cart that this machine has seen, newest first. */
  pastOf(cart: CartRef): Remote<PastVersion[]>;
}

/** Round-trip times change without a word from the peer. */
const MEMBERS_POLL_MS = 2000;
/** Invites are used and run out without a word, too. */
const INVITES_POLL_MS = 5000;
/** What others hold changes without a word, too; asking them costs a message each. */
const IN_STEP_POLL_MS = 3000;
/** Sums over the whole store. */
const KEPT_POLL_MS = 10_000;
const TRANSFERS_POLL_MS = 1000;
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
      concerns: ({ type }) => ['cart', 'accounts', 'safety', 'orders'].includes(type),
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
    ...createOrderRemotes(remote),
    ...createActivityRemotes(remote),
    inStep: remote({
      read: (client, signal) => client.picture.inStep(undefined, { signal }),
      concerns: ({ type }) => type !== 'notices',
      pollMs: IN_STEP_POLL_MS,
    }),
    drawing: (account) =>
      remote({
        read: (client, signal) => client.picture.ring({ account }, { signal }),
        concerns: ({ type }) => type === 'ring' || type === 'accounts',
      }),
    kept: remote({
      read: (client, signal) => client.picture.kept(undefined, { signal }),
      concerns: ({ type }) => type === 'ring',
      pollMs: KEPT_POLL_MS,
    }),
    transfers: remote({
      read: (client, signal) => client.membership.transfers(undefined, { signal }),
      concerns: ({ type }) => type === 'ring',
      pollMs: TRANSFERS_POLL_MS,
    }),
    pastOf: ({ account, id: name }) =>
      remote({
        read: (client, signal) => client.history.list({ name, account }, { signal }),
        concerns: (change) => change.type === 'cart' && change.id === name,
      }),
    devices: (account) =>
      remote({
        read: (client, signal) => client.accounts.devices({ id: account }, { signal }),
        concerns: ({ type }) => type === 'accounts',
      }),
  };
}
