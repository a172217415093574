import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeJsonList } from '../../src-main/domain/json-lines.ts';

const place = (text: string) => placeJsonList(text, 'products');

describe('the lines of a JSON list', () => {
  it('are those its elements begin on, whatever stands between and within them', () => {
    const text = '\n[\n  "a",\n  {\n    "products": [1,\n2]\n  }, 3\n\n,\n[\n]]\n';
    expect(place(text)).toEqual({ lines: [3, 4, 7, 10] });
    expect(place('[]')).toEqual({ lines: [] });
    expect(place('[1,2,3]')).toEqual({ lines: [1, 1, 1] });
  });

  it('are those of a member of that name in the outermost object, the last one', () => {
    const text = '{"a": [1],\n"products": [1],\n"product\\u0073": [\n1,\n[2, 3]\n], "z": [4]}';
    expect(place(text)).toEqual({ lines: [4, 5] });
    expect(place('{"a":{"products":[1]}}')).toEqual({ lines: [] });
  });

  it.each([
    ['[\n1,\n]', 3],
    ['[\n{"a": 1}\n{"b": 2}\n]', 3],
    ['[\n{"title": "Tea",\n"price": 01}]', 3],
    ['[\n"Tea\n"]', 2],
    ['[\n"\\x"]', 2],
    ['[\n{"a" 1}]', 2],
    ['[\n{title: "Tea"}]', 2],
    ['[\n1\n\n\n', 2],
    ['[1]\n]', 2],
    ['{"a": [1}\n]', 1],
    ['', 1],
  ])('say where %j is no JSON any more', (text, wrongLine) => {
    expect(place(text)).toEqual({ wrongLine });
  });

  it('are found of any list, and of any depth', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), (list) => {
        const texts = list.map((one) => JSON.stringify(one, null, 2));
        let line = 2;
        const lines = texts.map((text) => {
          const begins = line;
          line += text.split('\n').length;
          return begins;
        });
        expect(place(`[\n${texts.join(',\n')}\n]`)).toEqual({ lines });
        expect(place(`{"products": [\n${texts.join(',\n')}\n]}`)).toEqual({ lines });
      }),
    );
    const deep = 200_000;
    expect(place('['.repeat(deep))).toEqual({ wrongLine: 1 });
    expect(place(`${'['.repeat(deep)}${']'.repeat(deep)}`)).toEqual({ lines: [1] });
  });

  it('are found of just what JSON.parse takes', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'[]{}",:0-.eE+\\untf \n\u0001x'), fc.boolean())
      .map(([text, where, char, instead]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + char + text.slice(at + (instead ? 1 : 0));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect('lines' in place(text)).toBe(isJson);
      }),
      { numRuns: 3000 },
    );
  });
});
