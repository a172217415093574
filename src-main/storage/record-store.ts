/**
 * Small named records beside the items: ring certificate, member table, invites, accounts,
 * settings. Durable when the call resolves; same checksums, same group commit as the items.
 */
export interface RecordStore {
  get(space: RecordSpace, name: string): Promise<Uint8Array | undefined>;
  put(space: RecordSpace, name: string, value: Uint8Array): Promise<void>;
  delete(space: RecordSpace, name: string): Promise<void>;
  /**
   * The records of a space in the order of their names' UTF-8 bytes.
   * @param prefix only names that begin like this; nothing else is read. @default '', all
   */
  list(
    space: RecordSpace,
    prefix?: string,
  ): Promise<readonly { readonly name: string; readonly value: Uint8Array }[]>;
}

/** One record to be written in the same batch as something else. */
export interface RecordWrite {
  readonly space: RecordSpace;
  readonly name: string;
  /** null deletes it. */
  readonly value: Uint8Array | null;
  /**
   * What it must hold now, null for nothing; else the whole batch is refused: STALE_CONTEXT. Where
   * it is left out anything goes.
   */
  readonly was?: Uint8Array | null;
}

/** A letter of its own for each kind of record; part of the disk format. */
export type RecordSpace =
  | 'ring'
  | 'member'
  | 'revocation'
  | 'invite'
  | 'account'
  | 'setting'
  | 'idempotency'
  | 'share'
  | 'found'
  | 'function'
  | 'history'
  | 'past'
  /** The second copy of what is kept twice, under its space and name. */
  | 'twin';
