import type { FunctionEvent, ItemValue, Json } from './function-api.ts';

/**
 * The wall between the peer and a function: events and answers go in, writes and log lines come
 * out, as plain JSON; nothing else passes. Two implementations, one suite: a worker thread for what
 * people install, and this very thread for what is built in and for the simulation.
 */
export interface FunctionWall {
  /** Loads a module. @throws BAD_REQUEST, with a sentence for whoever wrote it */
  open(source: FunctionSource): Promise<OpenFunction>;
}

/** Where modules are found. */
export interface FunctionFolder {
  readonly path: string;
  read(): Promise<readonly FunctionSource[]>;
  /** Returns what ends the watching. */
  watch(onChange: () => void): () => void;
}

export interface FunctionSource {
  /** The file's name, for people. */
  readonly file: string;
  readonly text: string;
  /** Why it is not even to be loaded. */
  readonly refused?: string;
}

export interface FunctionHead {
  readonly name: string;
  readonly prefix: string;
  readonly batch: number;
}

export interface FunctionCall {
  readonly account: { readonly id: string; readonly name: string };
  readonly events: readonly FunctionEvent[];
}

/** What a function may ask while it runs. */
export interface FunctionReads {
  get(key: string): Promise<readonly ItemValue[]>;
  query(range: {
    readonly prefix: string;
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly { readonly key: string; readonly values: readonly ItemValue[] }[]>;
}

export interface FunctionWrite {
  readonly key: string;
  /** Undefined deletes. */
  readonly value?: Json | undefined;
}

export interface FunctionResult {
  readonly writes: readonly FunctionWrite[];
  readonly logs: readonly string[];
}

export interface OpenFunction {
  readonly head: FunctionHead;
  /**
   * Runs the handler once. @throws BAD_REQUEST with what it threw, TIMEOUT, LIMIT_EXCEEDED
   * (memory): nothing of the run counts, and the next run finds a fresh function.
   */
  run(call: FunctionCall, reads: FunctionReads, signal: AbortSignal): Promise<FunctionResult>;
  /** Ends it, also in the middle of a run. */
  close(): Promise<void>;
}

export const FUNCTION_LIMITS = {
  /** Events of one call. */
  batch: 100,
  writes: 100,
  logLines: 100,
  logChars: 1000,
  /** Characters of a module. */
  source: 1024 * 1024,
  query: 100,
} as const;

const DEFAULT_BATCH = 25;

/** The head of what a module exports. Returns a sentence instead where it is none. */
export function readHead(found: unknown): FunctionHead | string {
  if (typeof found !== 'object' || found === null) return 'It has no default export.';
  const { name, on, batch, handler } = found as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    return 'Its name has to be small letters, digits and hyphens, at most 40.';
  }
  const prefix = (on as { prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== 'string') return 'It does not say on which prefix: on: { prefix: "…" }.';
  if (typeof handler !== 'function') return 'It has no handler.';
  const wanted = batch ?? DEFAULT_BATCH;
  if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted < 1) {
    return 'Its batch has to be a whole number from 1.';
  }
  return { name, prefix, batch: Math.min(wanted, FUNCTION_LIMITS.batch) };
}
