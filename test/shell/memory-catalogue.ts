import { readProducts } from '../../src-main/domain/catalogue.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';
import type { MemoryApp } from './memory-app.ts';

/** Lists of products of the memory app: read as the real ones, kept by title. */
export function createMemoryCatalogue({
  items,
}: Pick<MemoryApp['memory'], 'items'>): AppApi['catalogue'] {
  const read = (text: string, currency: string | undefined) =>
    readProducts(text, { currency, digits: () => 2 });
  return {
    preview({ text, currency }) {
      const { products, problems } = read(text, currency);
      const fresh = products.filter(({ product }) => !items.has(`product#${product.title}`));
      const counts = { good: products.length, bad: problems.length, fresh: fresh.length };
      return { products: [...products], problems: [...problems], ...counts, changed: 0 };
    },
    import({ text, currency }) {
      const { products, problems } = read(text, currency);
      const before = items.size;
      for (const { product } of products) items.set(`product#${product.title}`, product);
      const written = items.size - before;
      return { written, changed: 0, there: products.length - written, bad: problems.length };
    },
  };
}
