import type { GroupView } from '../../app/views/queries.ts';
import type { ItemView } from '../../app/views.ts';
import { accountInput } from './choose-account.ts';
import { defineCommand, type Command } from './command.ts';
import { moneyText } from './money-text.ts';
import { wholeNumber } from './parse-arguments.ts';
import { READING, readingInput, tellAnswers } from './reading-options.ts';
import { printable, textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';

const query = defineCommand({
  name: 'query',
  takes: '',
  count: [0, 0],
  summary: 'items in the order of their sort keys, or counted in groups',
  options: {
    prefix: { type: 'string', value: 'TEXT', about: 'only keys that begin so' },
    from: { type: 'string', value: 'KEY', about: 'first key' },
    to: { type: 'string', value: 'KEY', about: 'stop before this key' },
    after: { type: 'string', value: 'KEY', about: 'go on after this key (from the page before)' },
    limit: { type: 'string', value: 'COUNT', about: 'at most so many (default: 100)' },
    reverse: { type: 'boolean', about: 'from the end' },
    'group-by': { type: 'string', value: 'FIELD', about: 'count all of them by this' },
    sum: { type: 'string', value: 'FIELD', about: 'add this up in each group' },
    min: { type: 'string', value: 'FIELD', about: 'the least of this in each group' },
    max: { type: 'string', value: 'FIELD', about: 'the greatest of this in each group' },
    ...READING,
  },
  notes:
    'FIELD is year, month, day or device (when and where it was written), key.N (the part of the ' +
    'key after its N-th #), or a path into the value: price.amount. Orders have total, and kept ' +
    'without what was cancelled. Money of different currencies is never added.',
  examples: [
    "carrossel query --prefix 'note#'",
    "carrossel query --prefix 'order#' --reverse --limit 10",
    "carrossel query --prefix 'order#' --group-by month --sum total",
  ],
  async run({ io, json, values, client }) {
    const groupBy = values['group-by'];
    const measures = given({ sum: values.sum, min: values.min, max: values.max });
    if (groupBy === undefined && Object.keys(measures).length > 0) {
      throw new UsageError('--sum, --min and --max need --group-by.');
    }
    const peer = await client();
    const { prefix, from, to, after, limit } = values;
    const reading = readingInput(values);
    const page = await peer.items.query({
      ...(await accountInput(peer, values.account)),
      ...reading,
      ...given({ prefix, from, to, after, groupBy, timeZone: io.timeZone }),
      ...measures,
      limit: wholeNumber('--limit', limit ?? '100', { min: 1, max: 1000 }),
      reverse: values.reverse === true,
    });
    if (json) {
      io.out(JSON.stringify(page));
      return;
    }
    const { items, groups = [], next } = page;
    const shown = groupBy === undefined ? itemsText(items) : groupsText(groups, io.locale);
    io.out(items.length + groups.length === 0 ? 'Nothing there.' : shown);
    tellAnswers(io, page, reading.r);
    if (next !== undefined) io.err(`More: --after '${printable(next)}'`);
  },
});

/** The options that were given. */
function given<O extends Record<string, string | undefined>>(options: O) {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof O]?: string };
}

function itemsText(items: readonly ItemView[]): string {
  return textTable(
    [{ title: 'Key' }, { title: 'Value' }],
    items.map((item) => [
      printable(item.sortKey),
      item.siblings.map(({ deleted, value }) => (deleted ? 'deleted' : short(value))).join('  |  '),
    ]),
  );
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'sealed';
  return printable(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

const MEASURES = ['sum', 'min', 'max'] as const;
const TITLES = { sum: 'Sum', min: 'Least', max: 'Most' };

function groupsText(groups: readonly GroupView[], locale: string): string {
  const used = MEASURES.filter((measure) => groups[0]?.[measure] !== undefined);
  const right = { align: 'right' } as const;
  return textTable(
    [
      { title: 'Group' },
      { title: 'Items', ...right },
      ...used.map((measure) => ({ title: TITLES[measure], ...right })),
    ],
    groups.map((one) => [
      one.group === null ? '(none)' : printable(String(one.group)),
      String(one.count),
      ...used.map((measure) => amountsText(one[measure] ?? [], locale)),
    ]),
  );
}

function amountsText(amounts: NonNullable<GroupView['sum']>, locale: string): string {
  return amounts
    .map(({ value, currency }) =>
      currency !== undefined && /^[A-Z]{3}$/.test(currency)
        ? moneyText({ amount: value, currency }, locale)
        : [String(value), ...(currency === undefined ? [] : [printable(currency)])].join(' '),
    )
    .join(', ');
}

export const QUERY_COMMANDS: readonly Command[] = [query];
