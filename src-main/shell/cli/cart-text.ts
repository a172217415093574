import type { CartView, LineGroup, LineView, SiblingView } from '../../app/views.ts';
import { suggestedLines } from './cart-suggested.ts';
import { moneyText } from './money-text.ts';
import { printable, textTable } from './text-table.ts';
import { count, freshnessText, listText, safetyText, timeText, type TimeStyle } from './words.ts';

/**
 * A cart for a terminal: a table; while a choice is open, the union in groups with who did what.
 */

const GROUPS: readonly { readonly group: LineGroup; readonly title: string }[] = [
  { group: 'same', title: 'The same in every version' },
  { group: 'added', title: 'Added on one side' },
  { group: 'changed', title: 'Changed on one side' },
  { group: 'removed', title: 'Removed on one side (kept here until you choose)' },
  { group: 'choose', title: 'Changed on more than one side: please choose' },
];

/** Lines in the order they are shown and numbered, which `cart set 3` and the like go by. */
export function numberedLines(cart: CartView): readonly LineView[] {
  if (!cart.conflict) return cart.lines;
  return GROUPS.flatMap(({ group }) => cart.lines.filter((line) => line.group === group));
}

/** A, B, C… for the versions that stand side by side. */
export function letterOf(cart: CartView, version: string): string {
  const at = cart.siblings.findIndex((sibling) => sibling.version === version);
  return at < 0 ? '?' : String.fromCharCode(65 + (at % 26));
}

export function cartText(cart: CartView, style: TimeStyle): string {
  const lines = numberedLines(cart);
  const numbers = new Map(lines.map((line, i) => [line.id, i + 1]));
  return cart.conflict
    ? conflictText(cart, numbers, style)
    : [titleText(cart, style), plainLines(cart, numbers, style)].join('\n\n');
}

/** The same with what only one side changed taken as it is; the numbers stay those of the union. */
export function suggestedText(cart: CartView, style: TimeStyle): string {
  if (!cart.conflict) return cartText(cart, style);
  const union = numberedLines(cart);
  const numbers = new Map(union.map((line, i) => [line.id, i + 1]));
  // A product that was added on both sides is a question, too.
  const open = union.flatMap(({ group, productGroup }, i) =>
    group === 'choose' || productGroup !== undefined ? [String(i + 1)] : [],
  );
  const lines = [...suggestedLines({ ...cart, lines: [...union] })];
  return [
    printable(cart.name) + (cart.shared ? ' (shared)' : ''),
    plainLines({ ...cart, lines }, numbers, style),
    'This is how it comes together if what only one side changed counts; nothing is saved yet.\n' +
      (open.length === 0 ? '' : `To choose about still: ${listText(open)}.\n`) +
      `  carrossel cart show ${JSON.stringify(cart.name)}   all of it, side by side`,
  ].join('\n\n');
}

function titleText(cart: CartView, { locale }: TimeStyle): string {
  const sums = cart.totals.map((total) => moneyText(total, locale)).join(' + ');
  return [
    printable(cart.name) + (cart.shared ? ' (shared)' : ''),
    count(cart.lines.length, 'line'),
    ...(sums === '' ? [] : [cart.conflict ? `${sums} until you choose` : sums]),
    safetyText(cart.safety),
    freshnessText(cart.freshness),
  ].join(' · ');
}

function plainLines(
  cart: CartView,
  numbers: ReadonlyMap<string, number>,
  style: TimeStyle,
): string {
  if (cart.lines.length === 0) return '  Nothing here yet: carrossel cart add "Rice 5 kg"';
  const noted = cart.lines.some((line) => line.note !== '');
  const priced = cart.lines.some((line) => line.product.price !== undefined);
  return textTable(
    [
      { title: '#', align: 'right' },
      { title: 'Quantity', align: 'right' },
      { title: 'Item' },
      { title: priced ? 'Price' : '', align: 'right' },
      { title: priced ? 'Total' : '', align: 'right' },
      { title: noted ? 'Note' : '' },
    ],
    cart.lines.map((line) => [
      String(numbers.get(line.id)),
      quantityText(line.quantity, line.product.unit),
      printable(line.product.title) + (line.ordered === undefined ? '' : ' (ordered)'),
      ...priceCells(line, style.locale),
      printable(line.note),
    ]),
    '  ',
  );
}

function priceCells(line: LineView, locale: string): [string, string] {
  const { price } = line.product;
  if (price === undefined) return ['', ''];
  const total = { ...price, amount: price.amount * line.quantity };
  return [moneyText(price, locale), moneyText(total, locale)];
}

