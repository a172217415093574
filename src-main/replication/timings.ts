/** Durations and bounds of the floor, all in milliseconds unless named otherwise. */
export interface Timings {
  /** How long one request to one member may take. @default 5000 */
  readonly requestMs: number;
  /** A member silent for this long is passed over for the next of the walk. @default 500 */
  readonly slowMs: number;
  /**
   * How long two members with different lists try to agree before a write goes on as sloppy.
   * @default 2000
   */
  readonly otherListMs: number;
  /** Between two gossip digests to a random member. @default 1000 */
  readonly gossipMs: number;
  /** Between two comparisons of shared partitions with a random co-owner. @default 30000 */
  readonly exchangeMs: number;
  /**
   * First pause before an undelivered write is sent again; doubles up to `retryMaxMs`.
   * @default 500
   */
  readonly retryMinMs: number;
  /** @default 30000 */
  readonly retryMaxMs: number;
  /** How long live changes of a watched account are gathered into one notice. @default 20 */
  readonly watchGatherMs: number;
  /** Requests under way at once to one member by one piece of background work. @default 16 */
  readonly backgroundWidth: number;
  /** Between two looks at what is to be taken over; new lists start one at once. @default 1000 */
  readonly takeoverMs: number;
  /** Bytes a second that one member takes over at most. @default 16 MiB */
  readonly takeoverBytesPerSecond: number;
  /** How long a page that is taken over waits for requests of people under way. @default 250 */
  readonly takeoverYieldMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  requestMs: 5000,
  slowMs: 500,
  otherListMs: 2000,
  gossipMs: 1000,
  exchangeMs: 30_000,
  retryMinMs: 500,
  retryMaxMs: 30_000,
  watchGatherMs: 20,
  backgroundWidth: 16,
  takeoverMs: 1000,
  takeoverBytesPerSecond: 16 * 1024 * 1024,
  takeoverYieldMs: 250,
};
