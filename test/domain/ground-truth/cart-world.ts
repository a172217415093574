/**
 * Devices that edit one cart apart, with the real domain code: contexts with gaps, siblings,
 * stamped lines. Whatever they do is told to the oracle; whenever a device's siblings change, what
 * the code says of each line is compared with the truth.
 */
import { autoResolved, mergeCart, siblingToEdit } from '../../../src-main/domain/cart-merge.ts';
import type { MergedCart, MergedLine } from '../../../src-main/domain/cart-merge.ts';
import { addLines, draftOf, removeLine, setLine } from '../../../src-main/domain/cart-edit.ts';
import { stampLines, type Draft, type DraftLine } from '../../../src-main/domain/cart-edit.ts';
import { lineKey, type CartSibling, type LineContent } from '../../../src-main/domain/cart.ts';
import type { ActorId, Hash } from '../../../src-main/domain/ids.ts';
import { mergeSiblings } from '../../../src-main/domain/versioned-item.ts';
import { contextForWrite } from '../../../src-main/domain/write-context.ts';
import { createLineOracle, type LineLabel, type Outcome } from './line-oracle.ts';
import { createSeeded } from './seeded.ts';

export interface Tally {
  /** Lines judged while siblings stood side by side. */
  checks: number;
  /** Asked, and rightly so. */
  questions: number;
  /** Asked although all that was decided last agrees. */
  needless: number;
  /** Decided without a question, and wrongly: what must never be. Each told in a sentence. */
  silent: string[];
}

export interface WorldOptions {
  readonly seed: number;
  readonly steps: number;
  /** Replaces the code's stamping, to show that the checker bites. */
  readonly stamp?: typeof stampLines;
}

interface Sibling extends CartSibling {
  /** The oracle's number of this version. */
  readonly number: number;
}

interface Device {
  readonly actor: ActorId;
  /** One counter for all items of the account. */
  counter: number;
  lastOwn: number;
  siblings: readonly Sibling[];
  /** What its screen shows, maybe no longer the newest. */
  shown: readonly Sibling[];
}

