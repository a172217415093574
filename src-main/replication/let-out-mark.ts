import { toAppError } from '../base/app-error.ts';
import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Logger } from '../base/logger.ts';
import type { ActorId, PartitionKey } from '../domain/ids.ts';
import type { RecordStore } from '../storage/record-store.ts';

/** What of an actor's counters may be known elsewhere, as the disk says it for the next process. */
export interface LetOutMark {
  /** All up to this one. */
  readonly upTo: number;
  /** And all issued later, too: versions leave as they are written. */
  readonly open: boolean;
}

/**
 * One account's mark on disk, of the last actor it was written for. Written when a process first
 * writes, when it first lets something out, and when it writes again after it was cut off: never
 * once a write.
 */
export interface LetOutMarks {
  /** Undefined when there is none of this actor (or none that can be read). */
  read(account: PartitionKey, actor: ActorId): Promise<LetOutMark | undefined>;
  /**
   * Resolves when it is on disk. A disk that refuses it is logged and does not stop the write: the
   * next process then takes too little for known, which costs a new epoch and loses nothing, or
   * too much, as without marks.
   */
  write(account: PartitionKey, actor: ActorId, mark: LetOutMark): Promise<void>;
  /** True when the last mark of the actor is open, and on disk. */
  isOpen(account: PartitionKey, actor: ActorId): boolean;
}

interface Kept {
  readonly mark: LetOutMark;
  readonly written: Promise<void>;
  onDisk: boolean;
}

export function createLetOutMarks(components: {
  readonly records: Pick<RecordStore, 'get' | 'put'>;
  readonly logger: Logger;
}): LetOutMarks {
  const { records, logger } = components;
  /** What was last asked to be written, by account and actor. */
  const last = new Map<string, Kept>();
  const nameOf = (account: PartitionKey): string => `let-out/${account}`;

  return {
    async read(account, actor) {
      const bytes = await records.get('setting', nameOf(account));
      return bytes === undefined ? undefined : decodeMark(bytes, actor);
    },
    write(account, actor, mark) {
      const name = `${account}/${actor}`;
      const known = last.get(name);
      if (known?.mark.open === mark.open && (mark.open || known.mark.upTo === mark.upTo)) {
        return known.written;
      }
      const bytes = utf8(JSON.stringify({ actor, ...mark }));
      const before = known?.written ?? Promise.resolve();
      const written = before
        .then(() => records.put('setting', nameOf(account), bytes))
        .then(() => {
          kept.onDisk = true;
        })
        .catch((error: unknown) => {
          if (last.get(name)?.written === written) last.delete(name);
          logger.warn('what left this machine could not be noted', {
            code: toAppError(error).code,
          });
        });
      const kept: Kept = { mark, written, onDisk: false };
      last.set(name, kept);
      return written;
    },
    isOpen(account, actor) {
      const kept = last.get(`${account}/${actor}`);
      return kept !== undefined && kept.mark.open && kept.onDisk;
    },
  };
}

function decodeMark(bytes: Uint8Array, actor: ActorId): LetOutMark | undefined {
  let read: unknown;
  try {
    read = JSON.parse(utf8ToString(bytes));
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const { actor: of, upTo, open } = read as Record<string, unknown>;
  if (of !== actor || typeof upTo !== 'number' || typeof open !== 'boolean') return undefined;
  return Number.isSafeInteger(upTo) && upTo >= 0 ? { upTo, open } : undefined;
}
