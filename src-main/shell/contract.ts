/**
 * What a window, a browser and a program can ask of a peer: one typed, validated contract, served
 * over MessagePort, WebSocket and HTTP (DESIGN §4). `route` gives the HTTP method and path under
 * /api/v1. Errors are our codes (base/error-code.ts) on every way. Bytes travel as hex or
 * base64url.
 */
import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import {
  AccountView,
  CartSummary,
  CartView,
  CartWritten,
  Change,
  Consistency,
  DeviceView,
  Finding,
  Freshness,
  InviteView,
  ItemView,
  ItemWritten,
  Json,
  LineInput,
  MemberView,
  Product,
  RingView,
  Safety,
  Status,
} from '../app/views.ts';

const get = (path: `/${string}`) => oc.route({ method: 'GET', path });
const post = (path: `/${string}`) => oc.route({ method: 'POST', path });
const put = (path: `/${string}`) => oc.route({ method: 'PUT', path });
const del = (path: `/${string}`) => oc.route({ method: 'DELETE', path });
const patch = (path: `/${string}`) => oc.route({ method: 'PATCH', path });

/* ---- procedures ---- */

const account = z.string().optional();
const sortKey = z.string().min(1).max(1024);
const reading = z.object({
  r: z.coerce.number().int().min(1).max(64).optional(),
  consistency: z.enum(['local', 'eventual', 'strict']).optional(),
});
const writing = z.object({
  w: z.coerce.number().int().min(1).max(64).optional(),
  consistency: Consistency.optional(),
});

