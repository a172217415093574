/** Which of the members met on a walk become owners: the walk, reordered by places. */
import type { RingWalk } from './token-ring.ts';

/** Where a member stands. Two members of one host name the same zone. */
export interface Place {
  readonly steady: boolean;
  readonly zone: string;
  readonly host: string;
}

export interface PlaceChoice {
  /** The best `n` distinct members of the walk (fewer if it has fewer), best first. */
  choose(walk: RingWalk, n: number): readonly number[];
}

/**
 * Three passes over the walk: members of zones not taken yet, then of hosts not taken yet, then the
 * rest; if that leaves no steady member although there is one, the first one met takes the last
 * seat.
 * @param places of member 0, 1, 2…
 */
export function choosePlaces(places: readonly Place[]): PlaceChoice {
  const zones = numbered(places.map((place) => place.zone));
  const hosts = numbered(places.map((place) => place.host));
  const someSteady = places.some((place) => place.steady);
  const isSteady = (member: number): boolean => places[member]?.steady === true;

  return {
    choose(walk, n) {
      const chosen = new Set<number>();
      const takenHosts = new Set<number | undefined>();
      if (n === 0) return [];
      if (zones.count < places.length) {
        const takenZones = new Set<number | undefined>();
        take(walk, n, chosen, zones.count, (member) => {
          if (!addNew(takenZones, zones.of[member])) return false;
          takenHosts.add(hosts.of[member]);
          return true;
        });
        take(walk, n, chosen, hosts.count - takenHosts.size, (member) =>
          addNew(takenHosts, hosts.of[member]),
        );
      }
      take(walk, n, chosen, places.length, () => true);
      const list = [...chosen];
      if (someSteady && !list.some(isSteady)) list[list.length - 1] = firstSteady(walk, isSteady);
      return list;
    },
  };
}

/** Adds members the pass wants, until n are chosen or the pass has found all it can (`most`). */
function take(
  walk: RingWalk,
  n: number,
  chosen: Set<number>,
  most: number,
  wants: (member: number) => boolean,
): void {
  let left = most;
  for (let i = 0; chosen.size < n && left > 0; i++) {
    const member = walk.at(i);
    if (member === undefined) return;
    if (chosen.has(member) || !wants(member)) continue;
    chosen.add(member);
    left--;
  }
}

function firstSteady(walk: RingWalk, isSteady: (member: number) => boolean): number {
  for (let i = 0; ; i++) {
    const member = walk.at(i);
    if (member === undefined) throw new RangeError('the walk has no steady member');
    if (isSteady(member)) return member;
  }
}

function addNew<T>(set: Set<T>, value: T): boolean {
  if (set.has(value)) return false;
  set.add(value);
  return true;
}

/** Equal names get equal numbers. */
function numbered(names: readonly string[]): { of: readonly number[]; count: number } {
  const numbers = new Map<string, number>();
  for (const name of names) if (!numbers.has(name)) numbers.set(name, numbers.size);
  return { of: names.map((name) => numbers.get(name) ?? 0), count: numbers.size };
}
