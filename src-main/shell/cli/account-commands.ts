import { AppError } from '../../base/app-error.ts';
import type { AccountView, DeviceView } from '../../app/views.ts';
import { accountKeysFromPhrase } from '../../security/account-keys.ts';
import { ACCOUNT_OPTION, matchAccount } from './choose-account.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { printable, textTable } from './text-table.ts';
import { listText, timeText } from './words.ts';

const DEVICE_OPTION = {
  device: { type: 'string', value: 'NAME', about: "this machine's name in it (default: its name)" },
} as const;

const create = defineCommand({
  name: 'account create',
  takes: 'NAME',
  count: [1, 1],
  summary: 'a new account; its 12 words are shown once',
  options: DEVICE_OPTION,
  examples: ['carrossel account create Ana'],
  async run({ io, json, values, positionals: [name = ''], client }) {
    const deviceName = values.device;
    const made = await (
      await client()
    ).accounts.create({
      name,
      ...(deviceName === undefined ? {} : { deviceName }),
    });
    if (json) {
      io.out(JSON.stringify(made));
      return;
    }
    io.out(`Account "${printable(made.account.name)}" is there and in use.`);
    io.err(
      'Its phrase, shown this once and kept nowhere. Write it down: with it you log in\n' +
        `on your other machines; without it nobody can.\n\n  ${made.phrase}\n`,
    );
  },
});

const logIn = defineCommand({
  name: 'account log-in',
  takes: '',
  count: [0, 0],
  summary: 'use an account of yours on this machine too',
  options: {
    name: { type: 'string', value: 'NAME', about: 'what to call it here' },
    ...DEVICE_OPTION,
  },
  notes: 'The 12 words are asked for, or read from standard input; never give them as an argument.',
  examples: ['carrossel account log-in --name Ana', 'carrossel account log-in < phrase.txt'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const phrase = await askPhrase(io);
    const { account } = await peer.accounts.logIn({
      phrase,
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(values.device === undefined ? {} : { deviceName: values.device }),
    });
    if (json) io.out(JSON.stringify({ account }));
    else io.out(`Logged in to "${printable(account.name)}" as ${printable(account.deviceName)}.`);
  },
});

async function askPhrase(io: CommandIo): Promise<string> {
  const phrase = (await io.ask('The 12 words of the account: ', { hidden: true })).trim();
  if (phrase === '') throw new AppError('INVALID_PHRASE', 'No words were given.');
  return phrase;
}

const list = defineCommand({
  name: 'account list',
  takes: '',
  count: [0, 0],
  summary: 'the accounts on this machine',
  options: {},
  examples: ['carrossel account list'],
  async run({ io, json, client }) {
    const all = await (await client()).accounts.list();
    if (json) io.out(JSON.stringify(all));
    else
      io.out(
        all.length === 0 ? 'No account yet: carrossel account create NAME' : accountsText(all),
      );
  },
});

function accountsText(all: readonly AccountView[]): string {
  return textTable(
    ['', 'Account', 'This machine in it', 'Id'].map((title) => ({ title })),
    all.map((one) => [
      one.current ? '*' : '',
      printable(one.name) + (one.shared ? ' (shared cart)' : ''),
      printable(one.deviceName) + (one.revoked ? ': taken off, log in again' : ''),
      one.id.slice(0, 16),
    ]),
  );
}

async function chosen(peer: Client, wanted: string | undefined): Promise<AccountView> {
  const all = await peer.accounts.list();
  if (wanted !== undefined) return matchAccount(all, wanted);
  const current = all.find((one) => one.current);
  if (current) return current;
  throw new AppError('NO_ACCOUNT', 'There is no account here: carrossel account create NAME');
}

