import type { ItemView } from '../../app/views.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type Command, type CommandIo } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { COUNTS, READING, readingInput, tellAnswers } from './reading-options.ts';
import { printable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { safetyText, timeText } from './words.ts';

const WRITING = {
  ...ACCOUNT_OPTION,
  w: { type: 'string', value: 'W', about: 'how many copies make it safe' },
  strict: { type: 'boolean', about: 'refuse rather than write while too few members answer' },
  context: { type: 'string', value: 'TOKEN', about: 'what was read before (from get --json)' },
} as const;

interface WritingValues {
  readonly w?: string;
  readonly strict?: boolean;
  readonly context?: string;
}
type Writing = { w?: number; consistency?: 'strict'; context?: string };

function writingInput({ w, strict, context }: WritingValues): Writing {
  return {
    ...(w === undefined ? {} : { w: wholeNumber('--w', w, COUNTS) }),
    ...(strict === true ? { consistency: 'strict' as const } : {}),
    ...(context === undefined ? {} : { context }),
  };
}

const get = defineCommand({
  name: 'get',
  takes: 'SORTKEY…',
  count: [1, 100],
  summary: 'items, with all versions that stand side by side',
  options: READING,
  notes:
    'With --r, or where the other machines are asked, it says beside the answer how many answered.\n' +
    'Too few is no refusal (exit status 0): what answered is shown. --strict refuses instead (1).',
  examples: [
    "carrossel get 'note#1'",
    "carrossel get 'note#1' 'note#2' 'note#3'",
    "carrossel get 'note#1' --r 2",
    "carrossel get 'note#1' --json --strict",
  ],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const account = await accountInput(peer, values.account);
    const reading = readingInput(values);
    const [sortKey = ''] = positionals;
    if (positionals.length > 1) {
      const found = await peer.batch.get({ sortKeys: [...positionals], ...account, ...reading });
      const texts = found.items.map((item) =>
        item.siblings.length === 0
          ? itemText(item, io)
          : `${printable(item.sortKey)}\n${itemText(item, io)}`,
      );
      io.out(json ? JSON.stringify(found) : texts.join('\n'));
      if (!json) tellAnswers(io, found, reading.r);
      return;
    }
    const item = await peer.items.get({ sortKey, ...account, ...reading });
    io.out(json ? JSON.stringify(item) : itemText(item, io));
    if (!json) tellAnswers(io, item, reading.r);
  },
});

function itemText(item: ItemView, io: CommandIo): string {
  if (item.siblings.length === 0) return `${printable(item.sortKey)}: never written`;
  return item.siblings
    .map((one) => {
      const head = `${printable(one.device)}, ${timeText(one.wallMs, io)}`;
      const value = one.deleted ? 'deleted' : JSON.stringify(one.value, undefined, 2);
      return `# ${head}\n${value}`;
    })
    .join('\n');
}

const put = defineCommand({
  name: 'put',
  takes: 'SORTKEY VALUE',
  count: [2, 2],
  summary: 'write an item; VALUE is JSON, or - for standard input',
  options: WRITING,
  notes: 'Without --context it covers nothing of others: what they wrote stays beside it.',
  examples: [
    `carrossel put 'note#1' '{"text":"buy stamps"}'`,
    "carrossel put 'note#1' - --context TOKEN < note.json",
  ],
  async run({ io, json, values, positionals: [sortKey = '', text = ''], client }) {
    const value = jsonValue(text === '-' ? await io.readInput() : text);
    const peer = await client();
    const account = await accountInput(peer, values.account);
    const written = await peer.items.put({ sortKey, value, ...account, ...writingInput(values) });
    if (json) io.out(JSON.stringify(written));
    else io.out(`Written: ${safetyText(written.safety)}.`);
  },
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function jsonValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageError(`VALUE takes JSON; a text needs its quotes: '"${text.slice(0, 40)}"'.`);
  }
}

const remove = defineCommand({
  name: 'delete',
  takes: 'SORTKEY',
  count: [1, 1],
  summary: 'delete an item as it is now (or as it was read: --context)',
  options: WRITING,
  examples: ["carrossel delete 'note#1'"],
  async run({ io, json, values, positionals: [sortKey = ''], client }) {
    const peer = await client();
    const account = await accountInput(peer, values.account);
    const context = values.context ?? (await peer.items.get({ sortKey, ...account })).context;
    const input = { sortKey, ...account, ...writingInput(values), context };
    const deleted = await peer.items.delete(input);
    if (json) io.out(JSON.stringify(deleted));
    else io.out(`Deleted: ${safetyText(deleted.safety)}.`);
  },
});

export const ITEM_COMMANDS: readonly Command[] = [get, put, remove];
