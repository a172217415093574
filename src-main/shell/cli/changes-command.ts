import type { ActivityLine } from '../../app/views/activity.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type CommandIo } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { printable, textTable } from './text-table.ts';
import { timeText } from './words.ts';

const COLUMNS = [{ title: 'WHEN' }, { title: 'WHO' }, { title: 'WHAT' }, { title: 'ITEM' }];

const WHAT = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
  apart: 'written apart',
  settled: 'choice made',
} as const;

export const changesCommand = defineCommand({
  name: 'changes',
  takes: '',
  count: [0, 0],
  summary: 'what changed lately, and who did it, the newest first',
  options: {
    ...ACCOUNT_OPTION,
    limit: { type: 'string', value: 'COUNT', about: 'at most so many (default: 50)' },
  },
  notes: 'In the order in which this machine saw it. Every change with its values: watch --from.',
  examples: ['carrossel changes', 'carrossel changes --limit 10 --json'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const view = await peer.stream.activity({
      ...(await accountInput(peer, values.account)),
      limit: wholeNumber('--limit', values.limit ?? '50', { min: 1, max: 200 }),
    });
    if (json) io.out(JSON.stringify(view));
    else if (view.changes.length === 0) io.out('Nothing has changed lately.');
    else {
      const rows = view.changes.map((line) => row(line, io));
      io.out(textTable(COLUMNS, rows));
    }
  },
});

function row(line: ActivityLine, io: CommandIo): readonly string[] {
  const { sortKey, name, what, wallMs, own, device, function: fn } = line;
  const who = own ? 'this machine' : device;
  const by = fn === undefined ? who : `${who}, function ${fn === '' ? 'of another machine' : fn}`;
  const item = name === '' ? sortKey : `${name} (${sortKey})`;
  return [timeText(wallMs, io), by, WHAT[what], item].map(printable);
}
