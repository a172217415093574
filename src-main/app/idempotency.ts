/**
 * Same key, same answer, done once (DESIGN §2 Writes: mutating calls take an `Idempotency-Key`).
 * The key is marked durably *before* the work, and the answer kept for 24 hours. If the machine
 * stopped in between, nobody can say whether the work was done: the next call with that key is told
 * so (OUTCOME_UNKNOWN) instead of having it done twice. What is kept is sealed, since answers hold
 * titles and notes; those that show a secret once (phrases) are kept in memory only.
 */
import { AppError, toAppError } from '../base/app-error.ts';
import { utf8 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import { sha256Hex } from '../base/sha256.ts';
import { isErrorCode, type ErrorCode } from '../base/error-code.ts';
import type { Random } from '../base/random.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { SecretStore } from '../storage/secret-store.ts';
import { createAnswerSeal } from './answer-seal.ts';
import type { CallContext } from './call-context.ts';

const KEEP_MS = 24 * 3600 * 1000;
const MAX_KEPT = 10_000;
const MAX_KEY_LENGTH = 200;
/** How often old answers are looked for, in calls. */
const SWEEP_EVERY = 100;
/** Larger answers are not kept; a repeated call is then told that the first one succeeded. */
const MAX_ANSWER_CHARS = 64 * 1024;
/** After these something may have been written; after any other refusal nothing was. */
const UNCERTAIN: ReadonlySet<string> = new Set<ErrorCode>([
  'OUTCOME_UNKNOWN',
  'ABORTED',
  'TIMEOUT',
  'STORAGE_FAILED',
  'INTERNAL',
]);

export interface Idempotency {
  /**
   * Runs `work` unless a call with the context's key has done so; then gives that call's answer.
   * @param procedure with the input, what the key stands for.
   * @throws IDEMPOTENCY_KEY_REUSED for the same key with another procedure or input.
   */
  once<T>(
    procedure: string,
    input: unknown,
    call: CallContext,
    work: () => Promise<T>,
    options?: { readonly secret?: boolean },
  ): Promise<T>;
}

interface Entry {
  readonly body: string;
  readonly wallMs: number;
  readonly outcome:
    | { readonly state: 'started' }
    | { readonly state: 'done'; readonly answer?: unknown }
    | {
        readonly state: 'failed';
        readonly code: string;
        readonly message: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
}

type Kept = Omit<Entry, 'wallMs'>;

export function createIdempotency(components: {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SecretStore;
}): Idempotency {
  const { records, clock } = components;
  const seal = createAnswerSeal(components);
  const lock = createKeyedLock({ maxWaiting: 100 });
  const inMemory = new Map<string, Entry>();
  let calls = 0;

  async function load(name: string, secret: boolean): Promise<Entry | undefined> {
    const kept = inMemory.get(name);
    const bytes =
      kept === undefined && !secret ? await records.get('idempotency', name) : undefined;
    if (bytes === undefined) return isFresh(kept) ? kept : undefined;
    const wallMs = seal.wallMsOf(bytes) ?? 0;
    if (!isFresh({ wallMs })) return undefined;
    return { ...((await seal.open(name, bytes)) as Kept), wallMs };
  }
  const isFresh = (entry: Pick<Entry, 'wallMs'> | undefined): boolean =>
    entry !== undefined && clock.wallMs() - entry.wallMs < KEEP_MS;

  async function save(name: string, secret: boolean, entry: Entry | undefined): Promise<void> {
    if (secret) {
      if (entry === undefined) inMemory.delete(name);
      else inMemory.set(name, entry);
      if (inMemory.size > 100) inMemory.delete(inMemory.keys().next().value ?? '');
    } else if (entry === undefined) await records.delete('idempotency', name);
    else {
      const { wallMs, ...kept } = entry;
      await records.put('idempotency', name, await seal.seal(name, wallMs, kept));
    }
  }

  /** Forgets answers older than a day, and the oldest of too many. */
  async function sweep(): Promise<void> {
    const all = (await records.list('idempotency'))
      .map(({ name, value }) => ({ name, wallMs: seal.wallMsOf(value) ?? 0 }))
      .sort((a, b) => b.wallMs - a.wallMs);
    const now = clock.wallMs();
    for (const [i, { name, wallMs }] of all.entries()) {
      if (i >= MAX_KEPT || now - wallMs >= KEEP_MS) await records.delete('idempotency', name);
    }
  }

  /** The work, and what is remembered of how it failed. */
  async function attempt<T>(entry: Started, work: () => Promise<T>): Promise<T> {
    const { name, secret, body, wallMs } = entry;
    try {
      return await work();
    } catch (error) {
      const { code, message, details } = toAppError(error);
      const failed: Entry = { body, wallMs, outcome: { state: 'failed', code, message, details } };
      // If this fails, the mark stays: the caller is then told that nobody knows.
      const noted = !UNCERTAIN.has(code)
        ? save(name, secret, undefined)
        : code === 'OUTCOME_UNKNOWN'
          ? save(name, secret, failed)
          : Promise.resolve();
      await noted.catch(() => undefined);
      throw error;
    }
  }

  return {
    async once(procedure, input, call, work, options = {}) {
      const key = call.idempotencyKey;
      if (key === undefined) return work();
      if (key === '' || key.length > MAX_KEY_LENGTH) {
        throw new AppError('BAD_REQUEST', `An idempotency key has 1 to ${MAX_KEY_LENGTH} letters.`);
      }
      const secret = options.secret ?? false;
      const name = sha256Hex(utf8(key));
      const body = sha256Hex(utf8(`${procedure}\n${canonicalJson(input)}`));
      return lock.run(name, async () => {
        const before = await load(name, secret);
        if (before !== undefined) return repeat(before, body);
        if (calls++ % SWEEP_EVERY === 0) await sweep();
        const entry = { body, wallMs: clock.wallMs() };
        await save(name, secret, { ...entry, outcome: { state: 'started' } });
        const answer = await attempt({ name, secret, ...entry }, work);
        const done: Entry = { ...entry, outcome: { state: 'done', ...kept(answer, secret) } };
        // The work is done: if that cannot be noted, the mark stays and nobody does it again.
        await save(name, secret, done).catch(() => undefined);
        return answer;
      });
    },
  };
}

interface Started {
  readonly name: string;
  readonly secret: boolean;
  readonly body: string;
  readonly wallMs: number;
}

/** The answer, unless it is too large to keep. */
function kept<T>(answer: T, secret: boolean): { readonly answer?: T } {
  const text: string | undefined = secret ? '' : JSON.stringify(answer);
  return (text ?? '').length <= MAX_ANSWER_CHARS ? { answer } : {};
}

/** The answer of the first call, for a call with the same key. */
function repeat<T>(entry: Entry, body: string): T {
  if (entry.body !== body) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      'This idempotency key was used for another request; take a new one for each request.',
    );
  }
  const { outcome } = entry;
  if (outcome.state === 'failed') {
    const code = isErrorCode(outcome.code) ? outcome.code : 'INTERNAL';
    throw new AppError(code, outcome.message, { details: outcome.details });
  }
  if (outcome.state === 'done' && 'answer' in outcome) return outcome.answer as T;
  throw new AppError(
    'OUTCOME_UNKNOWN',
    outcome.state === 'done'
      ? 'The first request with this key succeeded; its answer was too large to keep. Read again.'
      : 'The first request with this key was cut short and may have been done. Read to find out.',
    { details: { done: outcome.state === 'done' } },
  );
}

/** JSON with the members of every object in one order, so that equal inputs have equal texts. */
function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : inner,
    ) ?? 'null'
  );
}
