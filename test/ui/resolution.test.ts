import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  carryOver,
  decideAs,
  decideLarger,
  NO_DECISIONS,
  questionsOf,
  resolutionOf,
  totalsOf,
  withDecision,
  type Question,
} from '../../src-renderer/state/resolution.ts';
import { ANA, apart, brl, cart, line, RUI, SHOP, sibling } from './fixture-views.ts';

const questions = questionsOf(apart(0));
const question = (title: string): Question => {
  const found = questions.find(({ lines }) => lines[0]?.product.title === title);
  if (found === undefined) throw new Error(`no question about ${title}`);
  return found;
};
const answers = (title: string) => question(title).answers.map(({ kind }) => kind);
const presetKind = (title: string) => answerOf(question(title), NO_DECISIONS)?.kind;
const quantities = (lines: readonly { product: { title: string }; quantity: number }[]) =>
  lines.map(({ product, quantity }) => `${quantity} ${product.title}`);

describe('the questions of a cart that was written apart', () => {
  it('keep what is the same and what one side added, and leave out what one side removed', () => {
    expect(presetKind('Rice')).toBe('keep');
    expect(presetKind('Oranges')).toBe('keep');
    expect(presetKind('Batteries')).toBe('remove');
    expect(answers('Batteries')).toEqual(['remove', 'restore']);
  });

  it('take the change of one side, with the way back beside it', () => {
    expect(answers('Black beans')).toEqual(['variant', 'before', 'remove']);
    expect(answerOf(question('Black beans'), NO_DECISIONS)?.lines[0]?.quantity).toBe(3);
  });

  it('leave open what only the person can decide', () => {
    expect(presetKind('Milk')).toBeUndefined();
    expect(presetKind('Butter')).toBeUndefined();
    const { open } = resolutionOf(questions, NO_DECISIONS);
    expect(open.map(({ lines }) => lines[0]?.product.title)).toEqual(['Milk', 'Butter']);
  });

  it('put lines of one product added on both sides into one question, the larger preselected', () => {
    expect(answers('Eggs')).toEqual(['larger', 'sum', 'only', 'only', 'both', 'remove']);
    expect(presetKind('Eggs')).toBe('larger');
    const [larger, sum, , , both] = question('Eggs').answers;
    expect(larger?.lines).toMatchObject([{ id: 'eggs 2', quantity: 2, note: 'free range' }]);
    expect(sum?.lines).toMatchObject([{ id: 'eggs 2', quantity: 3 }]);
    expect(both?.lines.map(({ id }) => id)).toEqual(['eggs 1', 'eggs 2']);
  });

  it('leave two lines of one product alone that one side added knowingly', () => {
    const twice = ['a', 'b'].map((id) =>
      line('Milk', { id, group: 'added', by: [ANA], missingFrom: [RUI], productGroup: 'milk' }),
    );
    expect(questionsOf(cart({ lines: twice })).map(({ group }) => group)).toEqual([
      'added',
      'added',
    ]);
  });

  it('keep both notes when two lines become one', () => {
    const lines = [ANA, RUI].map((version, index) =>
      line('Milk', {
        id: version,
        group: 'added',
        by: [version],
        note: `note ${index}`,
        productGroup: 'milk',
      }),
    );
    const [only] = questionsOf(cart({ lines }));
    expect(only?.answers[0]?.lines[0]?.note).toBe('note 0 · note 1');
  });
});