function quantityText(quantity: number, unit: string | undefined): string {
  return unit === undefined || unit === '' ? String(quantity) : `${quantity} ${printable(unit)}`;
}

function conflictText(
  cart: CartView,
  numbers: ReadonlyMap<string, number>,
  style: TimeStyle,
): string {
  const devices = new Set(cart.siblings.map((sibling) => deviceText(sibling)));
  const sections = GROUPS.flatMap(({ group, title }) => {
    const lines = cart.lines.filter((line) => line.group === group);
    if (lines.length === 0) return [];
    const rows = lines.map((line) => [
      String(numbers.get(line.id)),
      quantityText(line.quantity, line.product.unit),
      printable(line.product.title),
      storyOf(cart, line, style),
    ]);
    const columns = [
      { title: '', align: 'right' as const },
      { title: '', align: 'right' as const },
    ];
    return [`${title}\n${textTable([...columns, { title: '' }, { title: '' }], rows, '  ')}`];
  });
  return [
    titleText(cart, style),
    `Written apart by ${listText([...devices])}: ` +
      `${count(cart.siblings.length, 'version')} stand side by side.\n` +
      'Nothing is lost; below is all of it together.',
    siblingsText(cart, style),
    ...sections,
    chooseText(cart),
  ].join('\n\n');
}

function siblingsText(cart: CartView, style: TimeStyle): string {
  const rows = cart.siblings.map((sibling) => [
    letterOf(cart, sibling.version),
    deviceText(sibling),
    timeText(sibling.wallMs, style),
    sibling.deleted ? 'deleted the cart' : count(sibling.lines, 'line'),
  ]);
  const columns = ['', 'Version of', 'Saved', ''].map((title) => ({ title }));
  return textTable(columns, rows, '  ');
}

/** `laptop (this machine)`. */
export function deviceText(sibling: SiblingView): string {
  const name = printable(sibling.device);
  return sibling.own ? `${name} (this machine)` : name;
}

function storyOf(cart: CartView, line: LineView, { locale }: TimeStyle): string {
  const by = (versions: readonly string[]): string =>
    listText(versions.map((version) => letterOf(cart, version)));
  switch (line.group) {
    case 'same':
      return printable(line.note);
    case 'added':
      return `added in ${by(line.by)}`;
    case 'changed':
      return `changed in ${by(line.by)}: ${variantsText(cart, line, locale)}`;
    case 'removed':
      return `removed in ${by(line.by)}`;
    case 'choose':
      return variantsText(cart, line, locale);
  }
}

/** `A: 2; B: 3 at R$ 4.00; C: removed`. */
function variantsText(cart: CartView, line: LineView, locale: string): string {
  const differs = (pick: (variant: LineView['variants'][number]) => unknown): boolean =>
    new Set(line.variants.map((variant) => JSON.stringify(pick(variant)))).size > 1;
  const titles = differs((variant) => variant.product.title);
  const prices = differs((variant) => variant.product.price);
  const notes = differs((variant) => variant.note);
  const parts = line.variants.map((variant) => {
    const { price, title } = variant.product;
    const letters = variant.versions.map((version) => letterOf(cart, version)).join(', ');
    return (
      `${letters}: ${variant.quantity}` +
      (titles ? ` "${printable(title)}"` : '') +
      (prices && price !== undefined ? ` at ${moneyText(price, locale)}` : '') +
      (notes && variant.note !== '' ? ` (${printable(variant.note)})` : '')
    );
  });
  const missing = line.missingFrom.map((version) => letterOf(cart, version));
  return [...parts, ...(missing.length === 0 ? [] : [`${missing.join(', ')}: not there`])].join(
    '; ',
  );
}

function chooseText(cart: CartView): string {
  const other = cart.siblings.find((sibling) => !sibling.own) ?? cart.siblings[0];
  const name = JSON.stringify(cart.name);
  return [
    'Choose, and it is one cart again:',
    `  carrossel cart resolve --cart ${name} --keep union       everything above`,
    `  carrossel cart resolve --cart ${name} --keep suggested   what one side changed or removed counts`,
    `  carrossel cart resolve --cart ${name} --keep device ` +
      `${JSON.stringify(other?.device ?? '')}   the version of one machine`,
    '  add --drop N or --quantity N=COUNT to change single lines of it',
  ].join('\n');
}
