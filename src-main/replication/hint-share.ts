import { AppError } from '../base/app-error.ts';
import type { PeerId } from '../domain/ids.ts';
import type { ItemStore } from '../storage/item-store.ts';

/** A quarter of the room for hints (DESIGN §3: 256 MiB). */
const MAX_BYTES = 64 * 1024 * 1024;
/** Members remembered; beyond them who sent longest ago begins anew. */
const MAX_MEMBERS = 1000;

/**
 * Bounds what one member fills of the room for hints, so that it cannot take it from all others.
 * An estimate of this process: hints do not say who brought them, so as all of them grow fewer,
 * each member's part is taken to shrink alike; and a restart forgets.
 */
export interface HintShare {
  /**
   * Runs `work`, which may add hints of up to `bytes` in the name of the member.
   * @throws QUOTA_EXCEEDED when the member's share is full; `work` is not run then.
   */
  within<T>(from: PeerId, bytes: number, work: () => Promise<T>): Promise<T>;
}

/** @param init.maxBytes of one member's hints. @default 64 MiB */
export function createHintShare(
  init: { readonly maxBytes?: number },
  components: { readonly store: Pick<ItemStore, 'hintBytes'> },
): HintShare {
  const { maxBytes = MAX_BYTES } = init;
  const { store } = components;
  const used = new Map<PeerId, number>();
  let total = 0;

  /** Follows the room that all hints take now. */
  async function follow(): Promise<number> {
    const now = await store.hintBytes();
    if (now < total) for (const [peer, own] of used) used.set(peer, (own * now) / total);
    total = now;
    return now;
  }
  function note(from: PeerId, bytes: number): void {
    used.delete(from);
    used.set(from, bytes);
    const [oldest] = used.keys();
    if (used.size > MAX_MEMBERS && oldest !== undefined) used.delete(oldest);
  }
  return {
    async within(from, bytes, work) {
      if (bytes === 0) return work();
      const before = await follow();
      const own = used.get(from) ?? 0;
      if (own + bytes > maxBytes) {
        throw new AppError('QUOTA_EXCEEDED', 'This machine keeps all it can for that member.', {
          details: { maxBytes },
        });
      }
      // Counted at once, so that many at a time find the same bound; what took no room is given
      // back (sent again, it is here already).
      note(from, own + bytes);
      let grown = 0;
      try {
        const done = await work();
        grown = Math.min(bytes, Math.max(0, (await follow()) - before));
        return done;
      } finally {
        note(from, Math.max(0, (used.get(from) ?? 0) - (bytes - grown)));
      }
    },
  };
}
