/** Two members' tables, each with a change of placement that the other one has not heard of. */
import type { SimulatedMember } from './simulated-member.ts';

interface Row {
  readonly seat: string;
  readonly epochCounter: number;
  readonly n: number;
}

/** What of a member's table its lists depend on, and how new each row is. */
export type TableSight = ReadonlyMap<string, Row>;

/** What the member goes by at any moment; nothing while it is down. */
export const sightOf = (member: SimulatedMember) => (): TableSight =>
  member.isUp ? tableSight(member) : new Map();

function tableSight({ members }: SimulatedMember): TableSight {
  const rows = new Map<string, Row>();
  for (const { record, known } of members.entries()) {
    const { state, capacity, steady, host, zone, wanted } = known;
    const seat = JSON.stringify([state, capacity, steady, host, zone, wanted]);
    rows.set(record.peer, { seat, epochCounter: record.epochCounter, n: record.n });
  }
  const { settings } = members;
  const seat = JSON.stringify(settings);
  return rows.set('settings', { seat, epochCounter: settings.number, n: 0 });
}

/**
 * True when neither follows the other: then their lists are two changes apart, made without each
 * other, and DESIGN §6.4 speaks of one.
 */
export function areApart(a: TableSight, b: TableSight): boolean {
  return knowsMore(a, b) && knowsMore(b, a);
}

function knowsMore(a: TableSight, b: TableSight): boolean {
  return [...a].some(([peer, row]) => {
    const other = b.get(peer);
    if (other === undefined) return true;
    const newer = row.epochCounter - other.epochCounter || row.n - other.n;
    return newer > 0 && row.seat !== other.seat;
  });
}
