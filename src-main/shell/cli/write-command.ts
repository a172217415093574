import type { BatchWrite } from '../../app/views/batch.ts';
import { ACCOUNT_OPTION, accountInput } from './choose-account.ts';
import { defineCommand, type Client, type Command } from './command.ts';
import { UsageError } from './usage-error.ts';
import { safetyText } from './words.ts';

/** Items in one request: not the most there may be, so that their values fit it. */
const BATCH = 25;
const MEMBERS = ['sortKey', 'value', 'deleted', 'context'];

const write = defineCommand({
  name: 'write',
  takes: 'FILE',
  count: [1, 1],
  summary: 'write many items; FILE has one a line as JSON, or - for standard input',
  options: { ...ACCOUNT_OPTION },
  notes:
    'A line is {"sortKey":…,"value":…} or {"sortKey":…,"deleted":true}, with "context" where it ' +
    'was read before. Twenty-five go at once: all of these or none is written. Nothing is ' +
    'written when a line is no such object.',
  examples: [
    'carrossel write notes.jsonl',
    `echo '{"sortKey":"note#1","value":"stamps"}' | carrossel write -`,
  ],
  async run({ io, json, values, positionals: [file = ''], client }) {
    const text = file === '-' ? await io.readInput() : await io.readFile(file);
    const writes = readWrites(text);
    const peer = await client();
    const account = await accountInput(peer, values.account);
    let last: Awaited<ReturnType<Client['batch']['write']>> | undefined;
    for (let at = 0; at < writes.length; at += BATCH) {
      last = await peer.batch.write({ writes: writes.slice(at, at + BATCH), ...account });
      if (json) for (const item of last.items) io.out(JSON.stringify(item));
    }
    if (json) return;
    const end = last === undefined ? '' : `; the last ones: ${safetyText(last.safety)}`;
    io.out(`Written: ${writes.length}${end}.`);
  },
});

function readWrites(text: string): BatchWrite[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const one = parsed(line) as Partial<BatchWrite> | undefined;
    const fits =
      typeof one?.sortKey === 'string' &&
      (one.value === undefined) === (one.deleted === true) &&
      Object.keys(one).every((name) => MEMBERS.includes(name));
    if (!fits) throw new UsageError(`Line ${i + 1} is no item: {"sortKey":…,"value":…}.`);
    return [one as BatchWrite];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export const WRITE_COMMANDS: readonly Command[] = [write];
