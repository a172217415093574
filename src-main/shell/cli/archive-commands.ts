import { toBase64url } from '../../base/bytes.ts';
import type { ArchiveSummary, ImportProgress } from '../../app/views/archive.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { createProgress } from './progress.ts';
import { printable } from './text-table.ts';
import { timeText } from './words.ts';
import { UsageError } from './usage-error.ts';

const PASSPHRASE_VARIABLE = 'CARROSSEL_PASSPHRASE';

const exportCommand = defineCommand({
  name: 'export',
  takes: 'FILE',
  count: [1, 1],
  summary: 'all of an account as a file: lines of JSON, or sealed with a passphrase',
  options: {
    ...ACCOUNT_OPTION,
    sealed: { type: 'boolean', about: 'sealed: asks for a passphrase' },
  },
  notes:
    `The passphrase has 8 characters or more; it is asked for, or is in $${PASSPHRASE_VARIABLE}. ` +
    'Without --sealed whoever has the file can read it. Keys, secrets and what was deleted are ' +
    'not in it. FILE - is standard output.',
  examples: ['carrossel export home.jsonl', 'carrossel export home.sealed --sealed'],
  async run({ io, json, values, positionals: [file = ''], client }) {
    const passphrase = values.sealed === true ? await newPassphrase(io) : undefined;
    const peer = await client();
    const account = await accountInput(peer, values.account);
    const input = { ...account, ...(passphrase === undefined ? {} : { passphrase }) };
    const target = file === '-' ? undefined : await io.createFile(file);
    // On standard output the file itself would run into a bar.
    const progress = createProgress(
      target === undefined ? { ...io, redraw: undefined } : io,
      'Exported',
    );
    try {
      let items = 0;
      for await (const { text, done, total } of await peer.archive.export(input)) {
        if (target === undefined) io.out(text.replace(/\n$/, ''));
        else await target.write(text);
        items = done;
        progress.tell(done, total);
      }
      progress.end();
      await target?.finish();
      if (target === undefined) return;
      io.out(json ? JSON.stringify({ file, items }) : `Exported: ${items} items to ${file}.`);
    } catch (error) {
      progress.end();
      await target?.discard();
      throw error;
    }
  },
});

const importCommand = defineCommand({
  name: 'import',
  takes: 'FILE',
  count: [1, 1],
  summary: 'bring what was exported into an account',
  options: {
    ...ACCOUNT_OPTION,
    check: { type: 'boolean', about: 'look through the file only; nothing is written' },
    sealed: { type: 'boolean', about: 'the file is sealed: asks for its passphrase' },
  },
  notes:
    'All of the file is checked before anything is written. What is here already stays as it is, ' +
    'so it can be done twice, or again after it was cut off; what is otherwise here, or was ' +
    'deleted here, is named.',
  examples: ['carrossel import home.jsonl', 'carrossel import home.sealed --sealed --check'],
  async run({ io, json, values, positionals: [file = ''], client }) {
    const passphrase = values.sealed === true ? await askPassphrase(io) : undefined;
    const peer = await client();
    const account = await accountInput(peer, values.account);
    const { id } = await peer.archive.open({
      ...account,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    const summary = await checkFile(peer, io, { id, file });
    if (values.check === true) {
      io.out(json ? JSON.stringify(summary) : summaryText(summary, io));
      return;
    }
    if (!json) io.err(summaryText(summary, io));
    const progress = await writeFile(peer, io, { id, file });
    io.out(json ? JSON.stringify(progress) : progressText(progress));
  },
});

interface Source {
  readonly id: string;
  readonly file: string;
}

async function checkFile(peer: Client, io: CommandIo, { id, file }: Source) {
  const progress = createProgress(io, 'Checked');
  try {
    for await (const bytes of io.readParts(file)) {
      const { items } = await peer.archive.check({
        ...{ id, chunk: toBase64url(bytes), last: false },
      });
      progress.tell(items);
    }
    const { summary } = await peer.archive.check({ id, chunk: '', last: true });
    if (summary === undefined) throw new UsageError('There is nothing in this file.');
    return summary;
  } finally {
    progress.end();
  }
}

async function writeFile(peer: Client, io: CommandIo, { id, file }: Source) {
  const progress = createProgress(io, 'Imported');
  try {
    for await (const bytes of io.readParts(file)) {
      const { done, total } = await peer.archive.write({
        ...{ id, chunk: toBase64url(bytes), last: false },
      });
      progress.tell(done, total);
    }
    return await peer.archive.write({ id, chunk: '', last: true });
  } finally {
    progress.end();
  }
}

function summaryText({ name, madeMs, items, kinds }: ArchiveSummary, io: CommandIo): string {
  const each = kinds.map(({ kind, items: count }) => `${count} ${printable(kind)}`).join(', ');
  const made = `of "${printable(name)}", made ${timeText(madeMs, io)}`;
  return `A whole export ${made}: ${items} items${each === '' ? '' : ` (${each})`}.`;
}

function progressText({ written, there, kept, keptItems }: ImportProgress): string {
  const lines = keptItems.map(({ sortKey, name, why }) => {
    const what = name === undefined ? sortKey : `cart "${name}"`;
    return `  ${printable(what)}: ${why === 'deleted' ? 'was deleted here' : 'is otherwise here'}`;
  });
  const more = kept > keptItems.length ? [`  and ${kept - keptItems.length} more`] : [];
  return [
    `Imported: ${written} written, ${there} were here, ${kept} left as they are here.`,
    ...lines,
    ...more,
  ].join('\n');
}

async function newPassphrase(io: CommandIo): Promise<string> {
  const first = await askPassphrase(io);
  if (io.env[PASSPHRASE_VARIABLE] !== undefined) return first;
  const second = await io.ask('Again: ', { hidden: true });
  if (first !== second) throw new UsageError('The two are not the same.');
  return first;
}

async function askPassphrase(io: CommandIo): Promise<string> {
  return io.env[PASSPHRASE_VARIABLE] ?? (await io.ask('Passphrase: ', { hidden: true }));
}

export const ARCHIVE_COMMANDS: readonly Command[] = [exportCommand, importCommand];
