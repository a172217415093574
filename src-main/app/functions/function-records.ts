/** What this machine keeps of functions (PROTOCOL.md, Disk, records `n`): JSON, one a name. */
import { utf8, utf8ToString } from '../../base/bytes.ts';
import type { RecordStore, RecordWrite } from '../../storage/record-store.ts';
import type { LogLineView } from '../views/functions.ts';
import { createDeadLetters, deadPrefix, type DeadLetters } from './dead-letters.ts';

/** How far a function has come in the stream of one account. */
export interface Checkpoint {
  readonly position: string;
  readonly events: number;
  readonly writes: number;
}

/** The last that a function said, and how it has been doing. */
export interface KeptLog {
  readonly lines: readonly LogLineView[];
  readonly runs: number;
  readonly errors: number;
  readonly lastRunMs?: number | undefined;
  readonly lastError?: string | undefined;
}

const SPACE = 'function';

const checkpointName = (name: string, account: string): string => `checkpoint/${name}/${account}`;
const logName = (name: string): string => `log/${name}`;
const pausedName = (name: string): string => `paused/${name}`;
const goneName = (name: string): string => `gone/${name}`;
/** Whatever has something kept has something of these. */
const NAMED_BY = ['checkpoint/', 'log/', 'paused/'] as const;

export interface FunctionRecords extends DeadLetters {
  /** The checkpoint, and its bytes as they are: what a commit may build on. */
  checkpoint(
    name: string,
    account: string,
  ): Promise<{ readonly value: Checkpoint | undefined; readonly raw: Uint8Array | null }>;
  /** Moves the checkpoint on, unless somebody else has. */
  moved(name: string, account: string, raw: Uint8Array | null, next: Checkpoint): RecordWrite;
  /** What functions said, by name. */
  logs(): Promise<ReadonlyMap<string, KeptLog>>;
  keepLog(name: string, log: KeptLog): Promise<void>;
  isPaused(name: string): Promise<boolean>;
  setPaused(name: string, paused: boolean): Promise<void>;
  /** Of all functions that anything is kept of; what cannot be loaded goes by its file. */
  names(): Promise<readonly string[]>;
  /** Functions that are not here any more: in how many rounds in a row that was so. */
  gone(): Promise<ReadonlyMap<string, number>>;
  setGone(name: string, rounds: number): Promise<void>;
  /** What is to be written so that nothing is kept of a function: one batch. */
  forgetting(name: string): Promise<readonly RecordWrite[]>;
}

export function createFunctionRecords({ records }: { records: RecordStore }): FunctionRecords {
  return {
    ...createDeadLetters({ space: SPACE }, { records }),
    async checkpoint(name, account) {
      const raw = (await records.get(SPACE, checkpointName(name, account))) ?? null;
      return { raw, value: raw === null ? undefined : (parsed(raw) as Checkpoint) };
    },
    moved: (name, account, raw, next) => ({
      space: SPACE,
      name: checkpointName(name, account),
      value: json(next),
      was: raw,
    }),
    async logs() {
      const all = await records.list(SPACE, logName(''));
      return new Map(all.map(({ name, value }) => [partOf(name), parsed(value) as KeptLog]));
    },
    keepLog: (name, log) => records.put(SPACE, logName(name), json(log)),
    async isPaused(name) {
      return (await records.get(SPACE, pausedName(name))) !== undefined;
    },
    setPaused: (name, paused) =>
      paused
        ? records.put(SPACE, pausedName(name), utf8('paused'))
        : records.delete(SPACE, pausedName(name)),
    async names() {
      const found = await Promise.all(NAMED_BY.map((prefix) => records.list(SPACE, prefix)));
      return [...new Set(found.flat().map(({ name }) => partOf(name)))];
    },
    async gone() {
      const all = await records.list(SPACE, goneName(''));
      return new Map(all.map(({ name, value }) => [partOf(name), Number(parsed(value))]));
    },
    setGone: (name, rounds) =>
      rounds === 0
        ? records.delete(SPACE, goneName(name))
        : records.put(SPACE, goneName(name), json(rounds)),
    async forgetting(name) {
      const prefixes = [checkpointName(name, ''), deadPrefix(name)];
      const found = await Promise.all(prefixes.map((prefix) => records.list(SPACE, prefix)));
      const single = [logName(name), pausedName(name), goneName(name)];
      return [...found.flat().map((one) => one.name), ...single].map((one) => ({
        ...{ space: SPACE, name: one, value: null },
      }));
    },
  };
}

/** The function's name in a record's: what is between the first slash and the next. */
function partOf(name: string): string {
  return name.split('/')[1] ?? '';
}

function json(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(utf8ToString(bytes));
}
