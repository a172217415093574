import { decodeCbor, encodeCbor } from '../base/cbor.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import type { Logger } from '../base/logger.ts';
import { toAppError } from '../base/app-error.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import { createPlacement, type Counts, type Placement } from '../domain/placement.ts';
import type { RingLists } from '../domain/ring-lists.ts';
import { readFields } from '../security/positional.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { Background } from './bounded-work.ts';
import type { MemberTable } from './member-table.ts';
import type { RingView } from './ring-view.ts';

const NAME = 'partitions-filled';
const FORMAT = 1;
const MAX_DEAD = 10_000;

/**
 * Which partitions this member has whole (decision 0104). An owner that has not is *unfilled*: it
 * takes writes, and its answers are not counted. The marks are durable, hold for one epoch of the
 * store, and start as none: who finds itself an owner without having taken the partition over (a
 * lost or restored disk, a member retired or revoked, other settings) knows it by that.
 */
export interface FillMarks {
  /** Reads what is on disk; to be awaited before anything is answered. */
  load(): Promise<void>;
  /** Owned here together with others, and not whole. */
  isUnfilled(partition: number): boolean;
  /** Coming in here, and whole under the list as it is now. */
  isTaken(partition: number): boolean;
  /** Partitions owned, or coming in, that are not whole. */
  lacking(): readonly number[];
  /** They are whole, under these lists (RingLists.listHash); what changed since is passed over. */
  filled(partitions: ReadonlyMap<number, string>): Promise<void>;
  /** The lists that acknowledged writes may still be known by alone: sources of a taking over. */
  readonly sources: Placement;
  /** The store has begun another life: nothing is known to be whole. */
  clear(): void;
}

interface Marks {
  whole: Set<number>;
  /** Coming in and whole: the list hash of then. */
  taken: Map<number, string>;
  /** Retired and revoked members whose partitions were given on, as `peer`. */
  gone: Set<string>;
  /** Copies and acknowledgements of the lists that `whole` was reached under. */
  n: number;
  w: number;
  /** Everything owned is being taken anew, since the counts changed. */
  renewing: boolean;
}

