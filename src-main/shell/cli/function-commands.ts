import type { FunctionView } from '../../app/views/functions.ts';
import { defineCommand, type Client, type Command } from './command.ts';
import { printable, textTable } from './text-table.ts';
import { timeText } from './words.ts';

const NAMED = { takes: 'NAME', count: [1, 1], options: {} } as const;

const listCommand = defineCommand({
  name: 'functions list',
  takes: '',
  count: [0, 0],
  summary: 'the functions on this machine, and how they do',
  options: {},
  notes: 'Your own are the modules in DIR/functions; how to write one: docs/FUNCTIONS.md.',
  examples: ['carrossel functions list', 'carrossel functions list --json'],
  async run({ io, json, client }) {
    const list = await (await client()).functions.list();
    const { functions, folder } = list;
    if (json) io.out(JSON.stringify(list));
    else {
      io.out(textTable(COLUMNS, functions.map(row)));
      for (const one of functions.filter(({ problem }) => problem !== undefined)) {
        io.out(`${one.name}: ${printable(one.problem ?? '')}`);
      }
      if (folder !== undefined) io.out(`Your own are the modules in ${printable(folder)}`);
    }
  },
});

const COLUMNS = [
  { title: 'NAME' },
  { title: 'STATE' },
  { title: 'ON' },
  { title: 'EVENTS', align: 'right' },
  { title: 'WRITES', align: 'right' },
  { title: 'LAG', align: 'right' },
  { title: 'ERRORS', align: 'right' },
  { title: 'DEAD', align: 'right' },
] as const;

function row(one: FunctionView): readonly string[] {
  const numbers = [one.events, one.writes, one.lag, one.errors, one.deadLetters];
  return [one.name, one.state, one.prefix, ...numbers.map(String)].map(printable);
}

const logsCommand = defineCommand({
  ...NAMED,
  name: 'functions logs',
  summary: 'what a function logged, its last runs and its dead letters',
  examples: ['carrossel functions logs low-stock'],
  async run({ io, json, client, positionals: [name = ''] }) {
    const peer = await client();
    const [{ lines }, { letters }] = await Promise.all([
      peer.functions.logs({ name }),
      peer.functions.letters({ name }),
    ]);
    if (json) {
      io.out(JSON.stringify({ lines, letters }));
      return;
    }
    for (const { wallMs, level, text } of lines) {
      io.out(`${timeText(wallMs, io, true)}  ${level.padEnd(5)} ${printable(text)}`);
    }
    for (const { id, key, error, tries } of letters) {
      io.out(`dead letter ${id}: ${printable(key)}, ${tries} tries: ${printable(error)}`);
    }
    if (lines.length + letters.length === 0) io.out('Nothing yet.');
  },
});

const retryCommand = defineCommand({
  name: 'functions retry',
  takes: 'NAME [LETTER]',
  count: [1, 2],
  summary: 'give dead letters to their function once more',
  options: {},
  notes: 'Without LETTER all of them. What works is off the list; the rest stays.',
  examples: ['carrossel functions retry price-notes', 'carrossel functions retry price-notes 42'],
  async run({ io, json, client, positionals: [name = '', letter] }) {
    const input = letter === undefined ? { name } : { name, letter };
    const answer = await (await client()).functions.retry(input);
    io.out(
      json ? JSON.stringify(answer) : `${answer.retried} done, ${answer.failed} failed again.`,
    );
  },
});

const switchCommand = (verb: 'pause' | 'resume', summary: string) =>
  defineCommand({
    ...NAMED,
    name: `functions ${verb}`,
    summary,
    examples: [`carrossel functions ${verb} price-notes`],
    async run({ io, json, client, positionals: [name = ''] }) {
      const peer: Client = await client();
      const view = await peer.functions[verb]({ name });
      io.out(json ? JSON.stringify(view) : `${view.name} is ${view.state}.`);
    },
  });

export const FUNCTION_COMMANDS: readonly Command[] = [
  listCommand,
  logsCommand,
  retryCommand,
  switchCommand('pause', 'stop a function; its place in the stream stays'),
  switchCommand('resume', 'let a paused function go on'),
];
