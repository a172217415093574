import type { PlanView, RingChangeInput } from '../../app/views/membership.ts';
import { defineCommand, type Client, type CommandIo } from './command.ts';
import { capacityOf, wholeNumber } from './parse-arguments.ts';
import { matchMember, megabytes } from './ring-commands.ts';
import { printable, textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { count } from './words.ts';

/** What a change of the ring would move, in words, and the question whether to make it. */

export const COUNTS = {
  n: { type: 'string', value: 'N', about: 'copies of each item, or auto' },
  r: { type: 'string', value: 'R', about: 'answers of a read' },
  w: { type: 'string', value: 'W', about: 'copies that make a write safe' },
} as const;
export const YES = { type: 'boolean', about: 'do not ask' } as const;

export function countsOf(values: { readonly [K in 'n' | 'r' | 'w']?: string }) {
  const bounds = { min: 1, max: 64 };
  const { n, r, w } = values;
  return {
    ...(n !== undefined && { n: n === 'auto' ? ('auto' as const) : wholeNumber('--n', n, bounds) }),
    ...(r !== undefined && { r: wholeNumber('--r', r, bounds) }),
    ...(w !== undefined && { w: wholeNumber('--w', w, bounds) }),
  };
}

export const plan = defineCommand({
  name: 'ring plan',
  takes: 'CHANGE [VALUE]',
  count: [1, 2],
  summary: 'what a change of the ring would move, before it is made',
  options: COUNTS,
  notes:
    'CHANGE is join (of one more machine) with its share N, leave, retire PEER, capacity N, zone\n' +
    'NAME, or settings with --n, --r, --w. capacity and zone are of this machine. Accounts and\n' +
    'bytes are those that lie on this machine.',
  examples: [
    'carrossel ring plan join',
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

const NEWCOMER = 'The newcomer';

async function changeOf(
  peer: Client,
  what: string,
  value: string | undefined,
  counts: ReturnType<typeof countsOf>,
): Promise<RingChangeInput> {
  if (what === 'leave') return { kind: 'leave' };
  if (what === 'join') {
    const capacity = value === undefined ? {} : { capacity: capacityOf(value) };
    return { kind: 'join', name: NEWCOMER, ...capacity };
  }
  if (what === 'settings') return { kind: 'settings', ...counts };
  if (value !== undefined && what === 'retire') {
    return { kind: 'retire', peerId: matchMember(await peer.ring.members(), value).peerId };
  }
  if (value !== undefined && what === 'zone') return { kind: 'seat', zone: value };
  if (value !== undefined && what === 'capacity')
    return { kind: 'seat', capacity: capacityOf(value) };
  throw new UsageError(
    'It is "ring plan join", "leave", "retire PEER", "capacity N", "zone NAME" or "settings".',
  );
}

export function planText(found: PlanView): string {
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

/** What an admin should know before letting one more machine in: one sentence. */
export function newcomerText({ shares, moves }: PlanView, peerId: string): string {
  const share = shares.find((one) => one.peerId === peerId)?.after ?? 0;
  const into = moves.filter(({ to }) => to.peerId === peerId);
  const sum = (of: 'accounts' | 'bytes'): number => into.reduce((all, one) => all + one[of], 0);
  const copies = count(sum('accounts'), 'copy of an account', 'copies of accounts');
  return `It would keep ${percent(share)} of the ring: ${copies}, ${megabytes(sum('bytes'))}.`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Shows what would move, and asks. */
export async function agreed(
  call: { readonly io: CommandIo; readonly json: boolean; readonly yes: boolean },
  found: PlanView,
): Promise<boolean> {
  if (call.yes) return true;
  if (call.json) throw new UsageError('With --json nobody is asked: say --yes.');
  call.io.err(planText(found));
  const answer = await call.io.ask('Do it? (yes/no) ', { hidden: false });
  return ['y', 'yes', 's', 'sim'].includes(answer.trim().toLowerCase());
}
