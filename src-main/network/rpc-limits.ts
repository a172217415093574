/** Bounds of the RPC, so that no member fills another's memory (DESIGN invariant 10). */

/** Requests on the wire towards one peer; more wait here, in order. */
export const WINDOW_REQUESTS = 512;
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** Requests waiting or on the wire towards one peer; more are OVERLOADED. */
export const MAX_WAITING_REQUESTS = 16_384;
export const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Requests of one peer being answered here; twice what a peer that keeps its window sends. */
export const MAX_SERVED_REQUESTS = 2 * WINDOW_REQUESTS;
export const MAX_SERVED_BYTES = 4 * WINDOW_BYTES;
/** The same over all peers. */
export const MAX_SERVED_BYTES_IN_ALL = 128 * 1024 * 1024;
/** Notices are refused while this much is queued towards the peer. */
export const MAX_NOTICE_QUEUE_BYTES = 4 * 1024 * 1024;
export const MAX_MESSAGE_CHARS = 1000;
export const MAX_DETAILS_CHARS = 16 * 1024;

/** Three and a half of them are less than the 3 s in which a peer has to be shown as gone. */
export const HEARTBEAT_MS = 750;
/** Heartbeats without any sign of life after which a peer is down. */
export const MISSED_HEARTBEATS = 3;
/** From opening the stream to the other side's hello. */
export const HELLO_TIMEOUT_MS = 5000;
/** A peer that takes none of our bytes for this long is cut. */
export const SLOW_READER_MS = 15_000;
