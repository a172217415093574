import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentProblem } from '../../src-main/domain/cart.ts';
import { MAX_PRODUCTS, readProducts } from '../../src-main/domain/catalogue.ts';

const digits = (currency: string) => (currency === 'JPY' ? 0 : 2);
const read = (text: string, currency?: string) => readProducts(text, { currency, digits });
const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('a list of products', () => {
  it('is read from CSV with heads in English or Portuguese', () => {
    const english = 'Title,Price,Currency,Category,Unit,SKU\n Rice  5 kg ,21.9,EUR,Food,bag,a1\n';
    expect(read(english)).toEqual({
      problems: [],
      products: [
        {
          line: 2,
          product: {
            ...{ title: 'Rice 5 kg', sku: 'a1', category: 'Food', unit: 'bag', price: eur(2190) },
          },
        },
      ],
    });
    const portuguese = '\uFEFFproduto;preço;moeda\nFeijão;"8,49";BRL\nSal;;\n';
    expect(read(portuguese).products).toEqual([
      { line: 2, product: { title: 'Feijão', price: { amount: 849, currency: 'BRL' } } },
      { line: 3, product: { title: 'Sal' } },
    ]);
  });

  it('is read from JSON: texts, objects, prices as money or as amounts', () => {
    const list = ['Tea', { name: 'Rice', price: eur(500) }, { title: 'Salt', price: 1.5 }];
    for (const text of [JSON.stringify(list), JSON.stringify({ products: list })]) {
      expect(read(text, 'EUR').products).toEqual([
        { line: 1, number: 1, product: { title: 'Tea' } },
        { line: 1, number: 2, product: { title: 'Rice', price: eur(500) } },
        { line: 1, number: 3, product: { title: 'Salt', price: eur(150) } },
      ]);
    }
  });

  it('says what is wrong in which line, and takes the others', () => {
    const text = [
      'title,price,currency',
      'Tea,2.50,EUR',
      ',1,EUR',
      'Rice,cheap,EUR',
      'Salt,1.999,EUR',
      'Soap,1,euro',
      'Milk,1',
      'tea,9,EUR',
      'Bread,1,EUR,more',
      `${'x'.repeat(201)},1,EUR`,
      'Yen,100,JPY',
      'Eggs,"1',
    ].join('\n');
    const { products, problems } = read(text);
    expect(products.map(({ line }) => line)).toEqual([2, 11]);
    expect(problems).toEqual([
      { line: 3, problem: 'titleMissing' },
      { line: 4, problem: 'price' },
      { line: 5, problem: 'price' },
      { line: 6, problem: 'currency' },
      { line: 7, problem: 'currency' },
      { line: 8, problem: 'twice' },
      { line: 9, problem: 'tooManyCells' },
      { line: 10, problem: 'tooLong' },
      { line: 12, problem: 'openQuote' },
    ]);
    expect(read('price\n1\n').problems).toEqual([{ line: 1, problem: 'noTitles' }]);
    expect(read('[{]').problems).toEqual([{ line: 1, problem: 'notJson' }]);
    expect(read('{"title":"Tea"}').problems).toEqual([{ line: 1, problem: 'notAList' }]);
    expect(read('').problems).toEqual([{ line: 1, problem: 'noTitles' }]);
    const many = `title\n${Array.from({ length: MAX_PRODUCTS + 1 }, (_, i) => `p${i}`).join('\n')}`;
    expect(read(many).problems).toEqual([{ line: MAX_PRODUCTS + 2, problem: 'tooMany' }]);
  });

  it('says of JSON, too, what is wrong in which line', () => {
    const text = `{"shop": "x", "products": [
      {"title": "Tea", "price": 2.5},
      {
        "title": "Rice",
        "price": "cheap"
      }, {"title": "tea"},

      7,
      "Salt"
    ]}`;
    const { products, problems } = read(text, 'EUR');
    expect(products.map(({ line, number }) => [line, number])).toEqual([
      [2, 1],
      [9, 5],
    ]);
    expect(problems).toEqual([
      { line: 3, number: 2, problem: 'price' },
      { line: 6, number: 3, problem: 'twice' },
      { line: 8, number: 4, problem: 'titleMissing' },
    ]);
    expect(read('[\n{"title": "Tea"},\n{"title": "Rice",}\n]').problems).toEqual([
      { line: 3, problem: 'notJson' },
    ]);
    expect(read('\uFEFF[\n{"title": "Tea"}').problems).toEqual([{ line: 2, problem: 'notJson' }]);
  });

  it('never fails, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const whole of [text, `title,price\n${text}`]) {
          const bad = read(whole, 'EUR').products.filter(
            ({ product }) => contentProblem({ product, quantity: 1, note: '' }) !== undefined,
          );
          expect(bad).toEqual([]);
        }
      }),
    );
  });

  it('is right in our own examples', () => {
    for (const name of ['groceries', 'mercearia']) {
      const text = readFileSync(new URL(`../../examples/${name}.csv`, import.meta.url), 'utf8');
      const { products, problems } = read(text);
      expect(problems).toEqual([]);
      expect(products.length).toBeGreaterThan(30);
      expect(products.every(({ product }) => product.price !== undefined)).toBe(true);
    }
  });
});