export function runWorld(options: WorldOptions): Tally {
  const random = createSeeded(options.seed);
  const oracle = createLineOracle();
  const stamp = options.stamp ?? stampLines;
  const labels = new Map<string, LineLabel>();
  const written: Sibling[] = [];
  const tally: Tally = { checks: 0, questions: 0, needless: 0, silent: [] };
  const devices = Array.from({ length: 2 + random.below(4) }, (_, i): Device => {
    const actor = String(i).padStart(32, 'a') as ActorId;
    return { actor, counter: 0, lastOwn: 0, siblings: [], shown: [] };
  });

  const content = (): LineContent => ({
    product: { title: `product ${random.below(3)}` },
    quantity: 1 + random.below(3),
    note: '',
  });

  /** One write of the device over what it has read; undefined draft: the cart is deleted. */
  function write(device: Device, replaced: readonly Sibling[], draft: Draft | undefined): void {
    device.counter += 1 + random.below(3);
    const { actor, counter, lastOwn } = device;
    const dot = { actor, counter };
    const context = contextForWrite({ actor, counter, lastOwn, replaced });
    const cart = draft && stamp({ draft, replaced, dot, wallMs: counter });
    const number = oracle.wrote(
      replaced.map((sibling) => sibling.number),
      labelled(draft, cart?.lines.map((line) => lineKey(line.id)) ?? [], replaced),
    );
    const version = { dot, hash: `${actor}${counter}` as Hash, context, cart, number };
    device.lastOwn = counter;
    device.siblings = mergeSiblings(device.siblings, [version]);
    written.push(version);
  }

  /** What the author meant, by the lines' labels: held lines go on, all others are new. */
  function labelled(
    draft: Draft | undefined,
    keys: readonly string[],
    replaced: readonly Sibling[],
  ): ReadonlyMap<LineLabel, string> {
    const held = new Set(
      replaced.flatMap((sibling) => sibling.cart?.lines.map((line) => lineKey(line.id)) ?? []),
    );
    const holds = new Map<LineLabel, string>();
    for (const [i, line] of (draft?.lines ?? []).entries()) {
      const meant = line.id === undefined ? '' : lineKey(line.id);
      const goesOn = held.delete(meant);
      const label = (goesOn ? labels.get(meant) : undefined) ?? oracle.label();
      const key = keys[i] ?? '';
      if (!goesOn && labels.has(key)) tally.silent.push(`an entering line took the old id ${key}`);
      if (goesOn && key !== meant) tally.silent.push(`the line ${meant} was renamed`);
      labels.set(key, label);
      holds.set(label, told(line));
    }
    return holds;
  }

  /** Compares the verdict on every line with what was truly decided. */
  function check(device: Device): void {
    if (device.siblings.length < 2) return;
    const truth = oracle.truth(device.siblings.map((sibling) => sibling.number));
    const union = new Map(
      mergeCart(device.siblings).lines.map((line) => [labels.get(lineKey(line.id)), line]),
    );
    for (const [label, outcomes] of truth) judge(label, outcomes, union.get(label));
  }

  function judge(
    label: LineLabel,
    outcomes: ReadonlySet<Outcome>,
    line: MergedLine<Sibling> | undefined,
  ): void {
    // Gone everywhere, and rightly so: nothing was decided here.
    if (line === undefined && outcomes.size === 1 && outcomes.has(null)) return;
    tally.checks++;
    if (line?.group === 'choose') {
      if (outcomes.size > 1) tally.questions++;
      else tally.needless++;
      return;
    }
    const verdict = line?.settled === undefined ? null : told(line.settled);
    if (outcomes.size === 1 && outcomes.has(verdict)) return;
    const said = `${line?.group ?? 'absent'} ${String(verdict)}`;
    const meant = [...outcomes].map(String).join(' | ');
    tally.silent.push(`seed ${options.seed}, line ${label}: said ${said}, decided ${meant}`);
  }

  /** The whole cart as the person settles it, seeing the union and its groups. */
  function resolution(merged: MergedCart<Sibling>): Draft {
    const proposed = new Map(autoResolved(merged).lines.map((line) => [lineKey(line.id), line]));
    const lines = merged.lines.flatMap((line): DraftLine[] => {
      if (random.chance(0.1)) return [];
      const { id } = line;
      if (random.chance(0.1)) return [{ id, ...content() }];
      const choice = random.chance(0.2) || line.group === 'choose';
      const source = choice ? random.pick(line.variants) : proposed.get(lineKey(id));
      if (source === undefined) return random.chance(0.1) ? [bare(id, line)] : [];
      return [bare(id, source)];
    });
    const draft = { name: '', lines };
    return random.chance(0.2) ? addLines(draft, [content()]) : draft;
  }

  /** One edit: of the whole where there is no conflict, of one sibling while one is open. */
  function edit(device: Device, base: readonly Sibling[]): void {
    const union = mergeCart(base);
    const target = union.lines.length > 0 && random.chance(0.7) ? random.pick(union.lines) : null;
    const one = siblingToEdit(base, (actor) => actor === device.actor, target?.id);
    const draft = one?.cart === undefined ? { name: '', lines: [] } : draftOf(one.cart);
    const replaced = one === undefined ? [] : [one];
    if (target === null) write(device, replaced, addLines(draft, [content()]));
    else if (random.chance(0.4)) write(device, replaced, removeLine(draft, target.id));
    else write(device, replaced, setLine(draft, target.id, content()));
  }

  /** An old version's lines over what is there now: removed ones enter again, by new ids. */
  function restore(device: Device, base: readonly Sibling[]): void {
    const old = random.pick(written).cart;
    write(device, base, old === undefined ? undefined : draftOf(old));
  }

  function step(device: Device): void {
    // A screen may show what has since been replaced: the write then covers just what it shows.
    if (random.chance(0.8)) device.shown = device.siblings;
    const base = device.shown;
    const dice = random.below(100);
    if (dice < 35) {
      const other = random.pick(devices);
      device.siblings = mergeSiblings(device.siblings, other.siblings);
    } else if (dice < 70) edit(device, base);
    else if (dice < 88) write(device, base, resolution(mergeCart(base)));
    else if (dice < 94 && written.length > 0) restore(device, base);
    else if (dice < 97) write(device, [], addLines({ name: '', lines: [] }, [content()]));
    else write(device, base, undefined);
  }

  for (let i = 0; i < options.steps; i++) {
    const device = random.pick(devices);
    const before = device.siblings;
    step(device);
    if (device.siblings !== before) check(device);
  }
  return tally;
}

function told(line: LineContent): string {
  return `${line.quantity} ${line.product.title}`;
}

function bare(id: MergedLine<Sibling>['id'], source: LineContent): DraftLine {
  const { product, quantity, note } = source;
  return { id, product, quantity, note };
}