describe('the cart the choices come to', () => {
  it('has the answers chosen, with the person’s own quantity where they set one', () => {
    const milk = question('Milk').answers[1]?.key ?? '';
    const butter = question('Butter').answers[0]?.key ?? '';
    let decisions = withDecision(NO_DECISIONS, question('Milk').id, { answer: milk, quantity: 4 });
    decisions = withDecision(decisions, question('Butter').id, { answer: butter });
    const { lines, open, totals } = resolutionOf(questions, decisions);
    expect(open).toEqual([]);
    expect(quantities(lines)).toEqual([
      '1 Rice',
      '2 Coffee',
      '4 Milk',
      '2 Butter',
      '3 Black beans',
      '10 Oranges',
      '2 Eggs',
    ]);
    expect(lines[2]).toMatchObject({ id: 'line Milk', note: 'lactose free' });
    expect(totals).toEqual([brl(2990 + 2 * 1890 + 4 * 549 + 3 * 849 + 2 * 1299)]);
  });

  it('keeps every line with its larger quantity when everything is taken', () => {
    const { lines, open } = resolutionOf(questions, decideLarger(questions));
    expect(open).toEqual([]);
    expect(quantities(lines)).toEqual([
      '1 Rice',
      '2 Coffee',
      '6 Milk',
      '2 Butter',
      '5 Black beans',
      '10 Oranges',
      '1 Batteries',
      '2 Eggs',
    ]);
  });

  it('is one device’s cart when all is taken as there', () => {
    const ana = resolutionOf(questions, decideAs(questions, ANA));
    expect(ana.open).toEqual([]);
    expect(quantities(ana.lines)).toEqual([
      '1 Rice',
      '2 Coffee',
      '6 Milk',
      '2 Butter',
      '5 Black beans',
      '10 Oranges',
      '1 Batteries',
      '1 Eggs',
    ]);
    const rui = resolutionOf(questions, decideAs(questions, RUI));
    expect(quantities(rui.lines)).toEqual([
      '1 Rice',
      '2 Coffee',
      '3 Milk',
      '3 Black beans',
      '2 Eggs',
    ]);
  });

  it('is empty as on a device that deleted the cart', () => {
    const lines = [line('Rice', { group: 'choose', by: [ANA], missingFrom: [SHOP] })];
    const deleted = questionsOf(
      cart({ lines, siblings: [sibling({}), sibling({ version: SHOP, deleted: true })] }),
    );
    expect(resolutionOf(deleted, decideAs(deleted, SHOP))).toMatchObject({ lines: [], open: [] });
  });

  it('never has a line twice and never one that no sibling has', () => {
    const ids = new Set(apart(0).lines.map(({ id }) => id));
    const picks = fc.tuple(...questions.map(({ answers: all }) => fc.nat(all.length - 1)));
    fc.assert(
      fc.property(picks, (chosen) => {
        const decisions = new Map(
          questions.map(({ id, answers: all }, index) => [
            id,
            { answer: all[chosen[index] ?? 0]?.key ?? '' },
          ]),
        );
        const { lines, open } = resolutionOf(questions, decisions);
        const kept = lines.map(({ id }) => id ?? '');
        expect(open).toEqual([]);
        expect(new Set(kept).size).toBe(kept.length);
        expect(kept.every((id) => ids.has(id))).toBe(true);
        expect(lines.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)).toBe(
          true,
        );
      }),
    );
  });

  it('adds up each currency apart and counts lines without a price as nothing', () => {
    const usd = { title: 'Tea', price: { amount: 250, currency: 'USD' } };
    expect(
      totalsOf([
        { product: usd, quantity: 2 },
        { product: { title: 'Rice', price: brl(100) }, quantity: 3 },
        { product: { title: 'Salt' }, quantity: 9 },
      ]),
    ).toEqual([brl(300), { amount: 500, currency: 'USD' }]);
  });
});

describe('a newer state of the cart', () => {
  it('keeps the choices whose question is unchanged and asks the others anew', () => {
    const milk = question('Milk');
    const oranges = question('Oranges');
    let decisions = withDecision(NO_DECISIONS, milk.id, { answer: milk.answers[0]?.key ?? '' });
    decisions = withDecision(decisions, oranges.id, { answer: 'remove' });
    const next = apart(0);
    next.lines = next.lines.map((one) =>
      one.id === milk.id
        ? { ...one, variants: one.variants.map((v) => ({ ...v, quantity: v.quantity + 1 })) }
        : one,
    );
    next.lines.push(line('Bread', { group: 'added', by: [SHOP], missingFrom: [ANA, RUI] }));
    const carried = carryOver(questions, questionsOf(next), decisions);
    expect([...carried.decisions]).toEqual([[oranges.id, { answer: 'remove' }]]);
    expect([...carried.fresh]).toEqual([milk.id, 'line Bread']);
  });
});
