import type { ContractRouterClient } from '@orpc/contract';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { contract } from '../contract.ts';
import type { NewFile } from './local-files.ts';
import type { PeerOptions } from '../../peer.ts';
import type { RunningPeer } from '../app-api.ts';

/** What a command is, and what it may touch: the outside world comes as an argument. */

export type Client = ContractRouterClient<typeof contract>;

/** The process around a command. */
export interface CommandIo {
  /** One line (or block) to standard output; the newline is added. */
  out(text: string): void;
  /** The same to standard error: questions, remarks, logs. */
  err(text: string): void;
  /**
   * One line of standard error that is drawn again, or taken away; only where that is a terminal.
   */
  readonly redraw?: ((text: string | undefined) => void) | undefined;
  /** Asks on standard error and reads one line; `hidden` is not echoed on a terminal. */
  ask(question: string, options: { hidden: boolean }): Promise<string>;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Line after line of standard input, until it ends or the signal does. */
  lines(signal: AbortSignal): AsyncIterable<string>;
  readFile(path: string): Promise<string>;
  /** A file that may be too large for memory, in its parts. */
  readParts(path: string): AsyncIterable<Uint8Array>;
  createFile(path: string): Promise<NewFile>;
  /** Opens an address in the person's browser, where there is one. */
  openPage(url: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  readonly hostName: string;
  readonly pid: number;
  /** Where package.json and dist/ are. */
  readonly appRoot: string;
  readonly version: string;
  /** For dates and amounts. */
  readonly locale: string;
  readonly timeZone: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts at SIGINT or SIGTERM; who asks takes over from the default, which is to end at once. */
  stopSignal(): AbortSignal;
  /** The peer itself is heavy and needed by one command only, so it is loaded when asked for. */
  loadPeer(): Promise<(options: PeerOptions) => Promise<RunningPeer>>;
}

interface FlagSpec {
  readonly type: 'boolean';
  readonly about: string;
}
interface TextSpec {
  readonly type: 'string';
  /** What stands for the value in the help: `HOST:PORT`. */
  readonly value: string;
  readonly about: string;
  readonly multiple?: boolean;
}
export type OptionSpec = FlagSpec | TextSpec;
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S extends FlagSpec
  ? boolean
  : S extends { readonly multiple: true }
    ? readonly string[]
    : string;
export type Values<O extends OptionSpecs> = { readonly [K in keyof O]?: ValueOf<O[K]> };

export interface Invocation<O extends OptionSpecs> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  readonly json: boolean;
  readonly dataDir: string;
  readonly io: CommandIo;
  /** The running peer of the data folder; NO_RUNNING_PEER when there is none. */
  client(): Promise<Client>;
}

export interface CommandSpec<O extends OptionSpecs> {
  /** `cart add`: the words that call it. */
  readonly name: string;
  /** Its arguments in the help: `TITLE` or `[NAME]`. */
  readonly takes: string;
  /** How many arguments it takes, at least and at most. */
  readonly count: readonly [number, number];
  readonly summary: string;
  readonly options: O;
  /** Further paragraphs of its help. */
  readonly notes?: string;
  readonly examples: readonly string[];
  run(call: Invocation<O>): Promise<void>;
}

/** A command whose options are only known by name. */
export type Command = CommandSpec<OptionSpecs>;

/** Types `run` by the options it declares. */
export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  return spec as unknown as Command;
}