const use = defineCommand({
  name: 'account use',
  takes: 'NAME',
  count: [1, 1],
  summary: 'choose the account new carts go to',
  options: {},
  examples: ['carrossel account use Ana'],
  async run({ io, json, positionals: [wanted], client }) {
    const peer = await client();
    const { account } = await peer.accounts.use({ id: (await chosen(peer, wanted)).id });
    io.out(json ? JSON.stringify({ account }) : `Now in use: "${printable(account.name)}".`);
  },
});

const devices = defineCommand({
  name: 'account devices',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'the machines logged in to an account',
  options: {},
  examples: ['carrossel account devices'],
  async run({ io, json, positionals: [wanted], client }) {
    const peer = await client();
    const all = await peer.accounts.devices({ id: (await chosen(peer, wanted)).id });
    io.out(json ? JSON.stringify(all) : devicesText(all, io));
  },
});

function devicesText(all: readonly DeviceView[], io: CommandIo): string {
  return textTable(
    [{ title: 'Device' }, { title: 'State' }, { title: 'Since' }, { title: 'Key' }],
    all.map((one) => [
      printable(one.name) + (one.own ? ' (this machine)' : ''),
      one.revoked ? 'revoked' : 'in force',
      timeText(one.addedMs, io),
      one.key.slice(0, 16),
    ]),
  );
}

const revoke = defineCommand({
  name: 'account revoke',
  takes: 'DEVICE',
  count: [1, 1],
  summary: 'take an account away from a lost machine',
  options: ACCOUNT_OPTION,
  notes:
    'DEVICE is a name or (the beginning of) a key of "carrossel account devices". The 12 words are\n' +
    'asked for, or read from standard input; for a shared cart leave them empty. The machine goes\n' +
    'off the carts you share with others, too (docs/OPERATIONS.md, Keys, says where this ends).',
  examples: ['carrossel account revoke old-laptop'],
  async run({ io, json, values, positionals: [wanted = ''], client }) {
    const peer = await client();
    const account = await chosen(peer, values.account);
    const device = matchDevice(await peer.accounts.devices({ id: account.id }), wanted);
    const phrase = account.shared ? '' : await askPhrase(io);
    const all = await peer.accounts.revokeDevice({
      id: account.id,
      key: device.key,
      ...(phrase === '' ? {} : { phrase }),
    });
    io.out(json ? JSON.stringify(all) : devicesText(all, io));
  },
});

function matchDevice(all: readonly DeviceView[], wanted: string): DeviceView {
  const inForce = all.filter((one) => !one.revoked);
  const found = inForce.filter(
    ({ name, key }) =>
      name.toLowerCase() === wanted.toLowerCase() ||
      (wanted.length >= 6 && key.startsWith(wanted.toLowerCase())),
  );
  const [first] = found;
  if (first && found.length === 1) return first;
  const names = listText(inForce.map((one) => `${one.name} (${one.key.slice(0, 8)})`));
  throw new AppError('DEVICE_UNKNOWN', `Name one device of: ${names}.`, {
    details: { device: wanted },
  });
}

const phrase = defineCommand({
  name: 'account phrase',
  takes: '',
  count: [0, 0],
  summary: 'check that the 12 words you wrote down are right',
  options: {},
  notes:
    'A phrase is shown once, when its account is made, and kept nowhere: no command can show it\n' +
    'again. This one asks for the words and says which account of this machine they open.',
  examples: ['carrossel account phrase'],
  async run({ io, json, client }) {
    const peer = await client();
    const { account: id } = accountKeysFromPhrase(await askPhrase(io));
    const found = (await peer.accounts.list()).find((one) => one.id === id);
    if (json) io.out(JSON.stringify({ account: found ?? null }));
    else if (found) io.out(`Right: these are the words of "${printable(found.name)}".`);
    if (!found) {
      throw new AppError(
        'ACCOUNT_NOT_FOUND',
        'The words are well-formed, but no account on this machine has them.',
      );
    }
  },
});

export const ACCOUNT_COMMANDS: readonly Command[] = [
  create,
  logIn,
  list,
  use,
  devices,
  revoke,
  phrase,
];
