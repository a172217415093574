import type {
  ActivityLine,
  CartSummary,
  DeadLetterView,
  FunctionView,
  LogLineView,
} from '../wall.ts';
import type { Messages } from './en.ts';
import type { Formats } from './format.ts';
import { startSentence } from './people.ts';

/** A change, or several alike in a row. */
export interface ToldChange {
  /** Of the newest of them. */
  readonly line: ActivityLine;
  readonly times: number;
}

/** Ten lines written into one cart are told once, with how often. */
export function gathered(changes: readonly ActivityLine[]): readonly ToldChange[] {
  const told: { line: ActivityLine; times: number }[] = [];
  for (const line of changes) {
    const last = told.at(-1);
    if (last !== undefined && isAlike(last.line, line)) last.times += 1;
    else told.push({ line, times: 1 });
  }
  return told;
}

function isAlike(a: ActivityLine, b: ActivityLine): boolean {
  return (
    a.sortKey === b.sortKey &&
    a.what === b.what &&
    a.device === b.device &&
    a.own === b.own &&
    a.function === b.function
  );
}

/** “Ana's laptop changed the cart “Groceries””: names are as people gave them. */
export function changeWords(line: ActivityLine, t: Messages, formats: Pick<Formats, 'locale'>) {
  const nameless = line.own ? t.app.thisMachine : t.activity.somebody;
  const isNamed = !line.own && line.device !== '';
  const who = isNamed ? line.device : startSentence(nameless, formats);
  return t.activity.what[line.what](who, itemName(line, t.activity));
}

/** What an item is, within a sentence. */
export function itemName(
  { kind, name, sortKey }: Pick<ActivityLine, 'kind' | 'name' | 'sortKey'>,
  { items }: Messages['activity'],
): string {
  switch (kind) {
    case 'cart':
      return name === '' ? items.aCart : items.cart(name);
    case 'product':
      return name === '' ? items.aProduct : items.product(name);
    case 'order':
      return items.anOrder;
    case 'notice':
      return items.aNotice;
    case 'decision':
      return items.aDecision;
    case 'other':
      return items.other(sortKey);
  }
}

/** What the peer says of a function in the page's words; what the function says in its own. */
export function logWords({ note, text }: LogLineView, t: Messages, formats: Formats): string {
  const { notes } = t.activity;
  switch (note?.what) {
    case undefined:
      return text;
    case 'ran':
      return notes.ran(note.events, note.writes, formats.number(Math.round(note.tookMs)));
    case 'loaded':
      return notes.loaded(note.prefix);
    case 'missed':
      return notes.missed;
    case 'waits':
      return notes.waits(t.errors[note.code]);
    case 'gaveUp':
      return notes.gaveUp(note.key, note.error);
    case 'lettersGone':
      return notes.lettersGone(note.count);
    case 'chainEnded':
      return notes.chainEnded(note.key);
  }
}

/** `look`: it runs, and a person should see why it fails. */
export function stateOf({ state, deadLetters }: FunctionView): FunctionView['state'] | 'look' {
  return state === 'running' && deadLetters > 0 ? 'look' : state;
}

/** The item that a dead letter is about, with its name where that is known here. */
export function letterItem(
  { account, key }: DeadLetterView,
  carts: readonly CartSummary[],
  t: Messages['activity'],
): string {
  const [kind = '', id] = key.split('#');
  const cart = carts.find((one) => one.account === account && one.id === id);
  // “A product” would be any of them: its key says which.
  return kind === 'cart' && cart !== undefined ? t.items.cart(cart.name) : t.items.other(key);
}
