import { createPlacement, type Placement } from '../domain/placement.ts';
import type { MemberTable } from '../replication/member-table.ts';

/** The placement of the members as they are now, worked out once per change of the table. */
export interface RingShape {
  of(members: MemberTable): Placement;
}

export function createRingShape(): RingShape {
  const known = new WeakMap<MemberTable, { placement: Placement | undefined }>();
  return {
    of(members) {
      let entry = known.get(members);
      if (entry === undefined) {
        const made: { placement: Placement | undefined } = { placement: undefined };
        members.on('changed', () => {
          made.placement = undefined;
        });
        known.set(members, made);
        entry = made;
      }
      return (entry.placement ??= createPlacement(members.all(), members.settings));
    },
  };
}
