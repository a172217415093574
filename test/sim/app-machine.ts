/**
 * A machine with the app on it, and the people who use it, as activities and checkers see them: so
 * the same ones serve the simulation and real processes (test/faults).
 */
import type { App } from '../../src-main/app/app.ts';
import type { CartTruth } from './cart-truth.ts';
import type { Ledger } from './ledger.ts';
import type { OrdersTruth } from './order-truth.ts';

type Carts = App['carts'];
type Orders = App['orders'];

export interface AppMachine {
  readonly name: string;
  readonly app: {
    readonly carts: Pick<Carts, 'list' | 'create' | 'show' | 'put' | 'resolve'> &
      Pick<Carts, 'addLines' | 'setLine' | 'removeLine'>;
    readonly items: Pick<App['items'], 'get' | 'put' | 'delete' | 'query'>;
    readonly orders: Pick<Orders, 'review' | 'checkout' | 'list' | 'show'> &
      Pick<Orders, 'vouchers' | 'overlaps' | 'decide'>;
  };
}

/** A person's account, or a shared cart's. */
export interface Person<Machine = AppMachine> {
  readonly name: string;
  /** The partition key. */
  readonly account: string;
  readonly phrase: string;
  /** Stands in everything this person writes. */
  readonly marker: string;
  /** Logged in here, and not revoked since. */
  readonly peers: ReadonlySet<Machine>;
  /** Every machine that ever had its keys. */
  readonly everAt: ReadonlySet<Machine>;
}

/** What activities and checkers of people are given. */
export interface PeopleKit {
  readonly world: {
    readonly truth: CartTruth;
    readonly people: readonly Person[];
    /** Machines in the ring; a revoked one is not. */
    joined(): readonly AppMachine[];
    fail(what: string): void;
  };
  /** Who read and replaced what, of raw items. */
  readonly items: Ledger;
  readonly orders: OrdersTruth;
}
