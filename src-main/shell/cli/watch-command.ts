import type { Change } from '../../app/views.ts';
import type { StreamEvent } from '../../app/views/functions.ts';
import { cartText } from './cart-text.ts';
import { ACCOUNT_OPTION } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { defineCommand, type Client, type Invocation } from './command.ts';
import { printable } from './text-table.ts';
import { timeText } from './words.ts';

const OPTIONS = {
  ...CART_OPTION,
  ...ACCOUNT_OPTION,
  from: {
    type: 'string',
    value: 'PLACE',
    about: 'the stream of changes from there on: start, now, or the position of a change',
  },
  prefix: { type: 'string', value: 'TEXT', about: 'with --from: of items that begin like this' },
} as const;

export const watchCommand = defineCommand({
  name: 'watch',
  takes: '',
  count: [0, 0],
  summary: 'what changes, as it happens, until Ctrl-C',
  options: OPTIONS,
  notes:
    'With --cart the whole cart, now and again at every change. With --from every change of every ' +
    'item in order, none left out: from `start` what the items hold comes first (replay). With ' +
    '--json one line each, and each change names its position, to go on behind it another time.',
  examples: [
    'carrossel watch',
    'carrossel watch --from start --prefix product#',
    'carrossel watch --json --from 5f0c….2b1d…-41',
    'carrossel watch --cart Groceries --json',
  ],
  async run(call) {
    const signal = call.io.stopSignal();
    const peer = await call.client();
    try {
      if (call.values.from !== undefined) await watchStream(call, peer, signal);
      else if (call.values.cart === undefined) await watchAll(call, peer, signal);
      else await watchCart(call, peer, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
});

async function watchAll(
  { io, json }: Invocation<typeof OPTIONS>,
  peer: Client,
  signal: AbortSignal,
): Promise<void> {
  for await (const change of await peer.system.events(undefined, { signal })) {
    if (json) io.out(JSON.stringify(change));
    else if (change.type !== 'hello') {
      io.out(`${timeText(io.clock.wallMs(), io)}  ${await changeText(change, peer)}`);
    }
  }
}

async function watchStream(
  { io, json, values }: Invocation<typeof OPTIONS>,
  peer: Client,
  signal: AbortSignal,
): Promise<void> {
  const { from, prefix, account } = values;
  for await (const event of await peer.stream.follow({ from, prefix, account }, { signal })) {
    io.out(json ? JSON.stringify(event) : streamText(event, io));
  }
}

function streamText(event: StreamEvent, io: Invocation<typeof OPTIONS>['io']): string {
  if (event.type === 'gap') return '— changes were missed; what the items hold follows —';
  if (event.type === 'live') return `— all told so far; go on with --from ${event.position} —`;
  const { replay, wallMs, sortKey, before, after, sequence } = event;
  const when = replay ? 'replay' : `${timeText(wallMs, io)}  #${sequence}`;
  const known = new Set(before.map(({ version }) => version));
  const came = after.filter(({ version }) => !known.has(version));
  const said = came.map(({ deleted, value, device }) =>
    printable(`${deleted ? 'deleted' : JSON.stringify(value)} by ${device}`),
  );
  return `${when}  ${printable(sortKey)}  ${said.join(' | ') || 'a version is gone'}`;
}

async function watchCart(
  { io, json, values }: Invocation<typeof OPTIONS>,
  peer: Client,
  signal: AbortSignal,
): Promise<void> {
  const { id, account } = await chooseCart(peer, { cart: values.cart, account: values.account });
  for await (const cart of await peer.carts.watch({ name: id, account }, { signal })) {
    io.out(json ? JSON.stringify(cart) : `${cartText(cart, io)}\n`);
  }
}

async function changeText(change: Change, peer: Client): Promise<string> {
  switch (change.type) {
    case 'cart': {
      const cart = (await peer.carts.list()).find(({ id }) => id === change.id);
      const what = change.conflict ? 'was written apart and waits for a choice' : 'changed';
      return `cart "${printable(cart?.name ?? change.id)}" ${what}`;
    }
    case 'item':
      return `item ${printable(change.sortKey)} changed`;
    case 'safety':
      return `item ${printable(change.sortKey)} is safer now`;
    case 'orders':
      return 'orders changed: carrossel orders list';
    case 'accounts':
      return 'accounts changed';
    case 'ring':
      return 'the ring changed';
    case 'notices':
      return 'there is something to know: carrossel ring status';
    case 'functions':
      return 'functions have run';
    case 'hello':
      return '';
  }
}
