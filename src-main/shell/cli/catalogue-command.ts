import type { CataloguePreview, ProductProblem } from '../../app/views/catalogue.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type Command, type CommandIo } from './command.ts';
import { moneyText } from './money-text.ts';
import { printable, textTable } from './text-table.ts';

const PROBLEMS: Readonly<Record<ProductProblem, string>> = {
  notAList: 'this is no list of products (JSON: an array, or one called "products")',
  notJson: 'here, or right before, it is no JSON any more',
  noTitles: 'the first line names no column "title"',
  openQuote: 'a quote begins here and never ends',
  tooManyCells: 'more cells than the first line names',
  titleMissing: 'there is no title',
  tooLong: 'a text or a price is too long',
  price: 'the price is no amount like 21.90',
  currency: 'the price needs a currency like EUR (--currency)',
  twice: 'the same product stands further up',
  tooMany: 'a list has 5,000 products at most',
};

const SHOWN = 10;

const catalogue = defineCommand({
  name: 'catalogue import',
  takes: 'FILE',
  count: [1, 1],
  summary: 'bring a list of products along, which then completes what is typed into carts',
  options: {
    ...ACCOUNT_OPTION,
    preview: { type: 'boolean', about: 'only show what it would bring, and what is wrong where' },
    currency: { type: 'string', value: 'CODE', about: 'of prices that name none' },
  },
  notes:
    'FILE is CSV with a first line of names (title, price, currency, category, unit, sku; also in ' +
    'Portuguese; commas, semicolons or tabs), or JSON: an array of such objects. Lines with a ' +
    'problem are named and left out. - is standard input.',
  examples: [
    'carrossel catalogue import examples/groceries.csv --preview',
    'carrossel catalogue import examples/mercearia.csv',
  ],
  async run({ io, json, values, positionals: [file = ''], client }) {
    const text = file === '-' ? await io.readInput() : await io.readFile(file);
    const peer = await client();
    const { currency = io.env['CARROSSEL_CURRENCY'] } = values;
    const input = {
      ...(await accountInput(peer, values.account)),
      ...(currency === undefined ? {} : { currency }),
      text,
    };
    const preview = await peer.catalogue.preview(input);
    if (values.preview === true) {
      io.out(json ? JSON.stringify(preview) : previewText(preview, io));
      return;
    }
    if (!json && preview.bad > 0) io.err(problemsText(preview));
    const done = await peer.catalogue.import(input);
    const left = done.bad === 0 ? '' : `, ${done.bad} left out`;
    const said = `Catalogue: ${done.written} written, ${done.there} were there${left}.`;
    io.out(json ? JSON.stringify(done) : said);
  },
});

function previewText(preview: CataloguePreview, io: CommandIo): string {
  const { good, fresh, changed, products } = preview;
  const rows = products
    .slice(0, SHOWN)
    .map(({ product }) => [
      printable(product.title),
      printable(product.category ?? ''),
      printable(product.unit ?? ''),
      product.price === undefined ? '' : moneyText(product.price, io.locale),
    ]);
  const columns = [
    ...[{ title: 'Title' }, { title: 'Category' }, { title: 'Unit' }],
    { title: 'Price', align: 'right' as const },
  ];
  const more = good > SHOWN ? [`and ${good - SHOWN} more`] : [];
  const said = `${good} products: ${fresh} new, ${changed} changed, ${good - fresh - changed} there.`;
  const table = rows.length === 0 ? [] : [textTable(columns, rows)];
  const problems = preview.bad === 0 ? [] : [problemsText(preview)];
  return [...table, ...more, ...(good === 0 ? [] : [said]), ...problems].join('\n');
}

function problemsText({ problems, good, bad }: CataloguePreview): string {
  const lines = problems
    .slice(0, SHOWN)
    .map((one) => `  ${placeText(one)}: ${PROBLEMS[one.problem]}`);
  const more = bad > SHOWN ? [`  and ${bad - SHOWN} more`] : [];
  const head = good === 0 ? 'Nothing in this file can be taken' : leftOut(bad);
  return [`${head}:`, ...lines, ...more].join('\n');
}

function placeText({ line, number }: CataloguePreview['problems'][number]): string {
  return number === undefined ? `line ${line}` : `line ${line} (product ${number})`;
}

function leftOut(bad: number): string {
  return bad === 1 ? 'One is left out' : `${bad} are left out`;
}

export const CATALOGUE_COMMANDS: readonly Command[] = [catalogue];
