/**
 * From what the peer shows of a cart that was written apart to the questions of the dialog, and
 * from the person's choices to the lines that are saved. Pure: DESIGN §2 Carts (classification,
 * union, duplicates); the peer has classified, here nothing is judged again.
 */
import type { CartView, LineGroup, LineInput, LineVariant, LineView, Money } from '../wall.ts';

/** A question's kind: a line's group, or lines of one product added on both sides. */
export type QuestionGroup = LineGroup | 'duplicate';

/** In the order the dialog shows them. */
export const QUESTION_GROUPS: readonly QuestionGroup[] = [
  'choose',
  'duplicate',
  'changed',
  'added',
  'removed',
  'same',
];

export type AnswerKind =
  'keep' | 'restore' | 'variant' | 'before' | 'remove' | 'larger' | 'sum' | 'only' | 'both';

export interface Answer {
  /** Names the answer within its question; the same for the same content. */
  readonly key: string;
  readonly kind: AnswerKind;
  /** Versions of the siblings that have it like this. */
  readonly versions: readonly string[];
  /** What this answer puts into the cart. */
  readonly lines: readonly LineInput[];
}

export interface Question {
  readonly id: string;
  readonly group: QuestionGroup;
  /** One line, or the lines of one product. */
  readonly lines: readonly LineView[];
  readonly answers: readonly Answer[];
  /**
   * Key of the answer that holds until the person says otherwise; undefined: they have to choose.
   */
  readonly preset: string | undefined;
}

export interface Decision {
  readonly answer: string;
  /** A quantity of the person's own, for answers with one line. */
  readonly quantity?: number;
}
export type Decisions = ReadonlyMap<string, Decision>;

export const NO_DECISIONS: Decisions = new Map();
export const NOTHING_FRESH: ReadonlySet<string> = new Set();

/** The decisions with one more, or another one, for a question. */
export function withDecision(before: Decisions, id: string, decision: Decision): Decisions {
  return new Map(before).set(id, decision);
}

export const LARGEST_QUANTITY = 1_000_000;
const LONGEST_NOTE = 1000;
const REMOVE: Answer = { key: 'remove', kind: 'remove', versions: [], lines: [] };

/** The dialog's questions in the cart's order. */
export function questionsOf(cart: CartView): readonly Question[] {
  const twins = duplicates(cart.lines);
  const questions: Question[] = [];
  for (const line of cart.lines) {
    const lines = twins.get(line.id);
    if (lines === undefined) questions.push(questionOfLine(line));
    else if (lines[0] === line) questions.push(questionOfDuplicates(lines));
  }
  return questions;
}

/** For each line that another side added too: all lines of its product, in the cart's order. */
function duplicates(lines: readonly LineView[]): Map<string, readonly LineView[]> {
  const byProduct = Map.groupBy(
    lines.filter((line) => line.group === 'added' && line.productGroup !== undefined),
    (line) => line.productGroup,
  );
  const twins = new Map<string, readonly LineView[]>();
  for (const group of byProduct.values()) {
    const sides = new Set(group.map((line) => line.by.toSorted().join(' ')));
    if (sides.size > 1) for (const line of group) twins.set(line.id, group);
  }
  return twins;
}

function questionOfLine(line: LineView): Question {
  const { id, group } = line;
  const lines = [line];
  const keep = (kind: 'keep' | 'restore'): Answer => ({
    key: 'keep',
    kind,
    versions: line.variants.flatMap(({ versions }) => versions),
    lines: [inputOf(id, line)],
  });
  const remove: Answer = { ...REMOVE, versions: line.missingFrom };
  if (group === 'removed') {
    return { id, group, lines, answers: [remove, keep('restore')], preset: 'remove' };
  }
  if (line.variants.length < 2 || group === 'same' || group === 'added') {
    const preset = group === 'choose' ? undefined : 'keep';
    return { id, group, lines, answers: [keep('keep'), remove], preset };
  }
  const variants = line.variants
    .toSorted((a, b) => Number(a.superseded) - Number(b.superseded))
    .map((variant) => variantAnswer(id, variant));
  const live = variants.filter(({ kind }) => kind === 'variant');
  const preset = group === 'changed' && live.length === 1 ? live[0]?.key : undefined;
  return { id, group, lines, answers: [...variants, remove], preset };
}

function variantAnswer(id: string, variant: LineVariant): Answer {
  const input = inputOf(id, variant);
  return {
    key: `as ${JSON.stringify([input.quantity, input.note, productKey(input)])}`,
    kind: variant.superseded ? 'before' : 'variant',
    versions: variant.versions,
    lines: [input],
  };
}

function questionOfDuplicates(lines: readonly LineView[]): Question {
  const [first] = lines;
  const largest = lines.reduce((best, line) => (line.quantity > best.quantity ? line : best));
  const sum = lines.reduce((total, line) => total + line.quantity, 0);
  const versions = lines.flatMap(({ by }) => by);
  const notes = [...new Set(lines.map(({ note }) => note.trim()))].filter((note) => note !== '');
  const joined = notes.join(' · ');
  const note = joined.length <= LONGEST_NOTE ? joined : largest.note;
  const one = (kind: 'larger' | 'sum', quantity: number): Answer => ({
    key: kind,
    kind,
    versions,
    lines: [{ ...inputOf(largest.id, largest), quantity, note }],
  });
  const answers: readonly Answer[] = [
    one('larger', largest.quantity),
    one('sum', Math.min(sum, LARGEST_QUANTITY)),
    ...lines.map((line): Answer => {
      const input = inputOf(line.id, line);
      return { key: `only ${line.id}`, kind: 'only', versions: line.by, lines: [input] };
    }),
    { key: 'both', kind: 'both', versions, lines: lines.map((line) => inputOf(line.id, line)) },
    REMOVE,
  ];
  return {
    id: `product ${first?.productGroup ?? ''}`,
    group: 'duplicate',
    lines,
    answers,
    preset: 'larger',
  };
}

