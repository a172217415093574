import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../src-main/base/cbor.ts';
import { utf8 } from '../../src-main/base/bytes.ts';
import { MARKER, PLANTED_MS } from './account-kit.ts';
import { createCartTruth, standing } from './cart-truth.ts';
import { holdsPlanted } from './secrecy-watch.ts';

describe('what of a line stands without a question', () => {
  function line() {
    const truth = createCartTruth();
    const known = truth.begin({ account: 'a', by: 'home', marker: 'x' });
    truth.decide(known, { by: 'home', quantity: 2 }).told = true;
    const set = (by: string, quantity: number, seen: number) =>
      truth.decide(known, { by, quantity, seen });
    return { truth, known, set };
  }
  it('is the last of who knew what was before it', () => {
    const { known, set } = line();
    set('home', 30, 2).told = true;
    expect([...standing(known)]).toEqual([30]);
    // Another machine saw that, and set it anew; the first one goes on with its own.
    set('shop', 60, 30).told = true;
    expect([...standing(known)]).toEqual([60]);
  });
  it('is both of two that did not know each other, and neither alone', () => {
    const { known, set } = line();
    set('home', 30, 2).told = true;
    set('shop', 60, 2).told = true;
    expect([...standing(known)]).toEqual([30, 60]);
  });
  it('may be what was before, where nobody was told, or the machine is gone', () => {
    const { truth, known, set } = line();
    const shop = set('shop', 30, 2);
    expect([...standing(known)]).toEqual([2, 30]);
    shop.told = true;
    expect([...standing(known)]).toEqual([30]);
    truth.gone('shop');
    expect([...standing(known)]).toEqual([2, 30]);
  });
  it('is nothing that a machine tells after it was gone', () => {
    const { truth, known } = line();
    const [told, later] = [truth.toldBy('home'), truth.toldBy('shop')];
    truth.gone('home');
    told(() => {
      known.acknowledged = true;
    });
    expect(known.acknowledged).toBe(false);
    later(() => {
      known.acknowledged = true;
    });
    expect(known.acknowledged).toBe(true);
  });
  it('is also what was left as an old page showed it', () => {
    const { truth, known, set } = line();
    set('home', 30, 2).told = true;
    truth.decide(known, { by: 'shop', quantity: 2 }).told = true;
    expect([...standing(known)]).toEqual([30, 2]);
  });
});

describe('what was planted inside the seals', () => {
  it.each([
    ['a value', utf8(`"${MARKER} wrote"`)],
    ['a time', encodeCbor(['', PLANTED_MS])],
    ['a time as text', utf8(JSON.stringify({ at: PLANTED_MS }))],
  ])('is found in the clear: %s', (_what, bytes) => {
    expect(holdsPlanted(bytes)).toBe(true);
  });
  it('is not found elsewhere', () => {
    expect(holdsPlanted(encodeCbor([PLANTED_MS + 1, 'plain']))).toBe(false);
  });
});
