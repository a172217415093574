import { ApiError } from '../../src-renderer/api-error.ts';
import type { CataloguePreview } from '../../src-renderer/wall.ts';

/** Makes a procedure that notes what it was asked. */
type Answer = <T>(what: string, make: (input: never) => T) => never;

interface Part {
  readonly chunk: string;
  readonly last: boolean;
}

/** Exports, imports and catalogues: a file is sealed when its first word says so. */
export function createFixtureArchive(answer: Answer) {
  let passphrase: string | undefined;
  let text = '';
  const summary = {
    ...{ account: 'a1', name: 'Silva family', madeMs: Date.UTC(2026, 10, 12, 12), items: 3 },
    kinds: [
      { kind: 'cart', items: 1 },
      { kind: 'note', items: 2 },
    ],
  };
  const progress = { total: 3, written: 1, there: 1, kept: 1 };
  const kept = { sortKey: 'cart#1', name: 'Groceries', why: 'different' as const };
  const preview: CataloguePreview = {
    products: [{ line: 2, product: { title: 'Rice', price: { amount: 2190, currency: 'BRL' } } }],
    problems: [
      { line: 3, problem: 'price' },
      { line: 3, number: 2, problem: 'twice' },
    ],
    ...{ good: 1, bad: 2, fresh: 1, changed: 0 },
  };
  return {
    archive: {
      export: answer('archive.export', async function* () {
        await Promise.resolve();
        yield { text: 'head\n', done: 1, total: 2 };
        yield { text: 'end\n', done: 2, total: 2 };
      }),
      open: answer('archive.open', (input: { passphrase?: string }) => {
        passphrase = input.passphrase;
        text = '';
        return { id: 'i1' };
      }),
      check: answer('archive.check', ({ chunk, last }: Part) => {
        text += atob(chunk);
        if (text.startsWith('sealed') && passphrase !== 'correct horse') {
          const details = passphrase === undefined ? { needed: true } : {};
          throw new ApiError('WRONG_PASSPHRASE', 'Not that.', details);
        }
        return { items: 3, ...(last ? { summary } : {}) };
      }),
      write: answer('archive.write', ({ last }: Part) => ({
        ...{ ...progress, done: last ? 3 : 1, keptItems: [kept], finished: last },
      })),
    },
    catalogue: {
      preview: answer('catalogue.preview', () => preview),
      import: answer('catalogue.import', () => ({ written: 1, changed: 0, there: 0, bad: 1 })),
    },
  };
}
