import type { Answer, Question } from '../state/resolution.ts';
import type { LineInput } from '../wall.ts';
import { devicesOf, type Naming } from './people.ts';

/** What an answer of the conflict dialog means, in words: “2 · no salt on Ana’s laptop”. */
export function answerWords(answer: Answer, question: Question, naming: Naming): string {
  const { option } = naming.t.conflict;
  const [line] = answer.lines;
  const what = line === undefined ? '' : contentWords(line, question, naming);
  const who = devicesOf(answer.versions, naming);
  switch (answer.kind) {
    case 'keep':
      return question.group === 'choose' ? `${option.keep}: ${what}` : option.keep;
    case 'restore':
    case 'both':
      return option[answer.kind];
    case 'remove':
      return who === '' ? option.remove : option.removeAs(who);
    case 'larger':
    case 'sum':
      return option[answer.kind](what);
    case 'only':
      return option.only(what, who);
    case 'before':
      return option.before(what);
    case 'variant':
      return option.as(what, who);
  }
}

/** The quantity, and whatever else the question's answers differ in. */
function contentWords(line: LineInput, question: Question, { formats, t }: Naming): string {
  const { option } = t.conflict;
  const all = question.answers.flatMap(({ lines }) => lines);
  const differ = (read: (one: LineInput) => string | undefined): boolean =>
    new Set(all.map(read)).size > 1;
  const { title, unit, price, category } = line.product;
  const priceOf = (one: LineInput): string | undefined =>
    one.product.price && formats.money(one.product.price);
  const parts = [formats.number(line.quantity) + (unit ? ` ${unit}` : '')];
  if (differ((one) => one.product.title)) parts.push(title);
  if (differ(priceOf)) parts.push(price ? formats.money(price) : option.noPrice);
  if (differ((one) => one.product.category)) parts.push(category ?? t.cart.other);
  if (differ((one) => one.note)) {
    parts.push(line.note === '' ? option.noNote : `“${line.note}”`);
  }
  return parts.join(' · ');
}
