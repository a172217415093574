/** What comes with a call besides its input, whichever shell it came through. */
export interface CallContext {
  /** Aborts when the caller has gone away. */
  readonly signal?: AbortSignal | undefined;
  /** Of a stream of events that was cut: the id of the last one that arrived. */
  readonly lastEventId?: string | undefined;
  /** Same key, same answer, done once (DESIGN §2 Writes). Kept for 24 hours. */
  readonly idempotencyKey?: string | undefined;
}
