import { sleep } from '../../base/waiting.ts';
import type { PlanView, RingChangeInput, TransferView } from '../../app/views/membership.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { matchMember, megabytes } from './ring-commands.ts';
import { printable, textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { count } from './words.ts';

/** Between two looks at how far a transfer is. */
const LOOK_MS = 500;
const BAR_WIDTH = 24;

const COUNTS = {
  n: { type: 'string', value: 'N', about: 'copies of each item, or auto' },
  r: { type: 'string', value: 'R', about: 'answers of a read' },
  w: { type: 'string', value: 'W', about: 'copies that make a write safe' },
} as const;
const YES = { type: 'boolean', about: 'do not ask' } as const;

function countsOf(values: { readonly [K in 'n' | 'r' | 'w']?: string }) {
  const bounds = { min: 1, max: 64 };
  const { n, r, w } = values;
  return {
    ...(n !== undefined && { n: n === 'auto' ? ('auto' as const) : wholeNumber('--n', n, bounds) }),
    ...(r !== undefined && { r: wholeNumber('--r', r, bounds) }),
    ...(w !== undefined && { w: wholeNumber('--w', w, bounds) }),
  };
}

const plan = defineCommand({
  name: 'ring plan',
  takes: 'CHANGE [VALUE]',
  count: [1, 2],
  summary: 'what a change of the ring would move, before it is made',
  options: COUNTS,
  notes:
    'CHANGE is leave, retire PEER, capacity N, zone NAME, or settings with --n, --r, --w.\n' +
    'capacity and zone are of this machine; they are changed at a start: carrossel peer\n' +
    '--capacity N --zone NAME. Accounts and bytes are those that lie on this machine.',
  examples: [
    'carrossel ring plan leave',
    'carrossel ring plan retire old-laptop',
    'carrossel ring plan settings --n 3',
  ],
  async run({ io, json, values, positionals: [what = '', value], client }) {
    const peer = await client();
    const found = await peer.membership.plan(await changeOf(peer, what, value, countsOf(values)));
    io.out(json ? JSON.stringify(found) : planText(found));
  },
});

async function changeOf(
  peer: Client,
  what: string,
  value: string | undefined,
  counts: ReturnType<typeof countsOf>,
): Promise<RingChangeInput> {
  if (what === 'leave') return { kind: 'leave' };
  if (what === 'settings') return { kind: 'settings', ...counts };
  if (value !== undefined && what === 'retire') {
    return { kind: 'retire', peerId: matchMember(await peer.ring.members(), value).peerId };
  }
  if (value !== undefined && what === 'zone') return { kind: 'seat', zone: value };
  if (value !== undefined && what === 'capacity') return { kind: 'seat', capacity: Number(value) };
  throw new UsageError(
    'It is "ring plan leave", "retire PEER", "capacity N", "zone NAME" or "settings".',
  );
}

function planText(found: PlanView): string {
  const { before, after, moves, partitions, ofPartitions, accounts, bytes } = found;
  const lines: string[] = [];
  if (moves.length === 0) lines.push('Nothing moves from machine to machine.');
  else {
    const share = `${partitions} of the ring's ${ofPartitions} parts change hands`;
    lines.push(
      `${share}: ${count(accounts, 'copy of an account', 'copies of accounts')}, ${megabytes(bytes)}.`,
    );
    const columns = ['To', 'In the place of', 'Parts', 'Accounts', 'Bytes'];
    lines.push(
      textTable(
        columns.map((title, i) => ({
          title,
          align: i < 2 ? ('left' as const) : ('right' as const),
        })),
        moves.map((move) => [
          printable(move.to.name),
          move.from === undefined ? '(one more copy)' : printable(move.from.name),
          ...[move.partitions, move.accounts].map(String),
          megabytes(move.bytes),
        ]),
        '  ',
      ),
    );
  }
  const same = before.n === after.n && before.r === after.r && before.w === after.w;
  const counts = `${after.n} of each item; a write is safe on ${after.w}, a read asks ${after.r}`;
  lines.push(
    same ? `Copies stay ${counts}.` : `Copies: ${before.n} of each item so far, then ${counts}.`,
  );
  if (after.n < before.n) lines.push('Fewer machines may fail at once before something is lost.');
  if (after.r + after.w <= after.n) {
    lines.push('A read may miss the last write: it asks too few machines to meet it for sure.');
  }
  const shares = found.shares.filter((one) => Math.abs(one.before - one.after) >= 0.005);
  for (const { name, before: was, after: then } of shares) {
    lines.push(`${printable(name)} keeps ${percent(was)} of the ring now, ${percent(then)} then.`);
  }
  return lines.join('\n');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Shows what would move, and asks. */
async function agreed(
  call: { readonly io: CommandIo; readonly json: boolean; readonly yes: boolean },
  found: PlanView,
): Promise<boolean> {
  if (call.yes) return true;
  if (call.json) throw new UsageError('With --json nobody is asked: say --yes.');
  call.io.err(planText(found));
  const answer = await call.io.ask('Do it? (yes/no) ', { hidden: false });
  return ['y', 'yes', 's', 'sim'].includes(answer.trim().toLowerCase());
}

const leave = defineCommand({
  name: 'ring leave',
  takes: '',
  count: [0, 0],
  summary: 'give away what this machine keeps, then leave the ring',
  options: { yes: YES, detach: { type: 'boolean', about: 'do not wait until all is elsewhere' } },
  notes:
    'The machine stays up until others have all of it; ended before, it goes on at the next start.\n' +
    'Until then "carrossel ring stay" calls it off; "carrossel ring come-back" comes in again.',
  examples: ['carrossel ring leave', 'carrossel ring leave --yes --json'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const found = await peer.membership.plan({ kind: 'leave' });
    if (!(await agreed({ io, json, yes: values.yes === true }, found))) return;
    let member = await peer.membership.leave();
    if (values.detach !== true) {
      await watchTransfers(peer, io, json, async () => {
        member = (await peer.ring.members()).find(({ own }) => own) ?? member;
        return member.state !== 'leaving';
      });
    }
    if (json) io.out(JSON.stringify(member));
    else if (member.state === 'left') io.out('This machine has left; others keep all it kept.');
    else io.out(`This machine is ${member.state}; carrossel ring transfers shows how far it is.`);
  },
});

/** A line of progress until it is over, or the person ends the command: the transfer goes on. */
async function watchTransfers(
  peer: Client,
  io: CommandIo,
  json: boolean,
  isOver: () => Promise<boolean>,
): Promise<void> {
  const signal = io.stopSignal();
  let shown = '';
  while (!signal.aborted && !(await isOver())) {
    const text = barText(await peer.membership.transfers());
    if (!json && text !== shown) io.err(text);
    shown = text;
    await sleep(io.clock, LOOK_MS, signal).catch(() => undefined);
  }
}

function barText(all: readonly TransferView[]): string {
  const done = all.reduce((sum, { partitions }) => sum + partitions.done, 0);
  const total = all.reduce((sum, { partitions }) => sum + partitions.total, 0);
  const full = total === 0 ? 0 : Math.floor((done / total) * BAR_WIDTH);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
  const waits = all.filter(({ state }) => state !== 'done').map(({ to }) => printable(to.name));
  const whom = waits.length === 0 ? '' : `, to take over: ${[...new Set(waits)].join(', ')}`;
  return `${bar} ${done} of ${total} parts${whom}`;
}

const stay = defineCommand({
  name: 'ring stay',
  takes: '',
  count: [0, 0],
  summary: 'call off leaving, while it lasts',
  options: {},
  examples: ['carrossel ring stay'],
  async run({ io, json, client }) {
    const member = await (await client()).membership.stay();
    io.out(json ? JSON.stringify(member) : `This machine is ${member.state}.`);
  },
});

const comeBack = defineCommand({
  name: 'ring come-back',
  takes: '',
  count: [0, 0],
  summary: 'come in again after leaving or having been retired',
  options: {},
  examples: ['carrossel ring come-back'],
  async run({ io, json, client }) {
    const member = await (await client()).membership.comeBack();
    io.out(json ? JSON.stringify(member) : `This machine is ${member.state}.`);
  },
});

const retire = defineCommand({
  name: 'ring retire',
  takes: 'PEER',
  count: [1, 1],
  summary: 'say that a machine is gone: others take over what it kept',
  options: { yes: YES },
  notes:
    'For admins. It may come back without an invite (carrossel ring come-back there), empty. What\n' +
    'only it had is missing until then. To shut it out for good: carrossel ring revoke.',
  examples: ['carrossel ring retire old-laptop'],
  async run({ io, json, values, positionals: [wanted = ''], client }) {
    const peer = await client();
    const { peerId } = matchMember(await peer.ring.members(), wanted);
    const found = await peer.membership.plan({ kind: 'retire', peerId });
    if (!(await agreed({ io, json, yes: values.yes === true }, found))) return;
    const member = await peer.membership.retire({ peerId });
    if (json) io.out(JSON.stringify(member));
    else io.out(`${printable(member.name)} is ${member.state}; carrossel ring transfers.`);
  },
});

const settings = defineCommand({
  name: 'ring settings',
  takes: '',
  count: [0, 0],
  summary: 'how many copies there are, and how many a read and a write ask; change them',
  options: { ...COUNTS, yes: YES },
  notes: 'Changing them is for admins.',
  examples: ['carrossel ring settings', 'carrossel ring settings --n 3 --r 2 --w 2'],
  async run({ io, json, values, client }) {
    const peer = await client();
    const counts = countsOf(values);
    let ring = await peer.ring.show();
    if (Object.keys(counts).length > 0) {
      const found = await peer.membership.plan({ kind: 'settings', ...counts });
      if (!(await agreed({ io, json, yes: values.yes === true }, found))) return;
      ring = await peer.membership.settings(counts);
    }
    const { setting, effective } = ring;
    if (json) io.out(JSON.stringify({ setting, effective }));
    else {
      const { n, r, w } = effective;
      io.out(`n ${setting.n}, r ${setting.r}, w ${setting.w}: with today's machines ${n} copies,`);
      io.out(`a read asks ${r}, a write is safe on ${w}.`);
    }
  },
});

const transfers = defineCommand({
  name: 'ring transfers',
  takes: '',
  count: [0, 0],
  summary: 'what moves from machine to machine now, and how far it is',
  options: {},
  examples: ['carrossel ring transfers'],
  async run({ io, json, client }) {
    const all = await (await client()).membership.transfers();
    if (json) io.out(JSON.stringify(all));
    else if (all.length === 0) io.out('Nothing moves.');
    else io.out(all.map(transferText).join('\n'));
  },
});

const WHY: Readonly<Record<TransferView['kind'], string>> = {
  join: 'comes in',
  leave: 'leaves',
  seat: 'keeps another share',
  refill: 'lacks part of what it keeps',
};

function transferText(one: TransferView): string {
  const { kind, change, to, state, partitions, bytes } = one;
  const who = printable((change ?? to).name);
  const size = bytes === undefined ? '' : `, ${megabytes(bytes.done)} of ${megabytes(bytes.total)}`;
  const waits = state === 'waiting' ? ' (waits for another change)' : '';
  const parts = `${partitions.done} of ${partitions.total} parts${size}${waits}`;
  return `${who} ${WHY[kind]}: ${printable(to.name)} has ${parts}`;
}

export const RING_CHANGE_COMMANDS: readonly Command[] = [
  plan,
  leave,
  stay,
  comeBack,
  retire,
  settings,
  transfers,
];
