import { describe, expect, it } from 'vitest';
import { answerWords } from '../../src-renderer/i18n/answer-words.ts';
import { en } from '../../src-renderer/i18n/en.ts';
import { createFormats } from '../../src-renderer/i18n/format.ts';
import { editMoney, parseMoney } from '../../src-renderer/i18n/money.ts';
import { whoAndWhen, whyWords } from '../../src-renderer/i18n/people.ts';
import { ptBR } from '../../src-renderer/i18n/pt-br.ts';
import { safetyWords } from '../../src-renderer/i18n/safety-words.ts';
import { hashOf, linkIn, placeOf } from '../../src-renderer/state/place.ts';
import { firstWrong, placesToAsk, wordsOf } from '../../src-renderer/state/phrase-check.ts';
import { questionsOf } from '../../src-renderer/state/resolution.ts';
import { ANA, apart, RUI, safety } from './fixture-views.ts';

const english = createFormats('en', en.app.justNow);
const portuguese = createFormats('pt-BR', ptBR.app.justNow);
const MINUTE = 60_000;

describe('how safe a change is, in words', () => {
  const says = (over: Parameters<typeof safety>[0]) =>
    safetyWords(en.safety, english, safety(over));

  it('names the machines that have it and those that will get it', () => {
    expect(says({})).toBe('On 3 of 3 machines');
    expect(says({ state: 'pending', copies: 1, waitingFor: ["Ana's laptop"] })).toBe(
      "Saved here; Ana's laptop will get it when it is back",
    );
    expect(says({ state: 'safe', copies: 2, waitingFor: ['Shop'] })).toBe(
      'On 2 of 3 machines; Shop will get it when it is back',
    );
    expect(says({ state: 'pending', copies: 1, waitingFor: ['Ana', 'Shop'] })).toBe(
      'Saved here; Ana and Shop will get it when they are back',
    );
  });

  it('promises nothing that is not known', () => {
    expect(says({ state: 'pending', copies: 1 })).toBe(
      'Saved here; on its way to the other machines',
    );
    expect(says({ state: 'complete', copies: 1, owners: 1 })).toBe('Saved on this machine');
    expect(says({ state: 'safe', copies: 2 })).toBe(
      'On 2 of 3 machines; the others are getting it',
    );
    expect(says({ state: 'complete', copies: 4 })).toBe('On 4 machines');
  });

  it('speaks Portuguese', () => {
    const waiting = safety({ state: 'pending', copies: 1, waitingFor: ['Ana', 'Loja'] });
    expect(safetyWords(ptBR.safety, portuguese, waiting)).toBe(
      'Salvo aqui; Ana e Loja recebem quando voltarem',
    );
    expect(safetyWords(ptBR.safety, portuguese, safety())).toBe('Em 3 de 3 máquinas');
  });
});

describe('who wrote and when', () => {
  const now = 100 * MINUTE;
  const { siblings, lines } = apart(now);
  const naming = { siblings, t: en, formats: english, now };
  const why = (title: string) => {
    const found = lines.find(({ product }) => product.title === title);
    if (found === undefined || found.group === 'same') throw new Error(title);
    return whyWords([found], found.group, naming, whoAndWhen);
  };

  it('names each device with its time, this machine by that name', () => {
    expect(why('Milk')).toBe(
      "Changed in different ways: Ana's laptop (42 minutes ago) and this machine (5 minutes ago)",
    );
    expect(why('Butter')).toBe(
      "Changed on Ana's laptop (42 minutes ago), removed on this machine (5 minutes ago)",
    );
    expect(why('Batteries')).toBe('Removed on this machine (5 minutes ago)');
  });

  it('says what an answer means by what the answers differ in', () => {
    const says = (title: string) => {
      const question = questionsOf({ ...apart(now), siblings }).find(
        (one) => one.lines[0]?.product.title === title,
      );
      return question?.answers.map((answer) => answerWords(answer, question, naming));
    };
    expect(says('Milk')).toEqual([
      "6 · no note (Ana's laptop)",
      '3 · “lactose free” (this machine)',
      'Leave out',
    ]);
    expect(says('Butter')).toEqual(['Keep: 2', 'Leave out, as on this machine']);
    expect(says('Black beans')).toEqual(['3 (this machine)', '5 (as before)', 'Leave out']);
  });

  it('says a time ahead of our clock as a date, and a far one too', () => {
    expect(english.when(now - 20_000, now)).toBe('just now');
    expect(english.when(now + MINUTE, now)).toBe('just now');
    expect(english.when(now + 60 * MINUTE, now)).toContain('1970');
    expect(portuguese.when(now - 3 * MINUTE, now)).toBe('há 3 minutos');
  });

  it('keeps the versions apart by name only', () => {
    expect(whoAndWhen([RUI, ANA, 'unknown'], naming)).toBe(
      "Ana's laptop (42 minutes ago) and this machine (5 minutes ago)",
    );
  });
});

describe('money as people write it', () => {
  it.each([
    ['12', 1200],
    ['12.5', 1250],
    ['12,50', 1250],
    ['R$ 3,99', 399],
    ['1.234,56', 123_456],
    ['1,234.56', 123_456],
    ['1,500', 150_000],
    ['0', 0],
  ])('reads %s', (text, amount) => {
    expect(parseMoney(text, 'BRL')).toEqual({ amount, currency: 'BRL' });
  });

  it.each(['', 'abc', '-1', '1.2.3', '12,345,6', '1e3', '99999999999999'])('refuses %s', (text) => {
    expect(parseMoney(text, 'BRL')).toBeUndefined();
  });

  it('knows currencies without cents', () => {
    expect(parseMoney('1,500', 'JPY')).toEqual({ amount: 1500, currency: 'JPY' });
    expect(parseMoney('1,5', 'JPY')).toBeUndefined();
  });

  it('reads back what it writes', () => {
    for (const locale of ['en', 'pt-BR']) {
      const price = { amount: 123_456, currency: 'BRL' };
      expect(parseMoney(editMoney(price, locale), 'BRL')).toEqual(price);
    }
  });
});

describe('the check that a phrase was written down', () => {
  it('asks for two different places, whatever the dice say', () => {
    for (const first of [0, 5, 11]) {
      for (const second of [0, 5, 10]) {
        const rolls = [first, second];
        const [a, b] = placesToAsk(12, { below: () => rolls.shift() ?? 0 });
        expect(a).toBeLessThan(b);
        expect(b).toBeLessThan(12);
      }
    }
  });

  it('takes a word in any case and names the first wrong one', () => {
    const words = wordsOf('1. Abandon 2. ability\n able');
    expect(words).toEqual(['abandon', 'ability', 'able']);
    expect(firstWrong(words, [0, 2], [' ABANDON', 'able '])).toBeUndefined();
    expect(firstWrong(words, [0, 2], ['abandon', 'about'])).toBe(2);
    expect(firstWrong(words, [0, 2], ['', ''])).toBe(0);
  });
});

describe('the address of a screen', () => {
  it('names carts of any account and comes back the same', () => {
    const place = { screen: 'cart', account: 'a/b', id: 'c#1 ü' } as const;
    expect(placeOf(hashOf(place))).toEqual(place);
    expect(placeOf(hashOf({ screen: 'settings' }))).toEqual({ screen: 'settings' });
    expect(placeOf('#/nonsense/%E0%A4%A')).toEqual({ screen: 'cart' });
  });

  it('carries a link of the system', () => {
    expect(linkIn('#link=carrossel%3A%2F%2Fjoin%2Fabc')).toBe('carrossel://join/abc');
    expect(linkIn('#/peers')).toBeUndefined();
  });
});
