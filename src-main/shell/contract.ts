/**
 * What a window, a browser and a program can ask of a peer: one typed, validated contract, served
 * over MessagePort, WebSocket and HTTP (DESIGN §4). `route` gives the HTTP method and path under
 * /api/v1. Errors are our codes (base/error-code.ts) on every way. Bytes travel as hex or
 * base64url. One file a topic, in contract/.
 */
import { accountsContract } from './contract/accounts.ts';
import { archiveContract } from './contract/archive.ts';
import { batchContract } from './contract/batch.ts';
import { cartsContract } from './contract/carts.ts';
import { catalogueContract } from './contract/catalogue.ts';
import { foundContract } from './contract/found.ts';
import { functionsContract, streamContract } from './contract/functions.ts';
import { historyContract } from './contract/cart-history.ts';
import { itemsContract } from './contract/items.ts';
import { membershipContract } from './contract/membership.ts';
import { nearbyContract } from './contract/nearby.ts';
import { ordersContract } from './contract/orders.ts';
import { pictureContract } from './contract/picture.ts';
import { ringContract } from './contract/ring.ts';
import { systemContract } from './contract/system.ts';

export const contract = {
  system: systemContract,
  ring: ringContract,
  membership: membershipContract,
  nearby: nearbyContract,
  accounts: accountsContract,
  carts: cartsContract,
  orders: ordersContract,
  items: itemsContract,
  batch: batchContract,
  archive: archiveContract,
  catalogue: catalogueContract,
  found: foundContract,
  functions: functionsContract,
  stream: streamContract,
  history: historyContract,
  picture: pictureContract,
};
export type Contract = typeof contract;