/** The answer in force: the person's, else the preset; undefined: still open. */
export function answerOf(question: Question, decisions: Decisions): Answer | undefined {
  const key = decisions.get(question.id)?.answer ?? question.preset;
  return question.answers.find((answer) => answer.key === key);
}

/** What one question puts into the cart now, with the person's own quantity if they set one. */
export function linesOf(question: Question, decisions: Decisions): readonly LineInput[] {
  const lines = answerOf(question, decisions)?.lines ?? [];
  const quantity = decisions.get(question.id)?.quantity;
  return quantity === undefined || lines.length !== 1
    ? lines
    : lines.map((line) => ({ ...line, quantity }));
}

export interface Resolution {
  readonly lines: readonly LineInput[];
  /** Questions that still need the person, in order. */
  readonly open: readonly Question[];
  readonly totals: readonly Money[];
}

/** The cart the choices come to. Complete, and ready to be saved, once `open` is empty. */
export function resolutionOf(questions: readonly Question[], decisions: Decisions): Resolution {
  const lines = questions.flatMap((question) => linesOf(question, decisions));
  const open = questions.filter((question) => answerOf(question, decisions) === undefined);
  return { lines, open, totals: totalsOf(lines) };
}

/** Sums per currency, largest currency code last. Lines without a price count nothing. */
export function totalsOf(lines: readonly Pick<LineInput, 'product' | 'quantity'>[]): Money[] {
  const sums = new Map<string, number>();
  for (const { product, quantity } of lines) {
    if (product.price === undefined) continue;
    const { amount, currency } = product.price;
    sums.set(currency, (sums.get(currency) ?? 0) + amount * quantity);
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ amount, currency }));
}

/** What a wish for all lines at once means: everything, with the larger quantities. */
export function decideLarger(questions: readonly Question[]): Decisions {
  const decisions = new Map<string, Decision>();
  for (const { id, group, answers } of questions) {
    const candidates = answers.filter(({ lines }) => lines.length === 1);
    const keep = answers.find(({ kind }) => kind === 'keep' || kind === 'restore');
    const best =
      group === 'duplicate'
        ? answers.find(({ kind }) => kind === 'larger')
        : (keep ?? candidates.reduce<Answer | undefined>(larger, undefined));
    if (best !== undefined) decisions.set(id, { answer: best.key });
  }
  return decisions;
}

function larger(best: Answer | undefined, answer: Answer): Answer {
  const quantity = answer.lines[0]?.quantity ?? 0;
  return best === undefined || quantity > (best.lines[0]?.quantity ?? 0) ? answer : best;
}

/** All lines as one sibling has them; what it has not is left out. */
export function decideAs(questions: readonly Question[], version: string): Decisions {
  const decisions = new Map<string, Decision>();
  for (const { id, group, answers, lines } of questions) {
    const held = lines.filter((line) => !line.missingFrom.includes(version));
    const answer = group === 'duplicate' ? heldAnswer(answers, held) : undefined;
    const single =
      held.length === 0
        ? answers.find(({ kind }) => kind === 'remove')
        : answers.find((one) => one.lines.length === 1 && one.versions.includes(version));
    const chosen = answer ?? single;
    if (chosen !== undefined) decisions.set(id, { answer: chosen.key });
  }
  return decisions;
}

function heldAnswer(answers: readonly Answer[], held: readonly LineView[]): Answer | undefined {
  const [first, ...rest] = held;
  if (first === undefined) return answers.find(({ kind }) => kind === 'remove');
  if (rest.length > 0) return answers.find(({ kind }) => kind === 'both');
  return answers.find(({ key }) => key === `only ${first.id}`);
}

export interface Carried {
  readonly decisions: Decisions;
  /** Ids of the questions that are new or other than before. */
  readonly fresh: ReadonlySet<string>;
}

/**
 * Takes choices along to a newer state: those whose question is unchanged; the rest is asked
 * anew.
 */
export function carryOver(
  before: readonly Question[],
  after: readonly Question[],
  decisions: Decisions,
): Carried {
  const old = new Map(before.map((question) => [question.id, contentOf(question)]));
  const carried = new Map<string, Decision>();
  const fresh = new Set<string>();
  for (const question of after) {
    const decision = decisions.get(question.id);
    if (old.get(question.id) !== contentOf(question)) fresh.add(question.id);
    else if (decision !== undefined) carried.set(question.id, decision);
  }
  return { decisions: carried, fresh };
}

/** What a question asks, without the names of versions: those change with every write. */
function contentOf({ group, answers }: Question): string {
  return JSON.stringify([group, answers.map(({ key, kind, lines }) => [key, kind, lines])]);
}

function inputOf(id: string, from: Omit<LineInput, 'id'>): LineInput {
  return { id, product: from.product, quantity: from.quantity, note: from.note };
}

function productKey({ product }: LineInput): unknown[] {
  const { title, sku, category, unit, price } = product;
  return [title, sku, category, unit, price?.amount, price?.currency];
}
