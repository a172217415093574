/** How a command reads: how many machines, how strictly; and, beside the answer, who gave it. */
import { ACCOUNT_OPTION } from './choose-account.ts';
import type { CommandIo } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';
import { answersText } from './words.ts';

export const READING = {
  ...ACCOUNT_OPTION,
  r: { type: 'string', value: 'R', about: 'how many machines should answer' },
  local: { type: 'boolean', about: "this machine's own disk only" },
  strict: { type: 'boolean', about: 'the last acknowledged state, or an error' },
} as const;
/** How many machines can be asked for. */
export const COUNTS = { min: 1, max: 64 };

interface ReadingValues {
  readonly r?: string;
  readonly local?: boolean;
  readonly strict?: boolean;
}
type Reading = { r?: number; consistency?: 'local' | 'strict' };

export function readingInput({ r, local, strict }: ReadingValues): Reading {
  if (local === true && strict === true) throw new UsageError('Either --local or --strict.');
  return {
    ...(r === undefined ? {} : { r: wholeNumber('--r', r, COUNTS) }),
    ...(local === true ? { consistency: 'local' as const } : {}),
    ...(strict === true ? { consistency: 'strict' as const } : {}),
  };
}

/** Beside the answer: who gave it. */
export function tellAnswers(
  io: CommandIo,
  read: Parameters<typeof answersText>[0],
  asked: number | undefined,
): void {
  const text = answersText(read, asked);
  if (text !== undefined) io.err(text);
}
