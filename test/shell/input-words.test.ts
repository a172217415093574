import type * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { contract } from '../../src-main/shell/contract.ts';
import { inputSentence, type Issue } from '../../src-main/shell/input-words.ts';

interface Procedure {
  readonly '~orpc': { readonly inputSchema?: z.ZodType };
}
const line = { product: { title: 'Rice' }, quantity: 1 };

/** What the contract says to an input of a procedure. */
function said(procedure: unknown, input: unknown): string {
  const parsed = (procedure as Procedure)['~orpc'].inputSchema?.safeParse(input);
  if (parsed === undefined || parsed.success) return 'nothing';
  return inputSentence(parsed.error.issues as unknown as Issue[]);
}
const lines = (...all: unknown[]) => said(contract.carts.addLines, { name: 'x', lines: all });

describe('an input that is refused', () => {
  it('is named with what is wrong, and with its path', () => {
    expect([
      lines({ ...line, product: { title: ' ' } }),
      lines({ ...line, product: { title: 'x'.repeat(201) } }),
      lines(line, { ...line, quantity: 0 }),
      lines({ ...line, quantity: 1_000_001 }),
      lines({ ...line, quantity: 1.5 }),
      lines({ ...line, quantity: 'two' }),
      lines({ quantity: 2 }),
      lines({ ...line, note: 'x'.repeat(1001) }),
      lines({ ...line, product: { title: 'a', price: { amount: 0.5, currency: 'euro' } } }),
      lines(),
      lines(...Array.from({ length: 1001 }, () => line)),
      lines(7),
      said(contract.carts.create, {}),
      said(contract.carts.put, { name: 'x', lines: [], context: 1, consistency: 'soon' }),
      said(contract.ring.create, { n: 0, w: 65 }),
      said(contract.ring.invite, { expiresInMs: 1, admin: 'yes' }),
      said(contract.items.query, { limit: '0', reverse: 'perhaps' }),
      said(contract.items.get, { sortKey: '' }),
      said(contract.items.put, { sortKey: 'a' }),
      said(contract.carts.create, 'Groceries'),
    ]).toMatchInlineSnapshot(`
      [
        "The title of line 1 is empty (lines.0.product.title).",
        "The title of line 1 may have 200 characters at most (lines.0.product.title).",
        "The quantity of line 2 must be at least 1 (lines.1.quantity).",
        "The quantity of line 1 may be 1,000,000 at most (lines.0.quantity).",
        "The quantity of line 1 must be a whole number (lines.0.quantity).",
        "The quantity of line 1 must be a number (lines.0.quantity).",
        "The product of line 1 is missing (lines.0.product).",
        "The note of line 1 may have 1,000 characters at most (lines.0.note).",
        "The price (in cents) of line 1 must be a whole number (lines.0.product.price.amount). The currency of line 1 must be three capital letters, like BRL or EUR (lines.0.product.price.currency).",
        "The list of lines is empty (lines).",
        "The list of lines may have 1,000 entries at most (lines).",
        "Line 1 must be an object (lines.0).",
        "The name is missing (name).",
        "The consistency must be "eventual" or "strict" (consistency). The context of what was shown must be a text (context).",
        "The number of copies (n) must be at least 1 (n). The number of copies (w) may be 64 at most (w).",
        "The time it works (in milliseconds) must be at least 1,000 (expiresInMs). "admin" must be true or false (admin).",
        "The limit must be at least 1 (limit). "reverse" is none of what it may be (reverse).",
        "The sort key is empty (sortKey).",
        "The value is none of what it may be (value).",
        "The input must be an object.",
      ]
    `);
  });

  it('never reads like a program, and ends after a few', () => {
    const bad = Array.from({ length: 40 }, () => ({ product: {}, quantity: -1 }));
    const sentence = lines(...bad);
    expect(sentence).toMatch(/ And 75 more\.$/);
    expect(sentence.length).toBeLessThan(500);
    expect(sentence).not.toMatch(/expected|received|Invalid input|Too (small|big)|undefined/);
  });
});