export function createFillMarks(components: {
  readonly view: RingView;
  readonly members: MemberTable;
  readonly store: Pick<ItemStore, 'epoch'>;
  readonly records: Pick<RecordStore, 'get' | 'put'>;
  readonly background: Background;
  readonly logger: Logger;
}): FillMarks {
  const { view, members, store, records, background } = components;
  const { self } = view;
  let lists = view.lists;
  let marks: Marks = fresh(lists.settled);
  let sources: Placement | undefined;
  let loaded = false;

  function fresh({ n, w }: Counts): Marks {
    return { whole: new Set(), taken: new Map(), gone: goneNow(), n, w, renewing: false };
  }
  function goneNow(): Set<string> {
    const out = members.all().filter(({ state }) => state === 'retired' || state === 'revoked');
    return new Set(out.map(({ peer }) => peer));
  }
  const save = (): Promise<void> => records.put('ring', NAME, encode(marks, store.epoch));
  function saveBehind(): void {
    background.run('marks of partitions', save);
  }
  /** Where members were taken out: who owns only by that is not whole. */
  function withGone(gone: ReadonlySet<string>): Placement | undefined {
    const fresh = [...gone].filter((peer) => !marks.gone.has(peer));
    if (fresh.length === 0) return undefined;
    const all = members
      .all()
      .map((one) => (fresh.includes(one.peer) ? { ...one, state: 'up' as const } : one));
    return createPlacement(all, members.settings, [lists.settled]);
  }
  /** True where a read by the counts of now may miss what was acknowledged by those of before. */
  function mayMiss({ n, w, r, readsLocally }: Placement): boolean {
    const asked = readsLocally ? n - w + 1 : r;
    const promises = asked + w > n;
    const missingAtMost = marks.n - marks.w;
    return promises && missingAtMost >= asked && marks.n > 0;
  }
  function review(before: RingLists): void {
    const { settled } = lists;
    const gone = goneNow();
    const alive = withGone(gone);
    const isNew = before.settled.n !== settled.n || before.settled.w !== settled.w;
    const misses = mayMiss(settled) && (isNew || !marks.renewing);
    const whole = new Set<number>();
    for (const partition of settled.partitionsOf(self)) {
      // A hash is made only where there is something to compare with.
      const mark = marks.taken.get(partition);
      const came = mark !== undefined && mark === before.listHash(partition);
      const stays = marks.whole.has(partition) && !misses;
      const byGone = alive !== undefined && !alive.isOwner(partition, self);
      if ((came || stays) && !byGone) whole.add(partition);
    }
    const taken = new Map(
      [...marks.taken].filter(([partition, hash]) => lists.listHash(partition) === hash),
    );
    if (alive !== undefined) taken.clear();
    const wider = settled.n - settled.w > marks.n - marks.w;
    const { n, w } = wider ? settled : marks;
    const renewing = misses || marks.renewing;
    marks = { whole, taken, gone: new Set([...gone].slice(0, MAX_DEAD)), n, w, renewing };
    sources = undefined;
    settleCounts();
    saveBehind();
  }
  /** With all whole, what earlier lists acknowledged is here: only the counts of now matter. */
  function settleCounts(): void {
    const { settled } = lists;
    if ([...settled.partitionsOf(self)].some((one) => !marks.whole.has(one))) return;
    marks.n = settled.n;
    marks.w = settled.w;
    marks.renewing = false;
    sources = undefined;
  }
  view.on('changed', () => {
    const before = lists;
    lists = view.lists;
    if (loaded) review(before);
  });
  return {
    async load() {
      const stored = await records.get('ring', NAME);
      loaded = true;
      if (stored === undefined) return;
      try {
        const found = decode(stored);
        if (found.epoch !== store.epoch) return;
        marks = found.marks;
        // Lists may have changed since they were written.
        review(lists);
      } catch (error) {
        components.logger.warn('marks of partitions are unreadable', {
          code: toAppError(error).code,
        });
      }
    },
    isUnfilled: (partition) => {
      const owners = lists.settled.owners(partition);
      return owners.length > 1 && owners.includes(self) && !marks.whole.has(partition);
    },
    isTaken: (partition) => marks.taken.get(partition) === lists.listHash(partition),
    lacking() {
      const { settled } = lists;
      return [...lists.keptBy(self)].filter((partition) =>
        settled.isOwner(partition, self)
          ? !marks.whole.has(partition)
          : marks.taken.get(partition) !== lists.listHash(partition),
      );
    },
    async filled(partitions) {
      for (const [partition, hash] of partitions) {
        if (lists.listHash(partition) !== hash) continue;
        if (lists.settled.isOwner(partition, self)) marks.whole.add(partition);
        else marks.taken.set(partition, hash);
      }
      settleCounts();
      await save();
    },
    get sources() {
      const { n, w } = marks;
      const { settled } = lists;
      if (n <= settled.n) return settled;
      sources ??= createPlacement(members.all(), { ...members.settings, n, r: 1, w }, [settled]);
      return sources;
    },
    clear() {
      marks = fresh(lists.settled);
      saveBehind();
    },
  };
}

function encode(marks: Marks, epoch: StoreEpoch): Uint8Array {
  return encodeCbor([
    ...[FORMAT, fromHex(epoch), marks.n, marks.w, marks.renewing],
    [...marks.whole].sort((a, b) => a - b),
    [...marks.taken].sort(([a], [b]) => a - b).map(([p, hash]) => [p, fromHex(hash)]),
    [...marks.gone].sort(),
  ]);
}

function decode(stored: Uint8Array): { epoch: StoreEpoch; marks: Marks } {
  return readFields(decodeCbor(stored), 'marks of partitions', (f) => {
    f.uint(FORMAT, FORMAT);
    const epoch = toHex(f.fixed(16)) as StoreEpoch;
    const [n, w, renewing] = [f.uint(), f.uint(), f.flag()];
    const whole = new Set(f.list(65_536, (one) => one.uint()));
    const taken = f.list(65_536, (list) =>
      list.nested((one) => [one.uint(), toHex(one.fixed(16))] as const),
    );
    const gone = new Set(f.list(MAX_DEAD, (one) => one.text(100)));
    return { epoch, marks: { whole, taken: new Map(taken), gone, n, w, renewing } };
  });
}
