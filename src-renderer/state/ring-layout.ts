/** Where what is of the ring is drawn: machines evenly around it, their parts along it. Pure. */
import type { MemberView, RingDrawing, TransferView } from '../wall.ts';

export interface Seat {
  readonly peerId: string;
  readonly name: string;
  readonly own: boolean;
  readonly present: boolean;
  /** It keeps the account that the drawing is about. */
  readonly keeps: boolean;
  readonly share: number;
  readonly x: number;
  readonly y: number;
  /** Of its name, beside it and off the ring. */
  readonly labelX: number;
  readonly labelY: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** SVG path of its parts of the circle. */
  readonly arcs: string;
}
/** A part that goes from one machine to another, as a bow through the ring. */
export interface Bow {
  readonly key: string;
  readonly path: string;
}
export interface Layout {
  readonly radius: number;
  readonly seats: readonly Seat[];
}

const RADIUS = 104;
const GONE: readonly string[] = ['left', 'revoked', 'retired'];

export function layOut(drawing: RingDrawing, members: readonly MemberView[]): Layout {
  const shown = members.filter(({ state }) => !GONE.includes(state));
  const paths = drawing.members.map(() => [] as string[]);
  for (const { member, from, to } of drawing.arcs) {
    paths[member]?.push(arc(from / drawing.partitions, to / drawing.partitions));
  }
  const seats = shown.map((member, index): Seat => {
    const { peerId, name, own, connected, share } = member;
    const [x, y] = at(index / shown.length);
    const place = drawing.members.indexOf(peerId);
    return {
      peerId,
      name: name === '' ? `…${peerId.slice(-6)}` : name,
      own,
      present: own || connected,
      keeps: drawing.place?.owners.includes(peerId) === true,
      share,
      x,
      y,
      ...labelOf(x, y),
      arcs: paths[place]?.join('') ?? '',
    };
  });
  return { radius: RADIUS, seats };
}

/** More would be a tangle; the list beside the drawing has them all. */
const MOST_BOWS = 16;

/** Who gives to whom now. Who takes over for a leaver takes from it, others from who keeps it. */
export function bowsOf(transfers: readonly TransferView[], seats: readonly Seat[]): readonly Bow[] {
  const places = new Map(seats.map((seat) => [seat.peerId, seat]));
  const bows = new Map<string, Bow>();
  for (const { kind, change, from, to, state } of transfers) {
    const givers = kind === 'leave' && change !== undefined ? [change] : from;
    const into = places.get(to.peerId);
    for (const giver of state === 'moving' && into !== undefined ? givers : []) {
      const out = places.get(giver.peerId);
      if (out === undefined || out === into) continue;
      const key = `${giver.peerId} ${to.peerId}`;
      if (into !== undefined) bows.set(key, { key, path: bow(out, into) });
    }
  }
  return [...bows.values()].slice(0, MOST_BOWS);
}

/** Through the ring and round its middle. */
function bow(from: Seat, to: Seat): string {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const aside = (115 * (1 - Math.hypot(x, y) / RADIUS)) / length;
  const [midX, midY] = [
    round(x * 0.3 - (to.y - from.y) * aside),
    round(y * 0.3 + (to.x - from.x) * aside),
  ];
  return `M${from.x} ${from.y}Q${midX} ${midY} ${to.x} ${to.y}`;
}

function labelOf(x: number, y: number): Pick<Seat, 'labelX' | 'labelY' | 'anchor'> {
  if (Math.abs(x) < RADIUS / 4) return { labelX: 0, labelY: y > 0 ? 26 : -17, anchor: 'middle' };
  return { labelX: x > 0 ? 17 : -17, labelY: 4, anchor: x > 0 ? 'start' : 'end' };
}

/** A point of the circle: 0 is the top, then clockwise; 1 is the top again. */
function at(turn: number): [number, number] {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return [round(RADIUS * Math.cos(angle)), round(RADIUS * Math.sin(angle))];
}

function arc(from: number, to: number): string {
  // A whole circle begins and ends in one point, and would be none: in two halves.
  if (to - from > 0.5) return arc(from, (from + to) / 2) + arc((from + to) / 2, to);
  const [x1, y1] = at(from);
  const [x2, y2] = at(to);
  return `M${x1} ${y1}A${RADIUS} ${RADIUS} 0 0 1 ${x2} ${y2}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
