/**
 * Records that are kept twice, each copy with its own key. What the member table is made of is
 * little and all depends on it: who loses the row of the ring's only other machine takes itself for
 * the only owner, and acknowledges what nobody else has (decision 0516).
 */
import { equalBytes } from '../base/bytes.ts';
import type { RecordSpace, RecordStore } from '../storage/record-store.ts';

export interface TwinRecord {
  readonly name: string;
  /** One or two, and two only where they differ (a write was cut short). */
  readonly copies: readonly Uint8Array[];
  /** One copy is gone, or an older one. */
  readonly isDamaged: boolean;
}

export interface TwinRecords {
  /** Durable when it resolves; a failure may leave one of the two copies. */
  put(space: RecordSpace, name: string, value: Uint8Array): Promise<void>;
  get(space: RecordSpace, name: string): Promise<TwinRecord>;
  /** Durable when it resolves. */
  delete(space: RecordSpace, name: string): Promise<void>;
  /** All records of a space, in the order of their names' UTF-8 bytes. */
  list(space: RecordSpace): Promise<readonly TwinRecord[]>;
}

const TWIN = 'twin';

export function createTwinRecords(
  records: Pick<RecordStore, 'get' | 'put' | 'list' | 'delete'>,
): TwinRecords {
  const nameOf = (space: RecordSpace, name: string): string => `${space}/${name}`;
  return {
    async put(space, name, value) {
      // Both go with one batch of the disk.
      const both = [records.put(space, name, value), records.put(TWIN, nameOf(space, name), value)];
      await Promise.all(both);
    },
    async get(space, name) {
      const twin = await records.get(TWIN, nameOf(space, name));
      return joined(name, await records.get(space, name), twin);
    },
    async delete(space, name) {
      await Promise.all([records.delete(space, name), records.delete(TWIN, nameOf(space, name))]);
    },
    async list(space) {
      const prefix = nameOf(space, '');
      const own = new Map((await records.list(space)).map(({ name, value }) => [name, value]));
      const twins = new Map(
        (await records.list(TWIN))
          .filter(({ name }) => name.startsWith(prefix))
          .map(({ name, value }) => [name.slice(prefix.length), value]),
      );
      const names = [...new Set([...own.keys(), ...twins.keys()])].sort();
      return names.map((name) => joined(name, own.get(name), twins.get(name)));
    },
  };
}

function joined(
  name: string,
  own: Uint8Array | undefined,
  twin: Uint8Array | undefined,
): TwinRecord {
  const isSame = own !== undefined && twin !== undefined && equalBytes(own, twin);
  const copies = isSame ? [own] : [own, twin].filter((one) => one !== undefined);
  return { name, copies, isDamaged: copies.length > 0 && !isSame };
}
