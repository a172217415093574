/** Where the person is: the URL's fragment, so that reload, back and bookmarks work. */
export type Place =
  | { readonly screen: 'cart'; readonly account?: string; readonly id?: string }
  | { readonly screen: 'orders'; readonly id?: string }
  | { readonly screen: 'peers' }
  | { readonly screen: 'in-step' }
  | { readonly screen: 'activity' }
  | { readonly screen: 'look-up' }
  | { readonly screen: 'settings' };

export function hashOf(place: Place): string {
  if (place.screen === 'orders') {
    return place.id === undefined ? '#/orders' : `#/orders/${encodeURIComponent(place.id)}`;
  }
  if (place.screen !== 'cart') return `#/${place.screen}`;
  const parts = [place.account, place.id].filter((part) => part !== undefined);
  return ['#/cart', ...parts.map(encodeURIComponent)].join('/');
}

/** Screens of one place each. */
const PLAIN = ['peers', 'settings', 'in-step', 'activity', 'look-up'] as const;

export function placeOf(hash: string): Place {
  const [screen, account, id] = hash.replace(/^#\//u, '').split('/').map(decode);
  if (screen === 'orders') return account ? { screen, id: account } : { screen };
  const plain = PLAIN.find((one) => one === screen);
  if (plain !== undefined) return { screen: plain };
  return account && id ? { screen: 'cart', account, id } : { screen: 'cart' };
}

/** The carrossel:// link in a fragment, as the app hands one to the page. */
export function linkIn(hash: string): string | undefined {
  return new URLSearchParams(hash.slice(1)).get('link') ?? undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
