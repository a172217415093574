/** What this machine keeps of functions (PROTOCOL.md, Disk, records `n`): JSON, one a name. */
import { utf8, utf8ToString } from '../../base/bytes.ts';
import type { RecordStore, RecordWrite } from '../../storage/record-store.ts';
import type { LogLineView } from '../views/functions.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';

/** How far a function has come in the stream of one account. */
export interface Checkpoint {
  readonly position: string;
  readonly events: number;
  readonly writes: number;
}

/** The last that a function said. */
export interface KeptLog {
  readonly lines: readonly LogLineView[];
  readonly lastRunMs?: number | undefined;
}

const SPACE = 'function';

const checkpointName = (name: string, account: string): string => `checkpoint/${name}/${account}`;
const logPrefix = 'log/';
const pausedName = (name: string): string => `paused/${name}`;

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
  /** @param log undefined: nothing is kept of it any more. */
  keepLog(name: string, log: KeptLog | undefined): Promise<void>;
  isPaused(name: string): Promise<boolean>;
  setPaused(name: string, paused: boolean): Promise<void>;
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
      const all = (await records.list(SPACE)).filter(({ name }) => name.startsWith(logPrefix));
      return new Map(
        all.map(({ name, value }) => [name.slice(logPrefix.length), parsed(value) as KeptLog]),
      );
    },
    keepLog: (name, log) =>
      log === undefined
        ? records.delete(SPACE, `${logPrefix}${name}`)
        : records.put(SPACE, `${logPrefix}${name}`, json(log)),
    async isPaused(name) {
      return (await records.get(SPACE, pausedName(name))) !== undefined;
    },
    setPaused: (name, paused) =>
      paused
        ? records.put(SPACE, pausedName(name), utf8('paused'))
        : records.delete(SPACE, pausedName(name)),
  };
}

function json(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(utf8ToString(bytes));
}
