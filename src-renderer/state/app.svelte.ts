/** All state of the page, made once in main.ts and handed down by context: no module singletons. */
import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { createApi, type Api } from '../api.ts';
import type { Bridge } from '../bridge.ts';
import type { Clock } from '../clock.ts';
import type { LinkState } from '../line.ts';
import type { Random } from '../random.ts';
import type { CartSummary, DeviceView, InviteView, MemberView, Status } from '../wall.ts';
import { createAttempt, type Attempt } from './attempt.ts';
import { createChanges } from './changes.ts';
import { createFirstRun, type FirstRun } from './first-run.svelte.ts';
import { createLanguage, type Language } from './language.svelte.ts';
import { createNow, type Now } from './now.svelte.ts';
import { createOpenCart, type CartRef, type OpenCart } from './open-cart.svelte.ts';
import { createPreferences, type Preferences } from './preferences.svelte.ts';
import { createRemote, type Remote, type RemoteInit } from './remote.svelte.ts';
import { createRoute, type Route } from './route.svelte.ts';
import { createToasts, type Toasts } from './toasts.svelte.ts';

export interface AppComponents {
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly random: Random;
  readonly window: Window;
}

export interface AppState {
  readonly api: Api;
  readonly random: Random;
  readonly preferences: Preferences;
  readonly language: Language;
  readonly now: Now;
  readonly toasts: Toasts;
  readonly route: Route;
  readonly firstRun: FirstRun;
  readonly attempt: Attempt;
  readonly link: LinkState;
  readonly status: Remote<Status>;
  readonly carts: Remote<CartSummary[]>;
  readonly members: Remote<MemberView[]>;
  readonly invites: Remote<InviteView[]>;
  devices(account: string): Remote<DeviceView[]>;
  openCart(ref: CartRef): OpenCart;
  start(): void;
  stop(): void;
}

/** Round-trip times change without a word from the peer. */
const MEMBERS_POLL_MS = 2000;
/** Invites are used and run out without a word, too. */
const INVITES_POLL_MS = 5000;
const RING_CHANGES = new Set(['ring', 'notices', 'accounts', 'safety']);

export const [getApp, setApp] = createContext<AppState>();

export function createApp({ bridge, clock, random, window }: AppComponents): AppState {
  const api = createApi({ bridge, clock });
  const changes = createChanges({ api, clock });
  const preferences = createPreferences({
    storage: window.localStorage,
    languages: window.navigator.languages,
  });
  const language = createLanguage(preferences);
  const toasts = createToasts(clock);
  const route = createRoute(window);
  const onLink = createSubscriber((update) => api.onState(update));
  const remote = <T>(init: RemoteInit<T>): Remote<T> => createRemote(init, { api, changes, clock });
  return {
    api,
    random,
    preferences,
    language,
    toasts,
    route,
    now: createNow(clock),
    firstRun: createFirstRun(),
    attempt: createAttempt({ toasts, language }),
    get link() {
      onLink();
      return api.state;
    },
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
    openCart: (ref) => createOpenCart(ref, { api }),
    start() {
      api.start();
      changes.start();
    },
    stop() {
      changes.stop();
      api.stop();
      route.stop();
    },
  };
}
