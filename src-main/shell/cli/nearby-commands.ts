import type { NearbyDoor, NearbyRing } from '../../app/views/nearby.ts';
import { AppError, toAppError } from '../../base/app-error.ts';
import { fromRpcError } from '../rpc-error.ts';
import { defineCommand, type Client, type Command, type CommandIo } from './command.ts';
import { newcomerText } from './ring-plan.ts';
import { printable, textTable } from './text-table.ts';

/** Rings and newcomers on the local network, let in by comparing six digits. */

/** How long the LAN is listened to before it counts as empty; members answer within 10 s. */
const LOOK_MS = 15_000;

const door = defineCommand({
  name: 'nearby',
  takes: '',
  count: [0, 0],
  summary: 'who is nearby and asks to join; let them in by their six digits',
  options: { admin: { type: 'boolean', about: 'who is let in may invite and remove others' } },
  notes:
    'Open for newcomers of the local network until Ctrl-C, ten minutes at most. Read the digits\n' +
    'off the other machine’s screen and type them here: then it is that machine and no other.\n' +
    'With --json one line for each change; digits are still read from standard input.',
  examples: ['carrossel nearby', 'carrossel nearby --admin'],
  async run({ io, json, values, client }) {
    const stopping = io.stopSignal();
    const peer = await client();
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping, ended.signal]);
    let view: NearbyDoor = { newcomers: [], full: false };
    const stream = await peer.nearby.door(undefined, { signal });
    if (!json) io.err('Open for newcomers. Type the six digits that the other machine shows.');
    const answering = answerLines(io, signal, (digits) =>
      admit(peer, view, digits, values.admin === true, io),
    );
    try {
      for await (const next of stream) {
        if (json) io.out(JSON.stringify(next));
        else await tellNew(peer, view, next, io);
        view = next;
      }
    } catch (error) {
      if (!stopping.aborted) throw error;
    } finally {
      ended.abort();
      await answering;
    }
  },
});

async function tellNew(
  peer: Client,
  before: NearbyDoor,
  now: NearbyDoor,
  io: CommandIo,
): Promise<void> {
  for (const { id, name, digits, state } of now.newcomers) {
    const was = before.newcomers.find((one) => one.id === id && one.digits === digits);
    if (was === undefined) {
      io.out(`${printable(name)} asks to join. Does it show the digits?`);
      io.out(newcomerText(await peer.membership.plan({ kind: 'join', peerId: id, name }), id));
    } else if (was.state !== state) io.out(`${printable(name)} may come in.`);
  }
  for (const { id, name, state } of before.newcomers) {
    if (now.newcomers.some((one) => one.id === id)) continue;
    io.out(state === 'admitted' ? `${printable(name)} is in.` : `${printable(name)} is gone.`);
  }
  if (now.full && !before.full) io.err('Too many have asked; start this command anew.');
}

async function answerLines(
  io: CommandIo,
  signal: AbortSignal,
  take: (digits: string) => Promise<void>,
): Promise<void> {
  try {
    for await (const line of io.lines(signal)) {
      const digits = line.replace(/\D/g, '');
      if (digits !== '') await take(digits);
    }
  } catch (error) {
    if (!signal.aborted) io.err(`carrossel: ${toAppError(error).message}`);
  }
}

/** The digits name the newcomer: nobody is let in whose digits were not read off its screen. */
async function admit(
  peer: Client,
  { newcomers }: NearbyDoor,
  digits: string,
  admin: boolean,
  io: CommandIo,
): Promise<void> {
  const found = newcomers.find((one) => one.digits === digits && one.state === 'waiting');
  if (found === undefined) {
    io.err('No machine that asks has these digits. If it shows them all the same, refuse it.');
    return;
  }
  try {
    await peer.nearby.admit({ id: found.id, digits, admin });
  } catch (error) {
    io.err(`carrossel: ${fromRpcError(error).message}`);
  }
}

const rings = defineCommand({
  name: 'ring nearby',
  takes: '',
  count: [0, 0],
  summary: 'the rings on the local network that let newcomers ask',
  options: {},
  examples: ['carrossel ring nearby'],
  async run({ io, json, client }) {
    const found = await look(await client(), io, () => false);
    if (json) io.out(JSON.stringify(found));
    else if (found.length === 0) io.out(NONE);
    else {
      const rows = found.map(({ name, peerId }) => [printable(name) || 'no name', peerId]);
      io.out(textTable([{ title: 'Ring' }, { title: 'Machine' }], rows));
    }
  },
});

const NONE = 'No ring nearby lets newcomers ask. On an admin’s machine: carrossel nearby';

/** Listens until `enough` of what it hears, or for `LOOK_MS`. */
async function look(
  peer: Client,
  io: CommandIo,
  enough: (found: readonly NearbyRing[]) => boolean,
): Promise<readonly NearbyRing[]> {
  const over = new AbortController();
  const cancel = io.clock.schedule(LOOK_MS, () => {
    over.abort();
  });
  const signal = AbortSignal.any([io.stopSignal(), over.signal]);
  let found: readonly NearbyRing[] = [];
  try {
    for await (const next of await peer.nearby.seek(undefined, { signal })) {
      found = next;
      if (enough(found)) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    cancel();
    over.abort();
  }
  return found;
}

const joinNearby = defineCommand({
  name: 'ring join-nearby',
  takes: '[NAME]',
  count: [0, 1],
  summary: 'join a ring on the local network by comparing six digits',
  options: {
    at: {
      type: 'string',
      value: 'ADDRESS',
      about: 'multiaddr ending in /p2p/…, where the network carries no multicast',
    },
  },
  notes:
    'On an admin’s machine "carrossel nearby" (or Machines › Nearby in its page) must be open.',
  examples: ['carrossel ring join-nearby', 'carrossel ring join-nearby Home'],
  async run({ io, json, values, positionals: [name], client }) {
    const peer = await client();
    const target =
      values.at === undefined ? { peerId: await choose(peer, io, name) } : { address: values.at };
    const asked = await peer.nearby.ask(target);
    const digits = `${asked.digits.slice(0, 3)} ${asked.digits.slice(3)}`;
    io.err(`The ring "${printable(asked.name)}" was asked. The digits:  ${digits}`);
    const answer = await io.ask('Does the admin’s machine show the same? (yes/no) ', {
      hidden: false,
    });
    if (!/^(y|yes|s|sim)$/i.test(answer.trim())) {
      throw new AppError('DIGITS_DIFFER', 'Not joined. Ask again, and compare once more.');
    }
    if (!json) io.err('Waiting until the admin lets this machine in…');
    const { peerId } = asked;
    const joined = await peer.nearby.join({ peerId, digits: asked.digits });
    if (json) io.out(JSON.stringify(joined));
    else io.out(`Joined ${printable(joined.ring.name)}. Next: carrossel account log-in`);
  },
});

async function choose(peer: Client, io: CommandIo, name: string | undefined): Promise<string> {
  const fits = (one: NearbyRing): boolean => name === undefined || one.name === name;
  const found = (await look(peer, io, (seen) => seen.some(fits))).filter(fits);
  const [first, second] = found;
  if (first === undefined) throw new AppError('NOT_FOUND', NONE);
  if (second !== undefined) {
    throw new AppError('BAD_REQUEST', 'Several such rings are nearby: carrossel ring nearby');
  }
  return first.peerId;
}

export const NEARBY_COMMANDS: readonly Command[] = [door, rings, joinNearby];
