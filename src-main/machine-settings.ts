import { AppError } from './base/app-error.ts';
import { utf8, utf8ToString } from './base/bytes.ts';
import type { RecordStore } from './storage/record-store.ts';

/** What this machine was told at a start and keeps for the next one. */
export interface MachineSettings {
  readonly name: string;
  /** Share of the ring, 0–64. */
  readonly capacity: number;
  readonly zone: string;
  readonly steady: boolean;
  /** The TCP port of the last start: addresses that others remember stay true. */
  readonly port: number;
}

/** What of a machine's seat a person may change while it runs. */
export type SeatChange = Partial<Pick<MachineSettings, 'capacity' | 'zone'>>;

export interface KeptSettings {
  readonly current: MachineSettings;
  /** For this and every later start that says nothing else; durable when it resolves. */
  rememberSeat(change: SeatChange): Promise<void>;
  rememberPort(port: number): Promise<void>;
}

const NAME = 'machine';
const MAX_CAPACITY = 64;

/**
 * The settings of the last start, overridden by what was said at this one; durable when resolved.
 */
export async function loadMachineSettings(
  records: RecordStore,
  said: {
    readonly name: string | undefined;
    readonly capacity: number | undefined;
    readonly zone: string | undefined;
    readonly steady: boolean;
    readonly defaultName: string;
  },
): Promise<KeptSettings> {
  const kept = await records.get('setting', NAME);
  const before =
    kept === undefined ? {} : (JSON.parse(utf8ToString(kept)) as Partial<MachineSettings>);
  let current: MachineSettings = {
    name: said.name ?? before.name ?? said.defaultName,
    capacity: said.capacity ?? before.capacity ?? 1,
    zone: said.zone ?? before.zone ?? '',
    steady: said.steady,
    port: before.port ?? 0,
  };
  if (!(current.capacity >= 0 && current.capacity <= MAX_CAPACITY)) {
    throw new AppError('BAD_REQUEST', `A machine's share is between 0 and ${MAX_CAPACITY}.`);
  }
  const save = (): Promise<void> => records.put('setting', NAME, utf8(JSON.stringify(current)));
  await save();
  return {
    get current() {
      return current;
    },
    async rememberSeat(change) {
      current = { ...current, ...change };
      await save();
    },
    async rememberPort(port) {
      if (port === current.port) return;
      current = { ...current, port };
      await save();
    },
  };
}
