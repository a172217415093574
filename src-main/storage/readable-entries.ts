import type { Disk, DiskEntry, DiskKey } from './disk.ts';

const PAGE = 256;
/** After so many holes one after the other, larger steps are taken around what cannot be read. */
const HOLES_A_STEP = 64;
/** Bytes of a key that are counted up to get around a hole. */
const STEPS = [12, 8, 5, 3, 2, 1];

/**
 * All entries of a disk that can be read, in key order, in pages; around those that cannot.
 * @param onHole is told of each place where reading failed.
 */
export async function* readableEntries(
  disk: Pick<Disk, 'entries'>,
  onHole: (from: DiskKey) => void,
): AsyncIterable<readonly DiskEntry[]> {
  let from: DiskKey = '\0';
  let limit = PAGE;
  let holes = 0;
  for (;;) {
    const page = await disk.entries({ from, to: undefined }, { limit }).catch(() => undefined);
    if (page === undefined) {
      if (limit > 1) {
        limit = Math.ceil(limit / 8);
        continue;
      }
      onHole(from);
      const next = around(from, STEPS[Math.floor(holes++ / HOLES_A_STEP)]);
      if (next === undefined) return;
      from = next;
      limit = PAGE;
      continue;
    }
    if (page.length > 0) {
      holes = 0;
      yield page;
    }
    const last = page.at(-1);
    if (page.length < limit || last === undefined) return;
    from = `${last.key}\0`;
    limit = PAGE;
  }
}

/** The first key behind all that begin with these bytes. */
function around(key: DiskKey, bytes: number | undefined): DiskKey | undefined {
  if (bytes === undefined) return undefined;
  for (let end = Math.min(bytes, key.length); end > 0; end--) {
    const code = key.charCodeAt(end - 1);
    if (code < 0xff) return key.slice(0, end - 1) + String.fromCharCode(code + 1);
  }
  return undefined;
}
