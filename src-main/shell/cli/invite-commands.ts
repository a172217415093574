import { defineCommand, type Command, type CommandIo } from './command.ts';
import { duration } from './parse-arguments.ts';
import { newcomerText } from './ring-plan.ts';
import { textTable } from './text-table.ts';
import { UsageError } from './usage-error.ts';
import { timeText } from './words.ts';

/** Letting one more machine in by a link, after a look at what it would keep. */

/** Whoever comes: nobody knows yet which machine it is. */
const NEWCOMER = { id: 'newcomer', name: 'The newcomer' };

const invite = defineCommand({
  name: 'invite',
  takes: '',
  count: [0, 0],
  summary: 'a link by which one more machine gets into the ring',
  options: {
    expires: { type: 'string', value: 'TIME', about: 'how long it works (default: 24h)' },
    admin: { type: 'boolean', about: 'the newcomer may invite and shut out others too' },
  },
  notes: 'It works once, and only while this machine can be reached or is forwarded to.',
  examples: ['carrossel invite', 'carrossel invite --expires 7d --admin'],
  async run({ io, json, values, client }) {
    const expiresInMs = duration('--expires', values.expires ?? '24h');
    const peer = await client();
    const made = await peer.ring.invite({ expiresInMs, admin: values.admin === true });
    if (json) {
      io.out(JSON.stringify(made));
      return;
    }
    const { id, name } = NEWCOMER;
    const found = await peer.membership.plan({ kind: 'join', peerId: id, name });
    io.out(made.link);
    io.err(newcomerText(found, id));
    io.err(
      `For one machine, until ${timeText(made.expiresMs, io)}. There:\n` +
        '  carrossel peer --join LINK        (or paste it into its page)',
    );
  },
});

const invites = defineCommand({
  name: 'invites',
  takes: '[close ID]',
  count: [0, 2],
  summary: 'the invites this machine gave out; close one',
  options: {},
  examples: ['carrossel invites', 'carrossel invites close 3f2a…'],
  async run({ io, json, positionals: [verb, id], client }) {
    if (verb !== undefined && (verb !== 'close' || id === undefined)) {
      throw new UsageError('It is "carrossel invites" or "carrossel invites close ID".');
    }
    const peer = await client();
    if (id !== undefined) {
      const result = await peer.ring.closeInvite({ id });
      if (json) io.out(JSON.stringify(result));
      else io.out(result.closed ? 'Closed.' : 'It was not open any more.');
      return;
    }
    const all = await peer.ring.invites();
    if (json) io.out(JSON.stringify(all));
    else io.out(all.length === 0 ? 'No invites: carrossel invite' : invitesText(all, io));
  },
});

function invitesText(
  all: readonly { id: string; admin: boolean; used: boolean; expiresMs: number }[],
  io: CommandIo,
): string {
  const now = io.clock.wallMs();
  return textTable(
    [{ title: 'Id' }, { title: 'State' }, { title: 'For' }],
    all.map(({ id, admin, used, expiresMs }) => [
      id,
      used ? 'used' : expiresMs < now ? 'expired' : `open until ${timeText(expiresMs, io)}`,
      admin ? 'an admin' : 'a member',
    ]),
  );
}

export const INVITE_COMMANDS: readonly Command[] = [invite, invites];
