import type { PartitionKey } from '../domain/ids.ts';
import type { Placement } from '../domain/placement.ts';
import type { RingDrawing } from './views/ring-drawing.ts';

/** The placement as the page draws it. Pure. */
export function ringDrawing(
  placement: Placement,
  q: number,
  account: PartitionKey | undefined,
): RingDrawing {
  const numbers = new Map(placement.storing.map((peer, index) => [peer, index]));
  const arcs: { member: number; from: number; to: number }[] = [];
  for (let partition = 0; placement.storing.length > 0 && partition < q; partition++) {
    const [first] = placement.owners(partition);
    const member = first === undefined ? undefined : numbers.get(first);
    if (member === undefined) continue;
    const last = arcs.at(-1);
    if (last?.member === member && last.to === partition) last.to = partition + 1;
    else arcs.push({ member, from: partition, to: partition + 1 });
  }
  const drawing = {
    partitions: q,
    members: [...placement.storing],
    arcs,
    copies: placement.n,
  };
  if (account === undefined) return drawing;
  const partition = placement.partitionOf(account);
  return { ...drawing, place: { partition, owners: [...placement.owners(partition)] } };
}
