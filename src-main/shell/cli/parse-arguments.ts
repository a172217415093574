import { parseArgs } from 'node:util';
import type { Command, OptionSpec, OptionSpecs } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Options every command has. */
export const GLOBAL_OPTIONS = {
  data: { type: 'string', value: 'DIR', about: 'data folder of the peer' },
  json: { type: 'boolean', about: 'print JSON, one document a line, for programs' },
  help: { type: 'boolean', about: 'show this help' },
} as const satisfies OptionSpecs;

export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly positionals: readonly string[];
}

/** The words after a command's name, by its options. UsageError says what is wrong with them. */
export function parseArguments(command: Command, words: readonly string[]): Parsed {
  const specs: OptionSpecs = { ...command.options, ...GLOBAL_OPTIONS };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, optionOf(name, spec)]),
  );
  let parsed: { values: object; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(plainSentence(error));
  }
  const values = parsed.values as Parsed['values'];
  if (values['help'] !== true) checkCount(command, parsed.positionals);
  return { values, positionals: parsed.positionals };
}

function optionOf(
  name: string,
  spec: OptionSpec,
): { type: 'string' | 'boolean'; multiple?: boolean; short?: string } {
  if (name === 'help') return { type: 'boolean', short: 'h' };
  return spec.type === 'string' && spec.multiple === true
    ? { type: 'string', multiple: true }
    : { type: spec.type };
}

function checkCount(command: Command, positionals: readonly string[]): void {
  const [least, most] = command.count;
  if (positionals.length < least) {
    throw new UsageError(`carrossel ${command.name} needs ${command.takes}.`);
  }
  const extra = positionals[most];
  if (extra !== undefined) {
    throw new UsageError(
      `There is one argument too many: "${extra}". Put words that belong together in quotes.`,
    );
  }
}

/** Node's own sentence, first part: it goes on about `--` and positionals. */
function plainSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const first = text.split(/\. (?=To specify)/)[0] ?? text;
  return first.endsWith('.') ? first : `${first}.`;
}

/** A whole number between the bounds, from an option's text. */
export function wholeNumber(
  option: string,
  text: string,
  bounds: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < bounds.min || value > bounds.max) {
    throw new UsageError(
      `${option} takes a whole number from ${bounds.min} to ${bounds.max}, not "${text}".`,
    );
  }
  return value;
}

/** A machine's share of the ring, from an argument's text. */
export function capacityOf(text: string): number {
  const value = Number(text);
  if (!/^\d{1,2}(\.\d{1,2})?$/.test(text) || value > 64) {
    throw new UsageError(`A capacity is a number from 0 to 64, like 0.5 or 4, not "${text}".`);
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `30m`, `24h`, `7d` in milliseconds. */
export function duration(option: string, text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const scale = unit === undefined ? undefined : UNITS[unit];
  if (count === undefined || scale === undefined || Number(count) === 0) {
    throw new UsageError(`${option} takes a time like 30m, 24h or 7d, not "${text}".`);
  }
  return Number(count) * scale;
}
