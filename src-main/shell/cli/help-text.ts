import type { Command, OptionSpec, OptionSpecs } from './command.ts';
import { GLOBAL_OPTIONS } from './parse-arguments.ts';
import { reflowed, wrapped } from './wrap-text.ts';

/** `carrossel --help` and `carrossel COMMAND --help`. */

const GROUPS: readonly { readonly title: string; readonly words: readonly string[] }[] = [
  {
    title: 'The peer and its ring',
    words: ['peer', 'try', 'invite', 'invites', 'nearby', 'ring', 'doctor'],
  },
  { title: 'Accounts', words: ['account'] },
  { title: 'Carts', words: ['cart'] },
  { title: 'Orders', words: ['orders'] },
  {
    title: 'Items and changes',
    words: ['get', 'put', 'delete', 'write', 'query', 'watch', 'changes', 'found'],
  },
  { title: 'Files', words: ['export', 'import', 'catalogue'] },
  { title: 'Functions', words: ['functions'] },
];

export function overviewHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => usageOf(command).length)) + 2;
  const groups = GROUPS.map(({ title, words }) => {
    const lines = commands
      .filter(({ name }) => words.includes(name.split(' ')[0] ?? ''))
      .map((command) => row(usageOf(command), width, command.summary));
    return `${title}\n${lines.join('\n')}`;
  });
  return [
    'Carrossel keeps shopping carts on a ring of your own machines, with no server.',
    'usage: carrossel COMMAND [OPTIONS]',
    ...groups,
    'Every command takes --data DIR, --json and --help.\n' +
      'Exit status: 0 done, 1 refused, 2 wrongly written, 3 no peer is running.',
    'To begin:\n' +
      '  carrossel try                       five peers here, to see what it is like\n' +
      '  carrossel peer --create-ring        your own first one (leave it running)\n' +
      '  carrossel account create Ana        in another terminal\n' +
      '  carrossel cart add "Rice 5 kg" --quantity 2',
  ].join('\n\n');
}

/** The commands of a group: `carrossel cart --help`. */
export function groupHelp(word: string, commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => usageOf(command).length)) + 2;
  const lines = commands.map((command) => row(usageOf(command), width, command.summary));
  return [
    `usage: carrossel ${word} COMMAND [OPTIONS]`,
    lines.join('\n'),
    `More on one: carrossel ${commands[0]?.name ?? word} --help`,
  ].join('\n\n');
}

export function commandHelp(command: Command): string {
  const options = { ...command.options, ...GLOBAL_OPTIONS };
  return [
    `usage: carrossel ${usageOf(command)} [OPTIONS]`,
    command.summary.charAt(0).toUpperCase() + command.summary.slice(1) + '.',
    ...(command.notes === undefined ? [] : [reflowed(command.notes)]),
    `Options\n${optionLines(options)}`,
    `Examples\n${command.examples.map((line) => `  ${line}`).join('\n')}`,
  ].join('\n\n');
}

/** `  label      what it is`, the second part wrapped under itself. */
function row(label: string, width: number, about: string): string {
  return wrapped(`  ${label.padEnd(width)}${about}`, width + 2);
}

function usageOf({ name, takes }: Command): string {
  return takes === '' ? name : `${name} ${takes}`;
}

function optionLines(options: OptionSpecs): string {
  const rows = Object.entries(options).map(([name, spec]) => [labelOf(name, spec), spec.about]);
  const width = Math.max(...rows.map(([label = '']) => label.length)) + 2;
  return rows.map(([label = '', about = '']) => row(label, width, about)).join('\n');
}

function labelOf(name: string, spec: OptionSpec): string {
  return spec.type === 'string' ? `--${name} ${spec.value}` : `--${name}`;
}
