import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import { createLife } from './other-life.ts';

describe('the way in', () => {
  it('refuses a context that is not closed even when what it covers comes at the same time', async () => {
    const life = await createLife('at once');
    const key = life.keyOf('a');
    const root = life.made(life.other, 'x', 1);
    const first = life.made(life.other, 'a', 5, { lastOwn: 4, siblings: [root] });
    const stripped = { ...first, context: EMPTY_CONTEXT };
    const second = life.made(life.other, 'a', 9, { lastOwn: 8, siblings: [stripped] });
    const both = await Promise.allSettled([
      life.intake.take(key, [first]),
      life.intake.take(key, [second]),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'STALE_CONTEXT' } });
  });
});
