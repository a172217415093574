/**
 * What a function is: the types of `carrossel/function`, for whoever writes one (docs/FUNCTIONS.md)
 * and for the built-in ones. This very text lies in DIR/functions/ as `carrossel-function.d.ts`,
 * written anew when it differs: so it needs no other file, and holds nothing but types.
 */

/** A list or an object of JSON. */
export type JsonParts = readonly Json[] | { readonly [name: string]: Json };
/** Anything that JSON can say. */
export type Json = string | number | boolean | null | JsonParts;

/** One version of an item; of an item written apart more than one stand side by side. */
export interface ItemValue<Value = Json> {
  /** Names this version, the same on every machine. */
  readonly version: string;
  /** The machine that wrote it. */
  readonly device: string;
  /** When, by that machine's clock: to show, never to compare. */
  readonly wallMs: number;
  readonly deleted: boolean;
  /** Absent when it is deleted, or sealed with a key this machine has not got. */
  readonly value?: Value;
  /**
   * A sort key that follows from this function and this version alone: what is written under it
   * is the same item on whichever machine, however often.
   */
  readonly derivedKey: string;
}

export interface FunctionEvent<Value = Json> {
  /** Names the event on this machine. */
  readonly id: string;
  /** The item's sort key. */
  readonly key: string;
  readonly before: readonly ItemValue<Value>[];
  readonly after: readonly ItemValue<Value>[];
  /** Not a change: what the item held when the function was installed, or after a gap. */
  readonly replay: boolean;
  /** Given again by hand after it failed; later changes of the item may have come before it. */
  readonly retried: boolean;
  /** This machine wrote it. */
  readonly local: boolean;
}

export interface FunctionContext<Value = Json> {
  readonly account: { readonly id: string; readonly name: string };
  /** What the item holds on this machine; [] when nothing. */
  get(key: string): Promise<readonly ItemValue<Value>[]>;
  /** Items in the order of their keys; at most 100 a call, go on with `after`. */
  query(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<readonly { readonly key: string; readonly values: readonly ItemValue<Value>[] }[]>;
  /** Writes the item when the handler has returned: all its writes at once, or none. */
  put(key: string, value: Json): void;
  /** Deletes the item, likewise. */
  delete(key: string): void;
  /** A line for `carrossel functions logs`. */
  log(...words: readonly unknown[]): void;
}

/**
 * `Value` says what the items hold that it reads: `CarrosselFunction<{ count: number }>`. That is
 * the writer's word, which nobody checks. Left out it is any JSON, to be looked at before it is used.
 */
export interface CarrosselFunction<Value = Json> {
  /** Small letters, digits and hyphens, at most 40. */
  readonly name: string;
  /** Changes of items whose sort key begins like this. */
  readonly on: { readonly prefix: string };
  /** Events in one call, at most. @default 25 */
  readonly batch?: number;
  handler(
    events: readonly FunctionEvent<Value>[],
    context: FunctionContext<Value>,
  ): Promise<void> | void;
}
