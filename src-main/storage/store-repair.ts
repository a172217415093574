/** Opening a store so that it is sound: looked at first, repaired if it is damaged (DESIGN §3). */
import { AppError, isAppError, toAppError } from '../base/app-error.ts';
import { createEmitter } from '../base/emitter.ts';
import type { Disk, DiskRepair } from './disk.ts';
import type { ItemStoreEvents } from './item-store.ts';
import { createOpenedStore } from './opened-store.ts';
import { EPOCH_KEY, REPAIR_KEY } from './record-keys.ts';
import { EMPTY_STATE } from './state-record.ts';
import {
  encodeEpochs,
  encodeRepair,
  MAX_EPOCHS,
  type RepairReport,
  type StoreProblem,
} from './store-health.ts';
import {
  beginLife,
  inspectStore,
  newEpoch,
  openStore,
  readEpochs,
  readState,
} from './store-opening.ts';
import type { Found, Opened } from './store-opening.ts';
import { salvage } from './store-salvage.ts';
import type { StoreComponents, StoreOptions } from './store.ts';

type Components = StoreComponents & { readonly disk: Disk };
/** How the opening went; `unrepaired` says why a damaged store is used as it is. */
export type SoundOpened = Opened & { readonly unrepaired?: string };

/** What was found of a damaged store before its repair. */
interface Damage {
  readonly found: Found | undefined;
  readonly problems: readonly StoreProblem[];
  /** Why it could not even be looked at. */
  readonly error: AppError | undefined;
}

/**
 * Opens the disk and begins a life of the store on it. One that cannot be repaired (no room) is
 * used as it is if it can be read: nothing of it is lost by that, and it says that it is damaged.
 */
export async function openSound(
  options: Required<StoreOptions>,
  components: Components,
): Promise<SoundOpened> {
  const { disk, logger, clock } = components;
  const damage = await look(components);
  if ('state' in damage) {
    return guarded(disk, () => beginLife(damage, components));
  }
  await disk.close();
  for (const { kind, detail } of damage.problems) {
    logger.error('the store is damaged', { kind, detail });
  }
  try {
    await disk.repair(clock.wallMs(), (repair) =>
      rebuild(options, components, damage.problems, repair),
    );
  } catch (error) {
    const failed = toAppError(error);
    logger.error('the store could not be repaired', { code: failed.code, why: failed.message });
    if (damage.found === undefined) throw isAppError(error) ? error : (damage.error ?? failed);
    const opened = await guarded(disk, async () => {
      await disk.open();
      return openStore(components);
    });
    return { ...opened, unrepaired: failed.message };
  }
  const opened = await guarded(disk, async () => {
    await disk.open();
    return openStore(components);
  });
  const { repair } = opened;
  logger.warn('the store was repaired', {
    aside: repair?.aside,
    items: repair?.items,
    unreadable: repair?.unreadable,
    missing: repair?.missing,
    lostGroups: repair?.lostGroups,
  });
  return { ...opened, renewed: 'repaired', lostGroups: repair?.lostGroups ?? 0 };
}

/** What a sound store says of itself, or what is wrong with it. The disk is open if it can be. */
async function look(components: Components): Promise<Found | Damage> {
  const { disk, clock } = components;
  let isOpen = false;
  try {
    await disk.open();
    isOpen = true;
    const found = await inspectStore(components);
    if (found.problems.length === 0) return found;
    return { found, problems: found.problems, error: undefined };
  } catch (error) {
    const failed = isAppError(error) ? error : unreadable(error);
    // What cannot be opened for another reason (rights, a full disk) is not damaged. Once it is
    // open a read that fails is: a table whose bytes are gone says so, too.
    const isDamage =
      failed.code === 'STORE_DAMAGED' || (isOpen && failed.code === 'STORAGE_FAILED');
    if (!isDamage) {
      await disk.close();
      throw failed;
    }
    const problem = { kind: 'unreadable', at: clock.wallMs(), detail: failed.message } as const;
    return { found: undefined, problems: [problem], error: failed };
  }
}

async function guarded<T>(disk: Disk, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await disk.close();
    throw isAppError(error) ? error : unreadable(error);
  }
}

function unreadable(cause: unknown): AppError {
  return new AppError('STORE_DAMAGED', 'The store on this machine cannot be read.', { cause });
}

/** The fresh store: its new epoch first, then all that can be read, then the report of it. */
async function rebuild(
  options: Required<StoreOptions>,
  components: Components,
  problems: readonly StoreProblem[],
  { sources, fresh, aside, outside = 0 }: DiskRepair,
): Promise<void> {
  const { clock, logger, random, readEnvelope, isSigned } = components;
  const last = Math.max(0, ...(await Promise.all(sources.map(sequenceOf))));
  const earlier = new Set((await Promise.all(sources.toReversed().map(readEpochs))).flat());
  const epochs = [newEpoch(random), ...earlier].slice(0, MAX_EPOCHS);
  const emitter = createEmitter<ItemStoreEvents>((error) => {
    logger.error('a listener of the store failed', { error: String(error) });
  });
  const facts: Opened = {
    // Above both numbers: else what stands outside would say that a tail is lost.
    state: { ...EMPTY_STATE, sequence: Math.max(outside, last) },
    ...{ epochs, life: { running: true, base: 0 }, renewed: undefined },
    ...{ lostGroups: 0, problems: [], repair: undefined },
  };
  const store = createOpenedStore(options, { ...components, disk: fresh, emitter, facts });
  try {
    await store.restore.records([{ key: EPOCH_KEY, body: encodeEpochs(epochs) }]);
    const saved = await salvage(sources, { readEnvelope, isSigned, store });
    const report: RepairReport = {
      ...saved,
      ...{ at: clock.wallMs(), aside },
      problems,
      items: (await store.queries.size()).items,
      outbox: await store.queries.outboxSize(),
      lostGroups: Math.max(0, outside - last),
    };
    await store.restore.records([{ key: REPAIR_KEY, body: encodeRepair(report) }]);
  } finally {
    await store.close();
  }
}

/** 0 when it cannot be read. */
async function sequenceOf(source: DiskRepair['sources'][number]): Promise<number> {
  return readState(source).then(
    (state) => state.sequence,
    () => 0,
  );
}
