/** Versions of a cart, opened: what the person's devices wrote, ready for merging and showing. */
import { AppError } from '../base/app-error.ts';
import { actorTableOf } from '../domain/causal-context.ts';
import { decodeCart } from '../domain/cart-codec.ts';
import type { CartSibling } from '../domain/cart.ts';
import type { Hash } from '../domain/ids.ts';
import { createBoundedMap } from '../base/bounded-map.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { isOneDevice, type Account } from './account.ts';
import { versionName } from './context-token.ts';

export const CART_PREFIX = 'cart#';

export interface CartVersion extends CartSibling {
  /** As views and tokens name it. */
  readonly name: string;
  readonly device: string;
  /** Written by this machine. */
  readonly own: boolean;
  readonly wallMs: number;
}

export interface CartVersions {
  /** @throws SEALED when this device lacks a key, BAD_ENCODING when a version is no cart. */
  open(account: Account, siblings: readonly SignedVersion[]): readonly CartVersion[];
  /** A version opened not long ago, by its name, though it may have been replaced since. */
  recent(name: string): CartVersion | undefined;
}

/** How many opened versions are kept in memory. */
const KEPT = 2000;

export function createCartVersions(): CartVersions {
  const byHash = createBoundedMap<Hash, CartVersion>({ maxSize: KEPT });
  const byName = createBoundedMap<string, CartVersion>({ maxSize: KEPT });

  function openOne(account: Account, version: SignedVersion): CartVersion {
    const before = byHash.get(version.hash);
    if (before !== undefined) return before;
    const content = account.open(version);
    if (content.type !== 'cart' && version.kind !== 'tombstone') {
      throw new AppError('BAD_ENCODING', 'What is kept under the name of this cart is no cart.');
    }
    const { dot, hash, context } = version;
    const opened: CartVersion = {
      dot,
      hash,
      context,
      cart:
        content.type === 'cart'
          ? decodeCart(content.value, actorTableOf(dot.actor, context))
          : undefined,
      name: versionName(version),
      device: content.deviceName,
      own: version.device === account.device.device && isOneDevice(content.deviceName),
      wallMs: content.wallMs,
    };
    byHash.set(hash, opened);
    byName.set(opened.name, opened);
    return opened;
  }
  return {
    open: (account, siblings) => siblings.map((version) => openOne(account, version)),
    recent: (name) => byName.get(name),
  };
}

/** True when nothing of the cart is left to show: never written, or deleted on all sides. */
export function isGone(versions: readonly CartVersion[]): boolean {
  return versions.every(({ cart }) => cart === undefined);
}
