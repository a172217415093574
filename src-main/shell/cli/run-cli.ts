import { AppError } from '../../base/app-error.ts';
import { fromRpcError } from '../rpc-error.ts';
import { ACCOUNT_COMMANDS } from './account-commands.ts';
import { ARCHIVE_COMMANDS } from './archive-commands.ts';
import { CATALOGUE_COMMANDS } from './catalogue-command.ts';
import { CART_COMMANDS } from './cart-commands.ts';
import { CART_HISTORY_COMMANDS } from './cart-history-commands.ts';
import { CART_LINE_COMMANDS } from './cart-line-commands.ts';
import { cartResolve } from './cart-resolve-command.ts';
import { changesCommand } from './changes-command.ts';
import { checkoutCommand } from './checkout-command.ts';
import type { Command, CommandIo, OptionSpecs, Values } from './command.ts';
import { dataDirOf } from '../data-dir.ts';
import { doctorCommand } from './doctor-command.ts';
import { FOUND_COMMANDS } from './found-commands.ts';
import { FUNCTION_COMMANDS } from './function-commands.ts';
import { commandHelp, groupHelp, overviewHelp } from './help-text.ts';
import { INVITE_COMMANDS } from './invite-commands.ts';
import { ITEM_COMMANDS } from './item-commands.ts';
import { QUERY_COMMANDS } from './query-command.ts';
import { WRITE_COMMANDS } from './write-command.ts';
import { NEARBY_COMMANDS } from './nearby-commands.ts';
import { ORDER_COMMANDS } from './order-commands.ts';
import { parseArguments } from './parse-arguments.ts';
import { peerCommand } from './peer-command.ts';
import { connectToPeer, type PeerConnection } from './peer-connection.ts';
import { RING_CHANGE_COMMANDS } from './ring-change-commands.ts';
import { RING_COMMANDS } from './ring-commands.ts';
import { tryCommand } from './try-command.ts';
import { UsageError } from './usage-error.ts';
import { watchCommand } from './watch-command.ts';

export const COMMANDS: readonly Command[] = [
  peerCommand,
  tryCommand,
  ...INVITE_COMMANDS,
  ...RING_COMMANDS,
  ...RING_CHANGE_COMMANDS,
  ...NEARBY_COMMANDS,
  doctorCommand,
  ...ACCOUNT_COMMANDS,
  ...CART_COMMANDS,
  ...CART_HISTORY_COMMANDS,
  ...CART_LINE_COMMANDS,
  cartResolve,
  checkoutCommand,
  ...ORDER_COMMANDS,
  ...ITEM_COMMANDS,
  ...WRITE_COMMANDS,
  ...ARCHIVE_COMMANDS,
  ...CATALOGUE_COMMANDS,
  ...QUERY_COMMANDS,
  ...FOUND_COMMANDS,
  watchCommand,
  changesCommand,
  ...FUNCTION_COMMANDS,
];

/** Exit status: what scripts go by. */
export const EXIT = { done: 0, refused: 1, usage: 2, noPeer: 3 } as const;

/** Runs one command line; the answer is the exit status. */
export async function runCli(words: readonly string[], io: CommandIo): Promise<number> {
  const json = words.includes('--json');
  try {
    return await dispatch(words, io);
  } catch (error) {
    if (error instanceof UsageError) {
      if (json) io.err(JSON.stringify({ error: { code: 'USAGE', message: error.message } }));
      else io.err(`carrossel: ${error.message}\nTry: carrossel ${helpWords(words)}--help`);
      return EXIT.usage;
    }
    return fail(fromRpcError(error), json, io);
  }
}

function fail(error: AppError, json: boolean, io: CommandIo): number {
  const { code, message, details } = error;
  if (json) io.err(JSON.stringify({ error: { code, message, details } }));
  else io.err(`carrossel: ${message} (${code})`);
  return code === 'NO_RUNNING_PEER' ? EXIT.noPeer : EXIT.refused;
}

async function dispatch(words: readonly string[], io: CommandIo): Promise<number> {
  const [first, second] = words;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    io.out(overviewHelp(COMMANDS));
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  if (first === '--version') {
    io.out(io.version);
    return EXIT.done;
  }
  const command = find(first, second);
  if (!command) return group(words, io);
  const { values, positionals } = parseArguments(
    command,
    words.slice(command.name.split(' ').length),
  );
  if (values['help'] === true) {
    io.out(commandHelp(command));
    return EXIT.done;
  }
  if (values['data'] === '') throw new UsageError('--data needs the name of a folder.');
  const dataDir = dataDirOf(values['data'] as string | undefined, io);
  const line: { open?: PeerConnection } = {};
  try {
    await command.run({
      values: values as Values<OptionSpecs>,
      positionals,
      json: values['json'] === true,
      dataDir,
      io,
      client: async () => (line.open ??= await connectToPeer(dataDir, io.clock)).client,
    });
    return EXIT.done;
  } catch (error) {
    if (line.open?.lost === true) throw wentAway(error);
    throw error;
  } finally {
    line.open?.close();
  }
}

function find(first: string, second: string | undefined): Command | undefined {
  return COMMANDS.find(({ name }) => name === first || name === `${first} ${second ?? ''}`);
}

/** `carrossel cart`, `carrossel cart --help`, or a word that is no command. */
function group([word = '', second]: readonly string[], io: CommandIo): number {
  const within = COMMANDS.filter(({ name }) => name.startsWith(`${word} `));
  if (within.length === 0) throw new UsageError(`There is no command "${word}".`);
  if (second === undefined || second === '--help' || second === '-h') {
    io.out(groupHelp(word, within));
    return second === undefined ? EXIT.usage : EXIT.done;
  }
  throw new UsageError(`There is no command "${word} ${second}".`);
}

function helpWords([first = '', second = '']: readonly string[]): string {
  const command = find(first, second);
  if (command) return `${command.name} `;
  return COMMANDS.some(({ name }) => name.startsWith(`${first} `)) ? `${first} ` : '';
}

/** A cut line looks like a cancelled call; it is the peer that is gone. */
function wentAway(error: unknown): unknown {
  const { code } = fromRpcError(error);
  if (code !== 'ABORTED' && code !== 'INTERNAL') return error;
  return new AppError('UNREACHABLE', 'The peer stopped before it had answered.', { cause: error });
}
