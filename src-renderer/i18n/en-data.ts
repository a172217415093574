import { count } from './en-count.ts';

const KINDS: Readonly<Record<string, string>> = {
  cart: 'carts',
  order: 'orders',
  decision: 'decisions',
  product: 'products',
  notice: 'notices',
};

/** English of exports, imports and catalogues. */
export const enData = {
  title: 'Your data',
  text: 'Everything of an account as a file, and lists of products.',
  account: 'Account',
  exportTitle: 'Export',
  exportText:
    'Carts, orders, decisions and all else of the account. The keys are not in it: the 12 words are what logs a machine in.',
  seal: 'Seal it with a passphrase',
  passphrase: 'Passphrase',
  passphraseHint: 'Eight characters or more. Without it nobody opens the file, you neither.',
  passphraseShort: 'That is too short.',
  export: 'Export',
  exporting: 'Exporting…',
  exported: 'The file is in your downloads.',
  importTitle: 'Import',
  importFile: 'A file that was exported',
  importText:
    'What is here already stays as it is, so this can be done twice, or again after it was cut off.',
  sealedFile: 'This file is sealed.',
  look: 'Open the file',
  whole: (name: string, when: string): string => `A whole export of “${name}” of ${when}.`,
  kinds: (kind: string): string => KINDS[kind] ?? kind,
  bring: (name: string): string => `Bring it into “${name}”`,
  bringing: 'Importing…',
  brought: (written: number, there: number, kept: number): string =>
    `${count(written, 'item', 'items')} brought along, ${there} were here, ${kept} left as they are here.`,
  keptText: 'Left as they are here:',
  why: { different: 'is otherwise here', deleted: 'was deleted here' },
  catalogue: {
    heading: 'Catalogue',
    text: 'A list of products, CSV or JSON, completes what you type into carts.',
    file: 'A list of products',
    tooLarge: 'This file is too large: a list has one million characters at most.',
    found: (good: number, fresh: number, changed: number): string =>
      `${count(good, 'product', 'products')}: ${fresh} new, ${changed} changed.`,
    title: 'Product',
    category: 'Category',
    price: 'Price',
    more: (n: number): string => `and ${n} more`,
    nothing: 'Nothing in this file can be taken:',
    leftOut: (n: number): string => (n === 1 ? 'One is left out:' : `${n} are left out:`),
    line: (line: number, number: number | undefined): string =>
      number === undefined ? `Line ${line}` : `Line ${line} (product ${number})`,
    problems: {
      notAList: 'this is no list of products',
      notJson: 'here, or right before, it is no JSON any more',
      noTitles: 'the first line names no column “title”',
      openQuote: 'a quote begins here and never ends',
      tooManyCells: 'there are more cells than the first line names',
      titleMissing: 'there is no title',
      tooLong: 'a text or a price is too long',
      price: 'the price is no amount like 21.90',
      currency: 'the currency is not three capital letters',
      twice: 'the same product stands further up',
      tooMany: 'a list has 5,000 products at most',
    },
    bring: (n: number): string => `Bring ${count(n, 'product', 'products')} along`,
    brought: (written: number, there: number): string =>
      `${count(written, 'product', 'products')} brought along, ${there} were there.`,
  },
};
