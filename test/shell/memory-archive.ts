import { fromBase64url, utf8ToString } from '../../src-main/base/bytes.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import type { MemoryApp } from './memory-app.ts';
import { NOON } from './sample-carts.ts';

/** Files of the memory app: one item a line, no seal but a first line that names the passphrase. */
export function createMemoryArchive({
  items,
}: Pick<MemoryApp['memory'], 'items'>): AppApi['archive'] {
  let opened: { passphrase: string | undefined; checked: string; written: string } | undefined;
  const textOf = (chunk: string): string => utf8ToString(fromBase64url(chunk));
  const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  return {
    export: async function* ({ passphrase }) {
      await Promise.resolve();
      const total = items.size;
      let done = 0;
      if (passphrase !== undefined) yield { text: `sealed ${passphrase}\n`, done, total };
      for (const [sortKey, value] of items) {
        yield { text: `${JSON.stringify({ sortKey, value })}\n`, done: ++done, total };
      }
    },
    open({ passphrase }) {
      opened = { passphrase, checked: '', written: '' };
      return { id: 'i1' };
    },
    check({ chunk, last }) {
      if (opened === undefined) throw new AppError('NOT_FOUND', 'Not open.');
      opened.checked += textOf(chunk);
      const [first = '', ...rest] = linesOf(opened.checked);
      const sealed = first.startsWith('sealed ');
      if (sealed && first !== `sealed ${opened.passphrase ?? ''}`) {
        throw new AppError('WRONG_PASSPHRASE', 'That is not the passphrase of this file.');
      }
      const count = sealed ? rest.length : rest.length + Number(first !== '');
      const summary = { account: 'ab', name: 'Ana', madeMs: NOON, items: count };
      return {
        items: count,
        ...(last && { summary: { ...summary, kinds: [{ kind: 'note', items: count }] } }),
      };
    },
    write({ chunk, last }) {
      if (opened === undefined) throw new AppError('NOT_FOUND', 'Not open.');
      opened.written += textOf(chunk);
      const all = linesOf(opened.written).filter((line) => line.startsWith('{'));
      const found = all.map((line) => JSON.parse(line) as { sortKey: string; value: unknown });
      const fresh = found.filter(({ sortKey }) => !items.has(sortKey));
      const other = found.filter(
        ({ sortKey, value }) => items.has(sortKey) && items.get(sortKey) !== value,
      );
      if (last) for (const { sortKey, value } of fresh) items.set(sortKey, value);
      return {
        ...{ done: found.length, total: found.length, written: fresh.length },
        ...{ there: found.length - fresh.length - other.length, kept: other.length },
        keptItems: other.map(({ sortKey }) => ({ sortKey, why: 'different' as const })),
        finished: last,
      };
    },
  };
}
