/** What happens between opening the disk and the first read or write (decision 0301). */
import { toHex, utf8, utf8ToString } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import {
  checksumOf,
  damagedRecord,
  openRecord,
  sealRecord,
  shift256,
  type CheckedRecord,
} from './checked-record.ts';
import type { Disk, DiskKey, DiskOp } from './disk.ts';
import {
  BIRTHMARK_KEY,
  DAMAGE_KEY,
  EPOCH_KEY,
  LIFE_KEY,
  REPAIR_KEY,
  STATE_KEY,
} from './record-keys.ts';
import { decodeState, EMPTY_STATE, encodeState, type StoreState } from './state-record.ts';
import {
  MAX_EPOCHS,
  decodeEpochs,
  decodeProblems,
  decodeRepair,
  encodeEpochs,
  encodeProblems,
  MAX_PROBLEMS,
  type RenewReason,
  type RepairReport,
  type StoreProblem,
} from './store-health.ts';
import { decodeLife, encodeLife, nextLife, type StoreLife } from './store-life.ts';
import { problemsOf, recount } from './store-recount.ts';

export interface Opened {
  readonly state: StoreState;
  /** The one in force first. */
  readonly epochs: readonly StoreEpoch[];
  readonly life: StoreLife;
  readonly renewed: RenewReason | undefined;
  readonly lostGroups: number;
  readonly problems: readonly StoreProblem[];
  /** The last repair. */
  readonly repair: RepairReport | undefined;
}

