/** In which lines the parts of a JSON text stand: `JSON.parse` keeps none of it. */

export type JsonPlaces =
  /** Line of each element of the list, from 1; [] where there is no list. */
  | { readonly lines: readonly number[] }
  /** The text is no JSON from here on. Of one that ends too early: its last line with anything. */
  | { readonly wrongLine: number };

type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'more';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORDS = ['true', 'false', 'null'];

/**
 * Places the elements of the list that a text holds, be it the whole text or the member `name` of
 * the object that is the whole text. Accepts exactly what `JSON.parse` does, however deep.
 */
export function placeJsonList(text: string, name: string): JsonPlaces {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let lines: number[] = [];
  let [at, line, lastLine] = [0, 1, 1];
  /** Of the outermost object, the member being read. */
  let member = '';
  const isElement = (): boolean =>
    (open.length === 1 && open[0] === '[') ||
    (open.length === 2 && open[0] === '{' && open[1] === '[' && member === name);

  for (;;) {
    for (; isSpace(text[at]); at++) if (text[at] === '\n') line++;
    const char = text[at];
    const inner = open.at(-1);
    if (char === undefined) {
      return expected === 'more' && inner === undefined ? { lines } : { wrongLine: lastLine };
    }
    lastLine = line;
    let end = at + 1;
    if (expected === 'more' && char === ',' && inner !== undefined) {
      expected = inner === '[' ? 'value' : 'key';
    } else if (inner !== undefined && char === ENDS[inner] && mayEnd(expected)) {
      open.pop();
      expected = 'more';
    } else if (expected === 'colon' && char === ':') {
      expected = 'value';
    } else if ((expected === 'key' || expected === 'keyOrEnd') && char === '"') {
      end = endOfString(text, at);
      if (end > 0 && open.length === 1) member = JSON.parse(text.slice(at, end)) as string;
      // Of a member that comes twice the later one counts.
      if (open.length === 1 && member === name) lines = [];
      expected = 'colon';
    } else if (expected === 'value' || expected === 'valueOrEnd') {
      if (isElement()) lines.push(line);
      if (char === '[' || char === '{') {
        open.push(char);
        expected = char === '[' ? 'valueOrEnd' : 'keyOrEnd';
      } else {
        end = endOfPlain(text, at);
        expected = 'more';
      }
    } else return { wrongLine: line };
    if (end < 0) return { wrongLine: line };
    at = end;
  }
}

const ENDS = { '[': ']', '{': '}' } as const;

function mayEnd(expected: Expected): boolean {
  return expected === 'more' || expected === 'valueOrEnd' || expected === 'keyOrEnd';
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

/** Behind a value that is neither list nor object; -1 where there is none. */
function endOfPlain(text: string, at: number): number {
  if (text[at] === '"') return endOfString(text, at);
  const word = WORDS.find((one) => text.startsWith(one, at));
  return word === undefined ? endOf(NUMBER, text, at) : at + word.length;
}

/** Behind the string that begins here; -1 when it does not end, or holds what it may not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length;) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < ' ') return -1;
    at = char === '\\' ? endOf(ESCAPE, text, at) : at + 1;
    if (at < 0) return -1;
  }
  return -1;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
