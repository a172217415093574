/** What the store's health means for a person, and in the shape of the contract. */
import type { ItemStore } from '../storage/item-store.ts';
import type { RepairReport, StoreHealth } from '../storage/store-health.ts';
import type { Finding } from './views.ts';
import type { RepairView } from './views/store.ts';

/** Problems named in one sentence; a scan may find a hundred. */
const NAMED = 3;

export function isSound(health: StoreHealth): boolean {
  return health.state === 'sound' && health.writing === 'ok';
}

/** The store was repaired at this start, and not all of it came back. */
export function mayHaveForgotten({ renewed, repair }: StoreHealth): boolean {
  if (renewed !== 'repaired' || repair === undefined) return false;
  return repair.unreadable + repair.missing + repair.lostGroups > 0;
}

/** What is wrong now; undefined when nothing is. */
export function damageFinding(health: StoreHealth): Finding | undefined {
  const error = { check: 'store', level: 'error' } as const;
  if (health.writing !== 'ok') {
    return {
      ...error,
      found: `The last write to disk failed (${health.writing}).`,
      advice: 'Free some space or check the disk; writes are refused until one succeeds.',
    };
  }
  if (health.state === 'sound') return undefined;
  const { problems, unrepaired } = health;
  const named = problems.slice(0, NAMED).map(({ detail }) => detail);
  const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : '';
  return {
    ...error,
    found: `The store on this machine is damaged: ${named.join('; ')}${more}.`,
    advice:
      unrepaired ??
      'Stop Carrossel and start it again: it repairs its store then, and nothing that can be read ' +
        'is lost. What cannot be read comes back from the other machines.',
  };
}

/** What a repair brought back and what it could not, while the damaged store is kept. */
export async function repairFinding(
  report: RepairReport,
  store: Pick<ItemStore, 'read'>,
): Promise<Finding> {
  const { aside, items, versions } = report;
  const still = await stillMissing(report, store);
  const day = new Date(report.at).toISOString().slice(0, 10);
  const back = `${items} items (${versions} versions) were brought back`;
  const sentences = [
    `The store was damaged; it was repaired on ${day}: ${back}${lostText(report)}.`,
  ];
  const named = report.lostItems.length;
  if (named > 0 && still === 0) {
    sentences.push(`The ${named} items that could not be read here came back from other machines.`);
  }
  if (still > 0) {
    sentences.push(`Of ${still} items a version is not back; other machines may still bring it.`);
  }
  return {
    check: 'store',
    level: still > 0 ? 'warn' : 'ok',
    found: sentences.join(' '),
    advice: `The damaged store is kept in ${aside}; remove that folder when all is well.`,
  };
}

function lostText({ unreadable, missing, lostGroups }: RepairReport): string {
  const lost = [
    ...(unreadable > 0 ? [`${unreadable} records could not be read`] : []),
    ...(missing > 0 ? [`at least ${missing} records were gone`] : []),
    ...(lostGroups > 0 ? [`the last ${lostGroups} groups of writes were gone`] : []),
  ];
  return lost.length === 0 ? '; nothing was lost' : `; ${lost.join(', ')}`;
}

/** How many of the items named as lost hold nothing here yet. */
async function stillMissing(
  { lostItems }: RepairReport,
  store: Pick<ItemStore, 'read'>,
): Promise<number> {
  const held = await Promise.all(
    lostItems.map((key) => store.read(key).catch((): readonly unknown[] => [])),
  );
  return held.filter((siblings) => siblings.length === 0).length;
}

export function repairView(report: RepairReport | undefined): RepairView | null {
  if (report === undefined) return null;
  const { at, aside, items, versions, records, outbox, unreadable, missing, lostGroups } = report;
  const lostItems = report.lostItems.length;
  return {
    at,
    aside,
    items,
    versions,
    records,
    outbox,
    unreadable,
    missing,
    lostGroups,
    lostItems,
  };
}
