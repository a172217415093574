import type { SeatInput } from '../../app/views/membership.ts';
import type { MemberView } from '../../app/views.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { capacityOf } from './parse-arguments.ts';
import { matchMember } from './ring-commands.ts';
import { agreed, COUNTS, countsOf, plan, YES } from './ring-plan.ts';
import { printable } from './text-table.ts';
import { transferText, watchTransfers } from './transfer-text.ts';

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

const DETACH = { type: 'boolean', about: 'do not wait until all is where it goes' } as const;

/** This machine's seat: shown, or changed after a look at what that moves. */
async function seat(
  call: {
    readonly io: CommandIo;
    readonly json: boolean;
    readonly values: { readonly yes?: boolean; readonly detach?: boolean };
  },
  peer: Client,
  wanted: SeatInput | undefined,
): Promise<void> {
  const { io, json, values } = call;
  const own = async () => (await peer.ring.members()).find((one) => one.own);
  let member = await own();
  if (wanted !== undefined) {
    const found = await peer.membership.plan({ kind: 'seat', ...wanted });
    if (!(await agreed({ io, json, yes: values.yes === true }, found))) return;
    member = await peer.membership.seat(wanted);
    if (values.detach !== true) {
      await watchTransfers(peer, io, json, async () => {
        member = (await own()) ?? member;
        return member?.wanted === undefined;
      });
    }
  }
  if (json) io.out(JSON.stringify(member));
  else if (member !== undefined) io.out(seatText(member));
}

function seatText({ capacity, share, zone, wanted }: MemberView): string {
  const where = zone === '' ? 'in no zone' : `in the zone ${printable(zone)}`;
  const percent = Math.round(share * 100);
  const now = `This machine keeps ${percent} % of the ring (capacity ${capacity}), ${where}.`;
  if (wanted === undefined) return now;
  const then = wanted.zone === '' ? 'no zone' : `the zone ${printable(wanted.zone)}`;
  return `${now}\nIt moves to capacity ${wanted.capacity}, ${then}; carrossel ring transfers.`;
}

const capacity = defineCommand({
  name: 'ring capacity',
  takes: '[N]',
  count: [0, 1],
  summary: 'how much of everything this machine keeps; change it',
  options: { yes: YES, detach: DETACH },
  notes:
    '0 is nothing, 1 a normal share, 2 twice that, up to 64. What it gains comes from the others\n' +
    'before it counts, what it gives up is with the others before it stops counting. Kept for the\n' +
    'next starts; a start with --capacity overrides it.',
  examples: ['carrossel ring capacity', 'carrossel ring capacity 8'],
  async run({ io, json, values, positionals: [value], client }) {
    const wanted = value === undefined ? undefined : { capacity: capacityOf(value) };
    await seat({ io, json, values }, await client(), wanted);
  },
});

const zone = defineCommand({
  name: 'ring zone',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'the room or house this machine stands in; change it',
  options: {
    none: { type: 'boolean', about: 'it stands in none' },
    yes: YES,
    detach: DETACH,
  },
  notes: 'Copies of one thing are spread over zones, so that no one room holds all of them.',
  examples: ['carrossel ring zone kitchen', 'carrossel ring zone --none'],
  async run({ io, json, values, positionals: [value], client }) {
    const name = values.none === true ? '' : value;
    await seat({ io, json, values }, await client(), name === undefined ? name : { zone: name });
  },
});

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

const revoke = defineCommand({
  name: 'ring revoke',
  takes: 'PEER',
  count: [1, 1],
  summary: 'shut a machine out of the ring for good',
  options: { yes: YES },
  notes:
    'PEER is a name, a peer id or its end, as in "carrossel ring members". Its connections are\n' +
    'cut at once, others take over what it kept. What it has it still has: carrossel account\n' +
    'revoke, too.',
  examples: ['carrossel ring revoke old-laptop', 'carrossel ring revoke xkQb7f1z --yes'],
  async run({ io, json, values, positionals: [wanted = ''], client }) {
    const peer = await client();
    const { peerId, name } = matchMember(await peer.ring.members(), wanted);
    // Its copies go the way of one that is retired.
    const found = await peer.membership.plan({ kind: 'retire', peerId });
    if (!(await agreed({ io, json, yes: values.yes === true }, found))) return;
    const { revoked } = await peer.ring.revoke({ peerId });
    if (json) io.out(JSON.stringify({ revoked, peerId }));
    else io.out(`${printable(name)} is shut out.`);
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

export const RING_CHANGE_COMMANDS: readonly Command[] = [
  plan,
  capacity,
  zone,
  leave,
  stay,
  comeBack,
  retire,
  revoke,
  settings,
  transfers,
];
