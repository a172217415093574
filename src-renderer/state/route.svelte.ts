/** Where the person is: the URL's fragment, so that reload, back and bookmarks work. */
export type Place =
  | { readonly screen: 'cart'; readonly account?: string; readonly id?: string }
  | { readonly screen: 'peers' }
  | { readonly screen: 'settings' };

export interface Route {
  readonly place: Place;
  /** A carrossel:// link the system handed to the app, until it is taken. */
  readonly link: string | undefined;
  takeLink(): string | undefined;
  go(place: Place): void;
  stop(): void;
}

export function hashOf(place: Place): string {
  if (place.screen !== 'cart') return `#/${place.screen}`;
  const parts = [place.account, place.id].filter((part) => part !== undefined);
  return ['#/cart', ...parts.map(encodeURIComponent)].join('/');
}

export function placeOf(hash: string): Place {
  const [screen, account, id] = hash.replace(/^#\//u, '').split('/').map(decode);
  if (screen === 'peers' || screen === 'settings') return { screen };
  return account && id ? { screen: 'cart', account, id } : { screen: 'cart' };
}

export function createRoute(window: Window): Route {
  let place = $state.raw(placeOf(window.location.hash));
  let link = $state<string>();
  const read = (): void => {
    const given = new URLSearchParams(window.location.hash.slice(1)).get('link');
    if (given === null) {
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
    stop() {
      window.removeEventListener('hashchange', read);
    },
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
