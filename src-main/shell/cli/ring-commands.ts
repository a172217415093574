import { noticeText } from './notice-text.ts';
import { AppError } from '../../base/app-error.ts';
import type { MemberView, RingView, Status } from '../../app/views.ts';
import { withoutPeer } from '../../network/addresses.ts';
import { defineCommand, type Command } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { printable, textTable } from './text-table.ts';
import { count } from './words.ts';
import { wrapped } from './wrap-text.ts';

const status = defineCommand({
  name: 'ring status',
  takes: '',
  count: [0, 0],
  summary: 'this peer and its ring',
  options: {},
  examples: ['carrossel ring status', 'carrossel ring status --json'],
  async run({ io, json, client }) {
    const found = await (await client()).system.status();
    io.out(json ? JSON.stringify(found) : statusText(found));
  },
});

function statusText(found: Status): string {
  const { ring, store } = found;
  const rows = [
    ['Peer', `${printable(found.name)}  ${found.peerId}`],
    ['Addresses', found.addresses.map(withoutPeer).join('\n           ') || 'none'],
    [
      'Ring',
      ring === null ? 'none: carrossel ring create, or carrossel ring join LINK' : ringLine(ring),
    ],
    ...(ring === null ? [] : [['Copies', copiesText(ring)]]),
    ['Accounts', found.accounts.map((one) => printable(one.name)).join(', ') || 'none'],
    ['Store', storeText(store)],
    [
      'To send',
      found.outbox === 0 ? 'nothing' : `${count(found.outbox, 'write')} not everywhere yet`,
    ],
    ...(found.hints === 0 ? [] : [['Kept', `${count(found.hints, 'version')} for machines away`]]),
    ...found.notices.map((notice) => ['Notice', besideLabel(noticeText(notice))]),
  ];
  return textTable([{ title: '' }, { title: '' }], rows);
}

function storeText({ items, bytes, tombstones, ...store }: Status['store']): string {
  const kept = `${count(tombstones, 'deletion')} kept (${megabytes(store.tombstoneBytes)})`;
  const deleted = tombstones === 0 ? '' : `, ${kept}`;
  const damaged = store.state === 'damaged' ? '; DAMAGED: carrossel doctor' : '';
  return `${count(items, 'item')}, ${megabytes(bytes)}${deleted}${damaged}`;
}

/** Wrapped under itself, in the second column. */
function besideLabel(text: string): string {
  const label = ' '.repeat(11);
  return wrapped(label + text, label.length).slice(label.length);
}

function ringLine(ring: RingView): string {
  const name = ring.name === '' ? ring.ringId.slice(0, 12) : printable(ring.name);
  const role = ring.admin ? ', you are an admin' : '';
  return `${name} · ${count(ring.members, 'member')}, ${ring.connected} online${role}`;
}

function copiesText({ setting, effective }: RingView): string {
  const { n, w, r } = effective;
  const chosen = setting.n === 'auto' ? 'automatic' : 'as set';
  return `${n} of each item (${chosen}); a write is safe on ${w}, a read asks ${r}`;
}

export function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const members = defineCommand({
  name: 'ring members',
  takes: '',
  count: [0, 0],
  summary: 'the machines of the ring',
  options: {},
  examples: ['carrossel ring members'],
  async run({ io, json, client }) {
    const all = await (await client()).ring.members();
    io.out(json ? JSON.stringify(all) : membersText(all));
  },
});

/** As much of a peer id as tells machines apart; all of them begin alike. */
const ID_END = 8;

function membersText(all: readonly MemberView[]): string {
  return textTable(
    [
      { title: 'Name' },
      { title: 'State' },
      { title: 'Reached' },
      { title: 'Keeps', align: 'right' },
      { title: 'For it', align: 'right' },
      { title: 'Peer id ends' },
    ],
    all.map((one) => [
      printable(one.name) + (one.own ? ' (this machine)' : ''),
      one.state + (one.admin ? ', admin' : '') + (one.steady ? ', steady' : ''),
      reachText(one),
      `${Math.round(one.share * 100)} %`,
      one.hints === 0 ? '' : String(one.hints),
      one.peerId.slice(-ID_END),
    ]),
  );
}

function reachText(one: MemberView): string {
  if (one.own) return '';
  if (!one.connected) return 'away';
  return one.roundTripMs === undefined ? 'connected' : `${one.roundTripMs.toFixed(1)} ms`;
}

const create = defineCommand({
  name: 'ring create',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'start a ring with this machine as its first member',
  options: {
    n: { type: 'string', value: 'N', about: 'copies of each item (default: auto)' },
    r: { type: 'string', value: 'R', about: 'answers of a read (default: 2)' },
    w: { type: 'string', value: 'W', about: 'copies that make a write safe (default: 2)' },
  },
  notes: 'Prints the 12 words of the ring once; they are kept nowhere.',
  examples: ['carrossel ring create', 'carrossel ring create Home --n 3'],
  async run({ io, json, values, positionals: [name = ''], client }) {
    const bounds = { min: 1, max: 64 };
    const made = await (
      await client()
    ).ring.create({
      name,
      n:
        values.n === undefined || values.n === 'auto'
          ? 'auto'
          : wholeNumber('--n', values.n, bounds),
      r: wholeNumber('--r', values.r ?? '2', bounds),
      w: wholeNumber('--w', values.w ?? '2', bounds),
    });
    if (json) {
      io.out(JSON.stringify(made));
      return;
    }
    io.out(`The ring is there: ${made.ring.ringId.slice(0, 12)}.`);
    io.err(`Its phrase, shown this once and kept nowhere. Write it down:\n\n  ${made.phrase}\n`);
  },
});

const join = defineCommand({
  name: 'ring join',
  takes: 'LINK',
  count: [1, 1],
  summary: 'join a ring by an invite link',
  options: {},
  examples: ["carrossel ring join 'carrossel://join/…'"],
  async run({ io, json, positionals: [link = ''], client }) {
    const { ring } = await (await client()).ring.join({ link });
    io.out(json ? JSON.stringify({ ring }) : `Joined: ${ringLine(ring)}.`);
  },
});

const newKey = defineCommand({
  name: 'ring new-key',
  takes: '',
  count: [0, 0],
  summary: 'give this copy of a data folder a key of its own',
  options: {},
  notes:
    'For a folder that was copied from a machine that is still in use. What was written here is\n' +
    'kept; afterwards join the ring by a new invite and log in to the account again.',
  examples: ['carrossel ring new-key'],
  async run({ io, json, client }) {
    const made = await (await client()).ring.newPeerKey();
    if (json) io.out(JSON.stringify(made));
    else
      io.out(`This machine is now ${made.peerId}. Join by a new invite: carrossel ring join LINK`);
  },
});

export function matchMember(all: readonly MemberView[], wanted: string): MemberView {
  const found = all.filter(
    ({ name, peerId }) =>
      name.toLowerCase() === wanted.toLowerCase() ||
      (wanted.length >= 6 && peerId.endsWith(wanted)),
  );
  const [first] = found;
  if (first && found.length === 1) return first;
  throw new AppError(
    'NOT_MEMBER',
    found.length > 1
      ? `More than one machine is called "${wanted}"; use the end of its peer id.`
      : `No machine of the ring is called "${wanted}" (carrossel ring members).`,
    { details: { peer: wanted } },
  );
}

export const RING_COMMANDS: readonly Command[] = [status, members, create, join, newKey];
