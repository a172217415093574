import { sleep } from '../../base/waiting.ts';
import type { TransferView } from '../../app/views/membership.ts';
import type { Client, CommandIo } from './command.ts';
import { barOf } from './progress.ts';
import { megabytes } from './ring-commands.ts';
import { printable } from './text-table.ts';

/** What moves from machine to machine, as lines of text. */

/** Between two looks at how far a transfer is. */
const LOOK_MS = 500;

/** A line of progress until it is over, or the person ends the command: the transfer goes on. */
export async function watchTransfers(
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
  const waits = all.filter(({ state }) => state !== 'done').map(({ to }) => printable(to.name));
  const whom = waits.length === 0 ? '' : `, to take over: ${[...new Set(waits)].join(', ')}`;
  return `${barOf(total === 0 ? 0 : done / total)} ${done} of ${total} parts${whom}`;
}

const WHY: Readonly<Record<TransferView['kind'], string>> = {
  join: 'comes in',
  leave: 'leaves',
  seat: 'keeps another share',
  refill: 'lacks part of what it keeps',
};

export function transferText(one: TransferView): string {
  const { kind, change, to, state, partitions, bytes } = one;
  const who = printable((change ?? to).name);
  const size = bytes === undefined ? '' : `, ${megabytes(bytes.done)} of ${megabytes(bytes.total)}`;
  const waits = state === 'waiting' ? ' (waits for another change)' : '';
  const parts = `${partitions.done} of ${partitions.total} parts${size}${waits}`;
  return `${who} ${WHY[kind]}: ${printable(to.name)} has ${parts}`;
}
