/**
 * A long list of lines in pieces that the browser lays out and paints, or passes over, as one.
 * Each of them costs it a little at every frame and every input, so a thousand are too many. Pure.
 */
import type { LineView } from '../wall.ts';

export interface LinePiece {
  /** Stays with the piece while its lines come and go. */
  readonly key: number;
  readonly lines: readonly LineView[];
}

const SIZE = 10;
/** To cut one in two draws lines anew: not while somebody moves one past a few others. */
const MOST = 4 * SIZE;

/**
 * The lines in order, in pieces. A line that changes its piece is drawn anew and loses the focus,
 * so as few as possible do, and `keep` (the one in hand or in focus) never. A piece that says what
 * it said is the same object.
 */
export function piecesOf(
  before: readonly LinePiece[],
  lines: readonly LineView[],
  keep?: string,
): readonly LinePiece[] {
  const sharing = share(before, lines, keep);
  let fresh = 1 + Math.max(0, ...before.map(({ key }) => key));
  return sharing.flatMap(({ at, lines: of }) => {
    const parts = of.length > MOST ? cut(of) : [of];
    const heir = Math.max(
      0,
      parts.findIndex((part) => part.some(({ id }) => id === keep)),
    );
    return parts.map((part, index) => {
      const old = index === heir && at !== undefined ? before[at] : undefined;
      if (old !== undefined && sameLines(old.lines, part)) return old;
      return { key: old?.key ?? fresh++, lines: part };
    });
  });
}

interface Share {
  /** Which of the pieces there were; undefined: a new one. */
  readonly at: number | undefined;
  readonly lines: LineView[];
}

function share(
  before: readonly LinePiece[],
  lines: readonly LineView[],
  keep: string | undefined,
): readonly Share[] {
  const places = staying(before, lines, keep);
  /** Of each line, the piece of the next one that stays in its own. */
  const ahead = new Array<number | undefined>(lines.length);
  for (let index = lines.length - 1, next: number | undefined; index >= 0; index--) {
    ahead[index] = next = places[index] ?? next;
  }
  const shares: Share[] = [];
  for (const [index, line] of lines.entries()) {
    const last = shares.at(-1);
    const place = places[index];
    const joins =
      place === undefined
        ? last !== undefined && (last.lines.length < SIZE || last.at === (ahead[index] ?? -1))
        : last?.at === place;
    if (joins) last?.lines.push(line);
    else
      shares.push({ at: place ?? (last === undefined ? ahead[index] : undefined), lines: [line] });
  }
  return shares;
}

/** For each line the index of the piece it stays in; undefined for a new one and one that moves. */
function staying(
  before: readonly LinePiece[],
  lines: readonly LineView[],
  keep: string | undefined,
): (number | undefined)[] {
  const at = new Map(before.flatMap((piece, place) => piece.lines.map(({ id }) => [id, place])));
  const places = lines.map(({ id }) => at.get(id));
  const kept = lines.findIndex(({ id }) => id === keep);
  const own = places[kept];
  const able = places.map((place, index) => {
    if (place === undefined || own === undefined) return place;
    // On the wrong side of the one that has to stay.
    return index < kept ? (place > own ? undefined : place) : place < own ? undefined : place;
  });
  const stay = longestRise(able);
  return able.map((place, index) => (stay.has(index) ? place : undefined));
}

/** Indexes of the most numbers that never fall, those that are undefined left out. */
function longestRise(numbers: readonly (number | undefined)[]): ReadonlySet<number> {
  /** By length: the index at which the best run of that length ends. */
  const ends: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const [index, value] of numbers.entries()) {
    if (value === undefined) continue;
    const highest = numbers[ends.at(-1) ?? -1] ?? 0;
    let [low, high] = [highest <= value ? ends.length : 0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    previous.set(index, ends[low - 1]);
    ends[low] = index;
  }
  const rise = new Set<number>();
  for (let at = ends.at(-1); at !== undefined; at = previous.get(at)) rise.add(at);
  return rise;
}

function cut(lines: readonly LineView[]): readonly LineView[][] {
  const parts = Math.ceil(lines.length / SIZE);
  return Array.from({ length: parts }, (_, at) => lines.slice(at * SIZE, (at + 1) * SIZE));
}

function sameLines(a: readonly LineView[], b: readonly LineView[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
