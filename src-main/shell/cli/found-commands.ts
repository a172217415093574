import { AppError } from '../../base/app-error.ts';
import type { FoundView } from '../../app/views/found.ts';
import { defineCommand, type Client, type Command } from './command.ts';
import { printable, textTable } from './text-table.ts';
import { safetyText, timeText } from './words.ts';

/** As much of an id as tells them apart. */
const ID_START = 10;

const list = defineCommand({
  name: 'found list',
  takes: '',
  count: [0, 0],
  summary: 'what was set aside, to be kept or dropped',
  options: {},
  notes:
    'Versions that count nowhere and that nothing destroys: what a revoked device wrote too late.',
  examples: ['carrossel found list'],
  async run({ io, json, client }) {
    const found = await (await client()).found.list();
    if (json) io.out(JSON.stringify(found));
    else if (found.length === 0) io.out('Nothing was set aside.');
    else {
      const titles = ['Id', 'Account', 'What', 'By', 'When'].map((title) => ({ title }));
      io.out(
        textTable(
          titles,
          found.map((one) => [
            one.id.slice(0, ID_START),
            printable(one.accountName ?? one.account.slice(0, ID_START)),
            printable(whatText(one)),
            printable(one.device ?? ''),
            one.wallMs === undefined ? '' : timeText(one.wallMs, io),
          ]),
        ),
      );
    }
  },
});

function whatText({ sealed, deleted, title, sortKey, lines }: FoundView): string {
  if (sealed) return `${sortKey} (sealed)`;
  if (deleted) return `deletion of ${sortKey}`;
  const named = lines?.map((line) => `${line.quantity} × ${line.title}`).join(', ');
  return named === undefined ? `${sortKey}: ${title ?? ''}` : `${title ?? ''}: ${named}`;
}

const keep = defineCommand({
  name: 'found keep',
  takes: 'ID',
  count: [1, 1],
  summary: 'write it again, beside what is there now',
  options: {},
  examples: ['carrossel found keep 3fa2c81b90'],
  async run({ io, json, positionals: [start = ''], client }) {
    const peer = await client();
    const done = await peer.found.keep({ id: await idOf(peer, start) });
    io.out(json ? JSON.stringify(done) : `Written again; ${safetyText(done.safety)}.`);
  },
});

const drop = defineCommand({
  name: 'found drop',
  takes: 'ID',
  count: [1, 1],
  summary: 'destroy it',
  options: {},
  examples: ['carrossel found drop 3fa2c81b90'],
  async run({ io, json, positionals: [start = ''], client }) {
    const peer = await client();
    const done = await peer.found.drop({ id: await idOf(peer, start) });
    io.out(json ? JSON.stringify(done) : 'Dropped; nothing is left of it.');
  },
});

/** The id that begins like this. @throws NOT_FOUND, BAD_REQUEST when more than one does. */
async function idOf(peer: Client, start: string): Promise<string> {
  const ids = (await peer.found.list()).map(({ id }) => id);
  const [one, another] = ids.filter((id) => id.startsWith(start.toLowerCase()));
  if (one === undefined) {
    throw new AppError('NOT_FOUND', `Nothing that was set aside has an id like ${start}.`);
  }
  if (another !== undefined) {
    throw new AppError('BAD_REQUEST', `More than one id begins with ${start}.`);
  }
  return one;
}

export const FOUND_COMMANDS: readonly Command[] = [list, keep, drop];
