import { describe, expect, it } from 'vitest';
import {
  createDeadLetters,
  eventAgain,
  type DeadLetter,
  type LetterLimits,
} from '../../../src-main/app/functions/dead-letters.ts';
import type { RecordStore } from '../../../src-main/storage/record-store.ts';
import { memoryStore } from '../../replication/member-fixture.ts';

const value = (text: string) => ({ value: text, device: 'a', wallMs: 1 });
const letter = (n: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ id: `e${n}`, function: 'f', account: 'a', error: 'no', tries: 5, depth: 0 },
  wallMs: 1000 - n,
  event: {
    ...{ id: `e${n}`, key: `note#${n}`, replay: false, retried: false },
    before: [value('before')],
    after: [value('after')],
  } as unknown as DeadLetter['event'],
  ...more,
});

async function lettersOver(records: RecordStore, limits?: LetterLimits) {
  const space = 'function';
  const letters = createDeadLetters(
    { space, ...(limits === undefined ? {} : { limits }) },
    { records },
  );
  const bury = async (one: DeadLetter): Promise<number> => {
    const { writes, gone } = await letters.bury(one);
    for (const { name, value: bytes } of writes) {
      if (bytes === null) await records.delete(space, name);
      else await records.put(space, name, bytes);
    }
    return gone;
  };
  const ids = async (name = 'f') => (await letters.letters(name)).map(({ id }) => id);
  return { letters, bury, ids };
}

describe('dead letters', () => {
  it('are so many at most: the oldest go, and it is told how many', async () => {
    const { records } = await memoryStore();
    const { letters, bury, ids } = await lettersOver(records, { count: 3, bytes: 1_000_000 });
    const gone = [];
    // The later ones are the older ones here: not the order of their names decides.
    for (const n of [3, 1, 4, 2, 0]) gone.push(await bury(letter(n)));
    expect(gone).toEqual([0, 0, 0, 1, 1]);
    expect(await ids()).toEqual(['e2', 'e1', 'e0']);
    expect(await letters.countLetters('f')).toBe(3);
    expect(await bury(letter(0, { tries: 6 }))).toBe(0);
  });

  it('have so many bytes at most, and those of one function leave another’s alone', async () => {
    const { records } = await memoryStore();
    const { bury, ids } = await lettersOver(records, { count: 100, bytes: 2000 });
    await bury(letter(9, { function: 'f-other' }));
    for (const n of [5, 4, 3, 2, 1]) await bury(letter(n, { error: 'x'.repeat(600) }));
    expect(await ids()).toEqual(['e2', 'e1']);
    expect(await ids('f-other')).toEqual(['e9']);
  });

  it('keep less of large values, and are not given again without any', async () => {
    const { records } = await memoryStore();
    const { letters, bury } = await lettersOver(records);
    const large = value('x'.repeat(500_000));
    const { event } = letter(1);
    await bury(letter(1, { event: { ...event, before: [large], after: [large] } as never }));
    await bury(letter(0, { event: { ...event, before: [], after: [large, large] } as never }));
    await bury(letter(2, { error: 'y'.repeat(2_000_000) }));
    const [two, one, none] = await letters.letters('f');
    expect(two?.error).toHaveLength(2000);
    expect(one?.event).toMatchObject({ before: [], after: [large] });
    expect(eventAgain(one!)).toMatchObject({ retried: true, after: [large] });
    expect(none?.event).toMatchObject({ before: [], after: [] });
    expect(() => eventAgain(none!)).toThrow(/too large to be kept/u);
  });
});
