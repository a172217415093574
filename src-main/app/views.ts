/**
 * What the app shows of itself: the words of the contract, as validated shapes. The app floor makes
 * them, the contract (shell) names them, the renderer imports their types. JSON throughout; bytes
 * travel as hex or base64url strings. New topics get a file of their own in views/.
 */
import * as z from 'zod';
import { StoreView } from './views/store.ts';

export const WriteState = z.enum(['pending', 'safe', 'placed', 'complete']);
export type WriteState = z.infer<typeof WriteState>;
export const Freshness = z.enum(['local', 'quorum', 'strict']);
export type Freshness = z.infer<typeof Freshness>;
export const Consistency = z.enum(['eventual', 'strict']);

/** How safe the latest change of something is, in numbers; the shells say it in words. */
export const Safety = z.object({
  state: WriteState,
  /** Machines known to have it on disk, this one included. */
  copies: z.int(),
  /** Machines that should have it. */
  owners: z.int(),
  /** Names of machines that will get it when they are back. */
  waitingFor: z.array(z.string()),
});
export type Safety = z.infer<typeof Safety>;

export const Money = z.object({
  /** Minor units (cents). */
  amount: z.int().min(-1e12).max(1e12),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
/** A sum of many prices; every one of them is within Money's bounds. */
export const Total = Money.extend({ amount: z.int() });
export const Product = z.object({
  title: z.string().trim().min(1).max(200),
  sku: z.string().max(64).optional(),
  category: z.string().max(64).optional(),
  unit: z.string().max(16).optional(),
  price: Money.optional(),
});
export type Product = z.infer<typeof Product>;
export const LineInput = z.object({
  /** Absent for a new line. */
  id: z.string().max(100).optional(),
  product: Product,
  quantity: z.int().min(1).max(1_000_000),
  note: z.string().max(1000).default(''),
});
export type LineInput = z.infer<typeof LineInput>;

/** One device's version of a cart, while more than one stand side by side. */
export const SiblingView = z.object({
  /** Opaque name of the version. */
  version: z.string(),
  device: z.string(),
  /** True for the machine that answers. */
  own: z.boolean(),
  wallMs: z.number(),
  deleted: z.boolean(),
  lines: z.int(),
});
export type SiblingView = z.infer<typeof SiblingView>;

/** What one line is, seen over all siblings (DESIGN §2 Carts). */
export const LineGroup = z.enum(['same', 'added', 'changed', 'removed', 'choose']);
export type LineGroup = z.infer<typeof LineGroup>;
export const LineVariant = z.object({
  /** `version` of each sibling that holds the line like this. */
  versions: z.array(z.string()),
  product: Product,
  quantity: z.int(),
  note: z.string(),
  /** Wall time it was set like this (shown, never compared). */
  wallMs: z.number(),
  /** True when another sibling has replaced it knowingly. */
  superseded: z.boolean(),
});
export const LineView = z.object({
  id: z.string(),
  group: LineGroup,
  /** As the union shows it: the larger quantity where they differ. */
  product: Product,
  quantity: z.int(),
  note: z.string(),
  wallMs: z.number(),
  /** Why it is in its group: the siblings' versions that added, changed or removed it. */
  by: z.array(z.string()),
  /** Versions of siblings that lack the line. */
  missingFrom: z.array(z.string()),
  variants: z.array(LineVariant),
  /** What it comes to if what only one side changed counts; absent where that is what is shown. */
  settled: LineVariant.pick({ product: true, quantity: true, note: true, wallMs: true }).optional(),
  /** Same for lines of one product with different ids; absent if the product stands once. */
  productGroup: z.string().optional(),
  /** The order in which it stands; it counts no more, and cannot be ordered again. */
  ordered: z.string().optional(),
});
export type LineView = z.infer<typeof LineView>;

export const CartView = z.object({
  id: z.string(),
  name: z.string(),
  account: z.string(),
  shared: z.boolean(),
  /** Opaque; names exactly the versions this view shows. */
  context: z.string(),
  /** True while the person has to choose. */
  conflict: z.boolean(),
  siblings: z.array(SiblingView),
  lines: z.array(LineView),
  totals: z.array(Total),
  safety: Safety,
  freshness: Freshness,
  /** How many members answered the read, and how many of them are owners. */
  answered: z.int(),
  answeredOwners: z.int(),
});
export type CartView = z.infer<typeof CartView>;

export const CartSummary = CartView.pick({
  id: true,
  name: true,
  account: true,
  shared: true,
  conflict: true,
  totals: true,
  safety: true,
}).extend({ lines: z.int(), wallMs: z.number() });
export type CartSummary = z.infer<typeof CartSummary>;

export const CartWritten = z.object({ cart: CartView, safety: Safety });
export type CartWritten = z.infer<typeof CartWritten>;

export const AccountView = z.object({
  /** The partition key, hex. */
  id: z.string(),
  /** What the person calls it on this machine. */
  name: z.string(),
  shared: z.boolean(),
  /** The account that new carts go to. */
  current: z.boolean(),
  deviceName: z.string(),
  /** This machine was taken off it: nothing of it can be read or written here any more. */
  revoked: z.boolean(),
});
export type AccountView = z.infer<typeof AccountView>;
export const DeviceView = z.object({
  key: z.string(),
  name: z.string(),
  peerId: z.string(),
  own: z.boolean(),
  revoked: z.boolean(),
  addedMs: z.number(),
});
export type DeviceView = z.infer<typeof DeviceView>;

export const MemberView = z.object({
  peerId: z.string(),
  name: z.string(),
  own: z.boolean(),
  admin: z.boolean(),
  state: z.enum(['joining', 'up', 'leaving', 'left', 'retired', 'revoked']),
  capacity: z.number(),
  steady: z.boolean(),
  zone: z.string(),
  /** What it will keep once all that moves for it is there; absent when it has what it wants. */
  wanted: z.object({ capacity: z.number(), zone: z.string() }).optional(),
  addresses: z.array(z.string()),
  connected: z.boolean(),
  /** Address of the connection in use. */
  address: z.string().optional(),
  roundTripMs: z.number().optional(),
  /** Share of the ring's partitions it owns a copy of, 0–1. */
  share: z.number(),
  /** Versions this machine keeps for it until it is back. */
  hints: z.int(),
});
export type MemberView = z.infer<typeof MemberView>;

export const RingView = z.object({
  ringId: z.string(),
  name: z.string(),
  admin: z.boolean(),
  members: z.int(),
  connected: z.int(),
  /** The setting, and what it comes to with today's members. */
  setting: z.object({
    n: z.union([z.int(), z.literal('auto')]),
    r: z.int(),
    w: z.int(),
    q: z.int(),
  }),
  effective: z.object({ n: z.int(), r: z.int(), w: z.int() }),
  /** What the automatic setting comes to, or would, with today's members. */
  automatic: z.object({ n: z.int(), r: z.int(), w: z.int(), readsLocally: z.boolean() }),
  /** The setting's n can be so many. */
  mostCopies: z.int(),
  steadyMember: z.boolean(),
});
export type RingView = z.infer<typeof RingView>;

export const Status = z.object({
  version: z.string(),
  host: z.enum(['electron', 'headless', 'test']),
  peerId: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  ring: RingView.nullable(),
  accounts: z.array(AccountView),
  /** Own writes that not every owner has yet. */
  outbox: z.int(),
  hints: z.int(),
  store: StoreView,
  /** Things the person should know, by code: e.g. STEADY_MEMBER_MISSING, PEER_ID_IN_USE. */
  notices: z.array(z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) })),
});
export type Status = z.infer<typeof Status>;

