import { AppError } from '../../src-main/base/app-error.ts';
import {
  groupMore,
  listGroups,
  NO_GROUPS,
  parseField,
  type Plain,
} from '../../src-main/domain/grouping.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import type { MemoryApp } from './memory-app.ts';
import { COMPLETE, NOON } from './sample-carts.ts';

/** Raw items of the memory app. */
export function createMemoryItems({
  items,
  calls,
}: Pick<MemoryApp['memory'], 'items' | 'calls'>): Pick<AppApi, 'items' | 'batch'> {
  const own: AppApi['items'] = {
    get: ({ sortKey }) => itemView(sortKey, items.get(sortKey)),
    put: ({ sortKey, value }, call) => {
      calls.set('items.put', call);
      items.set(sortKey, value);
      return { sortKey, version: 'v1', context: 'k1', safety: COMPLETE };
    },
    delete: ({ sortKey, w }) => {
      if (!items.delete(sortKey)) throw new AppError('NOT_FOUND', 'There is no such item.');
      return {
        sortKey,
        version: 'v2',
        context: 'k2',
        safety: w === undefined ? COMPLETE : { ...COMPLETE, state: 'safe', copies: w },
      };
    },
    query: ({ prefix = '', limit, reverse, groupBy, sum, min, max }) => {
      const said = { freshness: 'local' as const, answered: 1, answeredOwners: 1 };
      if (groupBy !== undefined) {
        const grouping = {
          by: parseField(groupBy),
          ...(sum === undefined ? {} : { sum: parseField(sum) }),
          ...(min === undefined ? {} : { min: parseField(min) }),
          ...(max === undefined ? {} : { max: parseField(max) }),
        };
        const rows = [...items]
          .filter(([key]) => key.startsWith(prefix))
          .map(([sortKey, value]) => ({
            ...{ sortKey, value: value as Plain, device: 'kitchen', day: '2026-11-12' },
          }));
        const groups = listGroups(groupMore(NO_GROUPS, rows, grouping), grouping);
        return { items: [], groups: [...groups], ...said };
      }
      const keys = [...items.keys()].filter((key) => key.startsWith(prefix)).sort();
      const shown = (reverse ? keys.reverse() : keys).slice(0, limit);
      return {
        items: shown.map((key) => itemView(key, items.get(key))),
        ...said,
        ...(keys.length > limit ? { next: shown.at(-1) ?? '' } : {}),
      };
    },
    retry: () => ({ safety: COMPLETE }),
    withdraw: () => ({ withdrawn: true }),
  };
  return {
    items: own,
    batch: {
      get: ({ sortKeys }) => ({
        items: sortKeys.map((key) => itemView(key, items.get(key))),
        ...{ freshness: 'local' as const, answered: 1, answeredOwners: 1 },
      }),
      write({ writes }, call) {
        calls.set('batch.write', call);
        for (const { sortKey, value } of writes) {
          if (value === undefined) items.delete(sortKey);
          else items.set(sortKey, value);
        }
        return {
          items: writes.map(({ sortKey }) => ({ sortKey, version: 'v1', context: 'k1' })),
          safety: COMPLETE,
        };
      },
    },
  };
}

function itemView(sortKey: string, value: unknown) {
  const version = { version: 'v1', device: 'kitchen', wallMs: NOON, deleted: false };
  return {
    sortKey,
    context: 'k1',
    siblings: value === undefined ? [] : [{ ...version, value: value as string }],
    freshness: 'local' as const,
    answered: 1,
    answeredOwners: 1,
  };
}
