/** Events that functions failed on, again and again; so many are kept, the newest ones. */
import { AppError } from '../../base/app-error.ts';
import { utf8, utf8ToString } from '../../base/bytes.ts';
import type { RecordStore, RecordWrite, RecordSpace } from '../../storage/record-store.ts';
import type { FunctionEvent } from './function-api.ts';

export interface DeadLetter {
  readonly id: string;
  readonly function: string;
  readonly account: string;
  readonly event: FunctionEvent;
  readonly error: string;
  readonly tries: number;
  readonly wallMs: number;
  /** How deep in a chain of causes it stands. */
  readonly depth: number;
  /** The event's values were too large to be kept with it: it cannot be given again. */
  readonly cut?: boolean;
}

export interface DeadLetters {
  /** Of one function, the oldest first. */
  letters(name: string): Promise<readonly DeadLetter[]>;
  /** From memory mostly: it is asked for at every look at the functions. */
  countLetters(name: string): Promise<number>;
  /** To be called when letters of a function were written or deleted, or may have been. */
  recount(name: string): void;
  /** What is to be written so that it is kept, and how many older ones go for it. */
  bury(letter: DeadLetter): Promise<{ readonly writes: readonly RecordWrite[]; gone: number }>;
  forget(letter: DeadLetter): RecordWrite;
}

/** Of one function; beyond them the oldest go (invariant 10). */
export interface LetterLimits {
  readonly count: number;
  readonly bytes: number;
}

const LIMITS: LetterLimits = { count: 1000, bytes: 16 * 1024 * 1024 };
/** A letter with larger values keeps what is after only, then none. */
const MAX_LETTER_BYTES = 900_000;
const MAX_ERROR_CHARS = 2000;

/** What names of records of a function's letters begin with. */
export const deadPrefix = (name: string): string => `dead/${name}/`;
const nameOf = (letter: Pick<DeadLetter, 'function' | 'account' | 'id'>): string =>
  `${deadPrefix(letter.function)}${letter.account}/${letter.id}`;

export function createDeadLetters(
  init: { readonly space: RecordSpace; readonly limits?: LetterLimits },
  { records }: { readonly records: RecordStore },
): DeadLetters {
  const { space, limits = LIMITS } = init;
  const kept = (name: string) => records.list(space, deadPrefix(name));
  const counts = new Map<string, number>();
  let recounts = 0;
  const remove = (name: string): RecordWrite => ({ space, name, value: null });

  return {
    async letters(name) {
      const all = (await kept(name)).map(({ value }) => parsed(value));
      return all.sort((a, b) => a.wallMs - b.wallMs);
    },
    async countLetters(name) {
      const known = counts.get(name);
      if (known !== undefined) return known;
      const before = recounts;
      const { length } = await kept(name);
      // What was read while letters came or went may be of before.
      if (before === recounts) counts.set(name, length);
      return length;
    },
    recount(name) {
      recounts++;
      counts.delete(name);
    },
    async bury(letter) {
      const name = nameOf(letter);
      const value = encoded(letter);
      const others = (await kept(letter.function))
        .filter((one) => one.name !== name)
        .map((one) => ({ ...one, wallMs: parsed(one.value).wallMs }))
        .sort((a, b) => b.wallMs - a.wallMs);
      let bytes = value.byteLength;
      const going = others.filter((one, i) => {
        bytes += one.value.byteLength;
        return i + 1 >= limits.count || bytes > limits.bytes;
      });
      const writes = [{ space, name, value }, ...going.map((one) => remove(one.name))];
      return { writes, gone: going.length };
    },
    forget: (letter) => remove(nameOf(letter)),
  };
}

/** True when the function is to blame; else the world is, and it is tried for ever. */
export function isBlamed({ code }: AppError): boolean {
  return ['BAD_REQUEST', 'LIMIT_EXCEEDED', 'TIMEOUT'].includes(code);
}

/** @throws LIMIT_EXCEEDED for a letter whose values are gone: it would look like a deletion. */
export function eventAgain({ event, cut }: DeadLetter): FunctionEvent {
  if (cut !== true) return { ...event, retried: true };
  throw new AppError(
    'LIMIT_EXCEEDED',
    'Its values were too large to be kept with it. Change the item, and it is given again.',
  );
}

function encoded(letter: DeadLetter): Uint8Array {
  const whole = { ...letter, error: letter.error.slice(0, MAX_ERROR_CHARS) };
  const { event } = whole;
  const lessAndLess: readonly DeadLetter[] = [
    whole,
    { ...whole, event: { ...event, before: [] } },
    { ...whole, event: { ...event, before: [], after: [] }, cut: true },
  ];
  let value = new Uint8Array();
  for (const one of lessAndLess) {
    value = new Uint8Array(utf8(JSON.stringify(one)));
    if (value.byteLength <= MAX_LETTER_BYTES) break;
  }
  return value;
}

function parsed(bytes: Uint8Array): DeadLetter {
  return JSON.parse(utf8ToString(bytes)) as DeadLetter;
}
