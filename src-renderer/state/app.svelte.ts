/** All state of the page, made once in main.ts and handed down by context: no module singletons. */
import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { createApi, type Api } from '../api.ts';
import type { Bridge } from '../bridge.ts';
import type { Clock } from '../clock.ts';
import { createHost, type Host } from '../host.ts';
import type { LinkState } from '../line.ts';
import type { Random } from '../random.ts';
import type { CartSummary } from '../wall.ts';
import { createAttempt, type Attempt } from './attempt.ts';
import { createChanges } from './changes.ts';
import { createFirstRun, type FirstRun } from './first-run.svelte.ts';
import { createLanguage, type Language } from './language.svelte.ts';
import { createNow, type Now } from './now.svelte.ts';
import { createFirstCart } from './first-cart.ts';
import { createOpenCart, type CartRef, type OpenCart } from './open-cart.svelte.ts';
import { createPreferences, type Preferences } from './preferences.svelte.ts';
import { createRemotes, type Remotes } from './remotes.ts';
import { createRoute, type Route } from './route.svelte.ts';
import { createSuggestions, type Suggestions } from './suggestions.svelte.ts';
import { createToasts, type Toasts } from './toasts.svelte.ts';

export interface AppComponents {
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly random: Random;
  readonly window: Window;
}

export interface AppState extends Remotes {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  /** The window around the page. */
  readonly host: Host;
  readonly preferences: Preferences;
  readonly language: Language;
  readonly now: Now;
  readonly toasts: Toasts;
  readonly route: Route;
  readonly firstRun: FirstRun;
  readonly attempt: Attempt;
  readonly suggestions: Suggestions;
  readonly link: LinkState;
  /** The carts in the order they are shown; undefined until they are known. */
  readonly cartsByName: readonly CartSummary[] | undefined;
  openCart(ref: CartRef): OpenCart;
  start(): void;
  stop(): void;
}

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
  const remotes = createRemotes({ api, changes, clock });
  const cartsByName = $derived(
    remotes.carts.value?.toSorted((a, b) => a.name.localeCompare(b.name, preferences.locale)),
  );
  const firstCart = createFirstCart((ref) => createOpenCart(ref, { api }));
  const onLink = createSubscriber((update) => api.onState(update));
  return {
    ...remotes,
    api,
    clock,
    random,
    host: createHost(window, clock),
    preferences,
    language,
    toasts,
    route,
    now: createNow(clock),
    firstRun: createFirstRun(),
    suggestions: createSuggestions({ api, clock, changes }),
    attempt: createAttempt({ toasts, language }),
    get link() {
      onLink();
      return api.state;
    },
    get cartsByName() {
      return cartsByName;
    },
    openCart: (ref) => firstCart.take(ref),
    start() {
      api.start();
      firstCart.begin(route.place, preferences.lastCart);
      changes.start();
    },
    stop() {
      firstCart.stop();
      changes.stop();
      api.stop();
      route.stop();
    },
  };
}