export const contract = {
  system: {
    status: get('/status').output(Status),
    health: get('/health').output(z.object({ ok: z.boolean(), peerId: z.string() })),
    doctor: get('/doctor').output(z.object({ findings: z.array(Finding) })),
    events: get('/events').output(eventIterator(Change)),
  },
  ring: {
    show: get('/ring').output(RingView),
    create: post('/ring')
      .input(
        z.object({
          name: z.string().trim().max(80).default(''),
          n: z.union([z.int().min(1).max(64), z.literal('auto')]).default('auto'),
          r: z.int().min(1).max(64).default(2),
          w: z.int().min(1).max(64).default(2),
        }),
      )
      .output(z.object({ ring: RingView, /** Shown once, kept nowhere. */ phrase: z.string() })),
    join: post('/ring/join')
      .input(z.object({ link: z.string().max(4096) }))
      .output(z.object({ ring: RingView })),
    members: get('/members').output(z.array(MemberView)),
    invite: post('/invites')
      .input(
        z.object({
          expiresInMs: z
            .int()
            .min(1000)
            .max(30 * 86_400_000)
            .default(86_400_000),
          admin: z.boolean().default(false),
        }),
      )
      .output(z.object({ id: z.string(), link: z.string(), expiresMs: z.number() })),
    invites: get('/invites').output(z.array(InviteView)),
    closeInvite: del('/invites/{id}')
      .input(z.object({ id: z.string() }))
      .output(z.object({ closed: z.boolean() })),
    revoke: post('/members/{peerId}/revoke')
      .input(z.object({ peerId: z.string() }))
      .output(z.object({ revoked: z.boolean() })),
    newPeerKey: post('/ring/new-peer-key').output(z.object({ peerId: z.string() })),
  },
  accounts: {
    list: get('/accounts').output(z.array(AccountView)),
    create: post('/accounts')
      .input(
        z.object({
          name: z.string().trim().min(1).max(80),
          deviceName: z.string().trim().max(80).optional(),
        }),
      )
      .output(
        z.object({ account: AccountView, /** Shown once, kept nowhere. */ phrase: z.string() }),
      ),
    logIn: post('/accounts/log-in')
      .input(
        z.object({
          phrase: z.string().max(400),
          name: z.string().trim().max(80).optional(),
          deviceName: z.string().trim().max(80).optional(),
        }),
      )
      .output(z.object({ account: AccountView })),
    use: post('/accounts/{id}/use')
      .input(z.object({ id: z.string() }))
      .output(z.object({ account: AccountView })),
    devices: get('/accounts/{id}/devices')
      .input(z.object({ id: z.string() }))
      .output(z.array(DeviceView)),
    revokeDevice: post('/accounts/{id}/devices/{key}/revoke')
      .input(z.object({ id: z.string(), key: z.string(), phrase: z.string().max(400).optional() }))
      .output(z.array(DeviceView)),
  },
  carts: {
    list: get('/carts').output(z.array(CartSummary)),
    create: post('/carts')
      .input(z.object({ name: z.string().trim().min(1).max(80), account }))
      .output(CartWritten),
    /** `name` is a cart's name or id. */
    show: get('/carts/{name}')
      .input(reading.extend({ name: z.string(), account }))
      .output(CartView),
    put: put('/carts/{name}')
      .input(
        writing.extend({
          name: z.string(),
          account,
          context: z.string(),
          lines: z.array(LineInput).max(1000),
          resolve: z.boolean().default(false),
        }),
      )
      .output(CartWritten),
    remove: del('/carts/{name}')
      .input(writing.extend({ name: z.string(), account, context: z.string().optional() }))
      .output(z.object({ safety: Safety })),
    addLines: post('/carts/{name}/lines')
      .input(
        writing.extend({
          name: z.string(),
          account,
          lines: z
            .array(LineInput.omit({ id: true }))
            .min(1)
            .max(1000),
        }),
      )
      .output(CartWritten),
    setLine: patch('/carts/{name}/lines/{id}')
      .input(
        writing.extend({
          name: z.string(),
          account,
          id: z.string(),
          quantity: z.int().min(1).max(1_000_000).optional(),
          note: z.string().max(1000).optional(),
          product: Product.optional(),
        }),
      )
      .output(CartWritten),
    removeLine: del('/carts/{name}/lines/{id}')
      .input(writing.extend({ name: z.string(), account, id: z.string() }))
      .output(CartWritten),
    /** The whole cart the person settled on; its context must name exactly what was shown. */
    resolve: post('/carts/{name}/resolve')
      .input(
        writing.extend({
          name: z.string(),
          account,
          context: z.string(),
          lines: z.array(LineInput).max(1000),
        }),
      )
      .output(CartWritten),
    share: post('/carts/{name}/share')
      .input(
        z.object({
          name: z.string(),
          account,
          expiresInMs: z
            .int()
            .min(1000)
            .max(30 * 86_400_000)
            .default(86_400_000),
        }),
      )
      .output(z.object({ link: z.string(), expiresMs: z.number(), cart: CartView })),
    accept: post('/shares/accept')
      .input(z.object({ link: z.string().max(4096) }))
      .output(z.object({ account: AccountView, carts: z.array(CartSummary) })),
    /** The cart now and again at every change; ends when the cart is deleted. */
    watch: get('/carts/{name}/watch')
      .input(z.object({ name: z.string(), account }))
      .output(eventIterator(CartView)),
  },
  items: {
    get: get('/items/{+sortKey}').input(reading.extend({ sortKey, account })).output(ItemView),
    put: put('/items/{+sortKey}')
      .input(writing.extend({ sortKey, account, value: Json, context: z.string().optional() }))
      .output(ItemWritten),
    delete: del('/items/{+sortKey}')
      .input(writing.extend({ sortKey, account, context: z.string().optional() }))
      .output(ItemWritten),
    query: get('/items')
      .input(
        reading.extend({
          account,
          prefix: z.string().max(1024).optional(),
          from: z.string().max(1024).optional(),
          to: z.string().max(1024).optional(),
          after: z.string().max(1024).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
          reverse: z.stringbool().or(z.boolean()).default(false),
        }),
      )
      .output(
        z.object({
          items: z.array(ItemView),
          /** Pass as `after` for the next page; absent at the end. */ next: z.string().optional(),
          freshness: Freshness,
          /** How many members answered, and how many of them are owners. */
          answered: z.int(),
          answeredOwners: z.int(),
        }),
      ),
    retry: post('/writes/{version}/retry')
      .input(z.object({ version: z.string() }))
      .output(z.object({ safety: Safety })),
    withdraw: post('/writes/{version}/withdraw')
      .input(z.object({ version: z.string() }))
      .output(z.object({ withdrawn: z.boolean() })),
  },
};
export type Contract = typeof contract;
