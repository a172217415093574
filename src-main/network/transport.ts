import type { Events } from '../base/emitter.ts';
import type { PeerId } from '../domain/ids.ts';
import type { ConnectionFailure } from './connection-failure.ts';
import type { Verb } from './verb.ts';

export interface TransportEvents {
  /** A member's RPC session stands: frames can be sent. */
  up: { readonly peer: PeerId };
  /** It is gone (closed, or heartbeats unanswered). */
  down: { readonly peer: PeerId; readonly reason: string };
  /**
   * `by` holds a session with another live machine that has this peer's id (a copied data folder):
   * this one was seen second and is refused there (DESIGN §2 Epochs). The person has to be told.
   */
  peerIdInUse: { readonly by: PeerId };
}

/** Bytes a request, answer or notice may have; a frame is at most 1 MiB (DESIGN §3). */
export const MAX_BODY_BYTES = 1024 * 1024 - 64;

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Incoming {
  readonly from: PeerId;
  /** Aborts when the requester gave up or its session ended. */
  readonly signal: AbortSignal;
}

/** Answers one verb. What it throws goes back as an error with its code and details. */
export type VerbHandler = (body: Uint8Array, incoming: Incoming) => Promise<Uint8Array>;

/**
 * Requests and one-way notices between members, over one long-lived pipelined stream per pair. The
 * libp2p transport and the simulated one (test/sim) pass one suite.
 */
export interface Transport extends Events<TransportEvents> {
  readonly self: PeerId;
  /**
   * The answer's body. Rejects with the remote error's own code, or UNREACHABLE (no session),
   * TIMEOUT, ABORTED, OVERLOADED (too many in flight to that peer), LIMIT_EXCEEDED (body larger
   * than MAX_BODY_BYTES).
   */
  request(peer: PeerId, verb: Verb, body: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  /** One way, unacknowledged. False when there is no session or its buffer is full. */
  notify(peer: PeerId, verb: Verb, body: Uint8Array): boolean;
  /** One handler a verb. Notices come the same way; their answer is dropped. */
  handle(verb: Verb, handler: VerbHandler): void;
  /** Members with a session now. */
  connected(): readonly PeerId[];
  isConnected(peer: PeerId): boolean;
  /** Smoothed round-trip time of heartbeats in ms; undefined before the first. */
  roundTripMs(peer: PeerId): number | undefined;
  /** The addresses of the connection in use, for people. */
  addressOf(peer: PeerId): string | undefined;
  /** Why there is no session now, as far as is known; undefined while there is one. */
  lastFailure(peer: PeerId): { reason: ConnectionFailure; message: string } | undefined;
  /**
   * Two nonces agreed when the session stood, the same on both ends (own first on the peer with
   * the smaller id): what a session proof signs, so that it cannot be replayed elsewhere.
   */
  sessionNonce(peer: PeerId): Uint8Array | undefined;
  /** Ends the session and connection (a revoked member, one that said goodbye). */
  disconnect(peer: PeerId, reason: string): void;
  /** The same for what no working member does; it counts, and too many shut the peer out. */
  offence(peer: PeerId, reason: string): void;
}
