import { hashOf, linkIn, placeOf, type Place } from './place.ts';

export interface Route {
  readonly place: Place;
  /** A carrossel:// link the system handed to the app, until it is taken. */
  readonly link: string | undefined;
  takeLink(): string | undefined;
  go(place: Place): void;
  /** Goes there without a step of its own in the history. */
  settle(place: Place): void;
  stop(): void;
}

export function createRoute(window: Window): Route {
  let place = $state.raw(placeOf(window.location.hash));
  let link = $state<string>();
  const read = (): void => {
    const given = linkIn(window.location.hash);
    if (given === undefined) {
      place = placeOf(window.location.hash);
      return;
    }
    link = given;
    window.history.replaceState(null, '', `${window.location.pathname}${hashOf(place)}`);
  };
  read();
  window.addEventListener('hashchange', read);
  return {
    get place() {
      return place;
    },
    get link() {
      return link;
    },
    takeLink() {
      const taken = link;
      link = undefined;
      return taken;
    },
    go(next) {
      place = next;
      if (window.location.hash !== hashOf(next)) window.location.hash = hashOf(next);
    },
    settle(next) {
      place = next;
      window.history.replaceState(null, '', hashOf(next));
    },
    stop() {
      window.removeEventListener('hashchange', read);
    },
  };
}