export interface OpeningComponents {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The state the disk holds now; all zero when it holds none. */
export async function readState(disk: Pick<Disk, 'get'>): Promise<StoreState> {
  return (await findState(disk)) ?? { ...EMPTY_STATE };
}

/** What a store says of itself, compared with the file outside and the birthmark. */
export interface Found {
  readonly state: StoreState;
  readonly epochs: readonly StoreEpoch[];
  /** Of the process before. */
  readonly life: StoreLife | undefined;
  readonly outside: number;
  readonly isCopy: boolean;
  readonly lostGroups: number;
  /** Found now, and by scans and reads before. */
  readonly problems: readonly StoreProblem[];
  readonly fresh: readonly StoreProblem[];
  readonly repair: RepairReport | undefined;
}

export async function inspectStore(components: OpeningComponents): Promise<Found> {
  const { disk, clock } = components;
  const found = await findState(disk);
  const fresh: StoreProblem[] = [];
  const report = (kind: StoreProblem['kind'], detail: string): void => {
    fresh.push({ kind, at: clock.wallMs(), detail });
  };
  const state = found ?? (await recount(disk)).state;
  if (found === undefined && state.records > 0) {
    report('state-missing', 'The record that counts the others was gone; they were counted anew.');
  }
  const [epochRecord, markRecord, lifeRecord, damageRecord, repairRecord] = await Promise.all(
    [EPOCH_KEY, BIRTHMARK_KEY, LIFE_KEY, DAMAGE_KEY, REPAIR_KEY].map((key) => read(disk, key)),
  );
  const epochs = epochRecord === undefined ? [] : decodeEpochs(epochRecord.body);
  if (found !== undefined && epochs.length === 0) {
    report('state-missing', 'The record of its epochs was gone.');
  }
  const outside = (await disk.readOutside()) ?? 0;
  const lostGroups = Math.max(0, outside - state.sequence);
  const isCopy = markRecord !== undefined && !(await disk.bears(utf8ToString(markRecord.body)));
  if (lostGroups > 0 && !isCopy) {
    report('tail-lost', `${lostGroups} groups of writes that were confirmed are missing.`);
  }
  if (fresh.length === 0 && disk.doubt !== undefined) {
    for (const { kind, detail } of problemsOf(await recount(disk))) report(kind, detail);
  }
  const earlier = damageRecord === undefined ? [] : decodeProblems(damageRecord.body);
  return {
    ...{ state, outside, isCopy, lostGroups, fresh },
    epochs: epochs as StoreEpoch[],
    life: lifeRecord === undefined ? undefined : decodeLife(lifeRecord),
    problems: [...earlier, ...fresh].slice(-MAX_PROBLEMS),
    repair: repairRecord === undefined ? undefined : decodeRepair(repairRecord.body),
  };
}

/** Makes a new epoch, durable, when this is not the life of the store that wrote last. */
export async function openStore(components: OpeningComponents): Promise<Opened> {
  return beginLife(await inspectStore(components), components);
}

export async function beginLife(found: Found, components: OpeningComponents): Promise<Opened> {
  const { disk, logger, random } = components;
  const { state, epochs, outside, lostGroups, problems, repair } = found;
  for (const { kind, detail } of found.fresh)
    logger.error('the store is damaged', { kind, detail });
  const renewed = renewReason({
    ...{ isCopy: found.isCopy, lostGroups },
    epochs: epochs.length,
    records: state.records,
  });
  const life = nextLife(found.life, { isNewEpoch: renewed !== undefined, random });
  const opened = { epochs, life, renewed, lostGroups, problems, repair };
  if (renewed !== undefined) logger.info('the store begins a new epoch', { reason: renewed });

  const records = new Map<DiskKey, Uint8Array>([[LIFE_KEY, encodeLife(life)]]);
  if (problems.length > 0) records.set(DAMAGE_KEY, encodeProblems(problems));
  if (renewed !== undefined) {
    opened.epochs = [newEpoch(random), ...epochs].slice(0, MAX_EPOCHS);
    records.set(EPOCH_KEY, encodeEpochs(opened.epochs));
  }
  // A new mark at each start: a backup of an earlier run then never bears the one on record.
  const birthmark = await disk.newBirthmark();
  records.set(BIRTHMARK_KEY, utf8(birthmark));
  const from = { ...state, sequence: Math.max(state.sequence, outside) };
  const written = await write(disk, from, records);
  await disk.keepBirthmark(birthmark);
  return { ...opened, state: written };
}

export function newEpoch(random: Random): StoreEpoch {
  return toHex(random.bytes(16)) as StoreEpoch;
}

function renewReason(found: {
  isCopy: boolean;
  lostGroups: number;
  epochs: number;
  records: number;
}): RenewReason | undefined {
  if (found.isCopy) return 'copied';
  if (found.lostGroups > 0) return 'tail-lost';
  if (found.epochs > 0) return undefined;
  return found.records > 0 ? 'tail-lost' : 'first-start';
}

/** The epochs on record there; none that can be read: []. */
export async function readEpochs(disk: Pick<Disk, 'get'>): Promise<readonly StoreEpoch[]> {
  const record = await read(disk, EPOCH_KEY).catch(() => undefined);
  return record === undefined ? [] : (decodeEpochs(record.body) as StoreEpoch[]);
}

async function findState(disk: Pick<Disk, 'get'>): Promise<StoreState | undefined> {
  const record = await read(disk, STATE_KEY);
  if (record === undefined) return undefined;
  try {
    return decodeState(record.body);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw damagedRecord(STATE_KEY, 'its layout is wrong', cause);
  }
}

async function read(disk: Pick<Disk, 'get'>, key: DiskKey): Promise<CheckedRecord | undefined> {
  const raw = await disk.get(key);
  return raw === undefined ? undefined : openRecord(key, raw);
}

/** One batch of its own, before the queue exists; the answer is the state after it. */
async function write(
  disk: Disk,
  before: StoreState,
  bodies: ReadonlyMap<DiskKey, Uint8Array>,
): Promise<StoreState> {
  const state = { ...before, sequence: before.sequence + 1 };
  const ops: DiskOp[] = [];
  for (const [key, body] of bodies) {
    const old = await read(disk, key);
    const made = sealRecord(key, { body });
    state.records += old === undefined ? 1 : 0;
    state.digest = shift256(
      state.digest,
      checksumOf(made),
      old === undefined ? 0n : checksumOf(old),
    );
    ops.push({ key, value: made.raw });
  }
  ops.push({ key: STATE_KEY, value: sealRecord(STATE_KEY, { body: encodeState(state) }).raw });
  await disk.commit(ops);
  return state;
}
