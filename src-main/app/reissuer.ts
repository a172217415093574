/**
 * Signs own versions again under new dots, for a store that found its dots used elsewhere (DESIGN
 * §2 Epochs). The value keeps its meaning. A cart's lines name versions: those that name a dot that
 * is given up get the new one: the old dot may name another version by now, and a line that claimed
 * it could be taken for one that somebody else has removed.
 */
import { AppError } from '../base/app-error.ts';
import type { Random } from '../base/random.ts';
import { decodeCart, encodeCart } from '../domain/cart-codec.ts';
import { decodeOrder, encodeOrder } from '../domain/order-codec.ts';
import type { Order, OrderId } from '../domain/order.ts';
import type { Cart, CartLine } from '../domain/cart.ts';
import {
  actorTableOf,
  containsDot,
  type CausalContext,
  type Dot,
} from '../domain/causal-context.ts';
import type { PartitionKey } from '../domain/ids.ts';
import type { Reissuer } from '../replication/reissuer.ts';
import { issueDevices } from '../security/devices-version.ts';
import { readDevicesRecord } from '../security/devices-record.ts';
import { issueEnvelope, type SealedContent } from '../security/envelope.ts';
import { readBody } from '../security/envelope-format.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Account } from './account.ts';
import type { RingSession } from './ring-session.ts';

export function createReissuer(components: {
  readonly random: Random;
  readonly account: (id: PartitionKey) => Account | undefined;
  readonly identity: RingSession['identity'];
}): Reissuer {
  const { random, account: accountOf, identity } = components;
  return {
    reissue(version, { epoch, dot, context }) {
      const account = accountOf(version.key.partitionKey);
      if (account === undefined) {
        throw new AppError('ACCOUNT_NOT_FOUND', 'This machine is not logged in to that account.');
      }
      const { ring, peer } = identity();
      const { actor, counter } = dot;
      const head = { ring, actor, counter, context, epoch };
      if (version.kind === 'devices') {
        const signer = account.certifier?.signing;
        if (signer === undefined) {
          // Only the phrase can sign this one; what it adds is asked for at the next log-in.
          throw new AppError('DEVICE_UNKNOWN', 'Log in again to add this machine to the account.');
        }
        const record = readDevicesRecord(version);
        return issueDevices({ ...head, account: account.id, signer, peer, record });
      }
      const content = account.open(version);
      const value = restamped(content, version, { dot, context });
      return issueEnvelope(
        {
          ...head,
          key: version.key,
          kind: version.kind,
          signer: account.device.signing,
          sealingKey: account.keyring().current,
          extensions: readBody(version).extensions,
          content: { ...content, value },
        },
        { random },
      );
    },
  };
}

interface Place {
  readonly dot: Dot;
  readonly context: CausalContext;
}

function restamped(content: SealedContent, old: SignedVersion, next: Place): Uint8Array {
  if (content.type === 'cart') return restampedCart(content.value, old, next);
  if (content.type !== 'order') return content.value;
  // Decoded to be encoded again: its id is its item's and not in the bytes.
  const order = decodeOrder(''.padStart(32, '0') as OrderId, content.value);
  return encodeOrder(restampOrder(order, old, next));
}

/**
 * The order with its lines' ids in names that mean one thing. Its context is what its cart had seen,
 * so it tells as well as a cart's which dots are given up.
 */
export function restampOrder(order: Order, old: Place, next: Place): Order {
  let index = 0;
  const lines = order.lines.map((line) =>
    isGivenUp(line.id.dot, old, next) ? { ...line, id: { dot: next.dot, index: index++ } } : line,
  );
  return { ...order, lines };
}

function restampedCart(value: Uint8Array, old: Place, next: Place): Uint8Array {
  const cart = decodeCart(value, actorTableOf(old.dot.actor, old.context));
  return encodeCart(restampLines(cart, old, next), actorTableOf(next.dot.actor, next.context));
}

/** The cart with every dot that the new version has not seen, hence given up, made the new one. */
export function restampLines(cart: Cart, old: Place, next: Place): Cart {
  let index = 0;
  const lines = cart.lines.map((line): CartLine => {
    const id = isGivenUp(line.id.dot, old, next) ? { dot: next.dot, index: index++ } : line.id;
    return { ...line, id, dot: isGivenUp(line.dot, old, next) ? next.dot : line.dot };
  });
  return { ...cart, lines };
}

function isGivenUp(dot: Dot, old: Place, next: Place): boolean {
  return dot.actor === old.dot.actor && !containsDot(next.context, dot);
}