export const Finding = z.object({
  check: z.enum(['disk', 'clock', 'ports', 'reachability', 'store', 'ring', 'accounts']),
  level: z.enum(['ok', 'warn', 'error']),
  /** One sentence of what was found, in English, and what to do about it ('' if nothing). */
  found: z.string(),
  advice: z.string(),
});
export type Finding = z.infer<typeof Finding>;
export const InviteView = z.object({
  id: z.string(),
  admin: z.boolean(),
  expiresMs: z.number(),
  used: z.boolean(),
});
export type InviteView = z.infer<typeof InviteView>;

/** JSON values only; sizes are checked by the peer. */
export const Json = z.json();
export type JsonValue = z.infer<typeof Json>;
export const ItemVersion = z.object({
  version: z.string(),
  device: z.string(),
  wallMs: z.number(),
  deleted: z.boolean(),
  value: Json.optional(),
});
export type ItemVersion = z.infer<typeof ItemVersion>;
export const ItemView = z.object({
  sortKey: z.string(),
  context: z.string(),
  /** More than one: written apart. Empty: never written. */
  siblings: z.array(ItemVersion),
  freshness: Freshness,
  answered: z.int(),
  answeredOwners: z.int(),
});
export type ItemView = z.infer<typeof ItemView>;
export const ItemWritten = z.object({
  sortKey: z.string(),
  version: z.string(),
  context: z.string(),
  safety: Safety,
});
export type ItemWritten = z.infer<typeof ItemWritten>;

/** Something changed; ask again for what you show. Coalesced: the latest of each kind. */
export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('cart'), account: z.string(), id: z.string(), conflict: z.boolean() }),
  z.object({ type: z.literal('item'), account: z.string(), sortKey: z.string() }),
  z.object({ type: z.literal('accounts') }),
  z.object({ type: z.literal('ring') }),
  z.object({ type: z.literal('safety'), account: z.string(), sortKey: z.string() }),
  z.object({ type: z.literal('notices') }),
  z.object({ type: z.literal('orders') }),
  z.object({ type: z.literal('functions') }),
]);
export type Change = z.infer<typeof Change>;
