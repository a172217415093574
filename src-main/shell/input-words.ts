/** What is wrong with an input, in words for whoever typed it: zod's own are for programmers. */

/** A finding of zod, as it comes out of a validation. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly code?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly expected?: string;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

/** Fields whose name in the contract is not what a person calls them. */
const NAMES: Readonly<Record<string, string>> = {
  amount: 'the price (in cents)',
  category: 'the category',
  consistency: 'the consistency',
  context: 'the context of what was shown',
  currency: 'the currency',
  deviceName: "the machine's name",
  expiresInMs: 'the time it works (in milliseconds)',
  limit: 'the limit',
  lines: 'the list of lines',
  link: 'the link',
  n: 'the number of copies (n)',
  name: 'the name',
  note: 'the note',
  phrase: 'the phrase',
  product: 'the product',
  quantity: 'the quantity',
  r: 'the number of answers (r)',
  sortKey: 'the sort key',
  title: 'the title',
  unit: 'the unit',
  value: 'the value',
  w: 'the number of copies (w)',
};

/** Findings told at once; a cart of 1,000 bad lines would else make a page of them. */
const MAX_TOLD = 5;

/** `The quantity of line 1 must be at least 1 (lines.0.quantity).`, one sentence after another. */
export function inputSentence(issues: readonly Issue[]): string {
  const told = issues.slice(0, MAX_TOLD).map(oneSentence);
  const more = issues.length - told.length;
  return [...told, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
}

/** The names of a path's parts, as text. */
export function pathOf({ path = [] }: Issue): readonly string[] {
  return path.map((part) => {
    const key = typeof part === 'object' && part !== null ? (part as { key?: unknown }).key : part;
    return String(key);
  });
}

function oneSentence(issue: Issue): string {
  const path = pathOf(issue);
  const words = `${nameOf(path)} ${faultOf(issue)}`;
  const where = path.length === 0 ? '' : ` (${path.join('.')})`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${where}.`;
}

/** `the quantity of line 3`. */
function nameOf(path: readonly string[]): string {
  const last = path.findLast((part) => !/^\d+$/.test(part));
  if (last === undefined) return 'the input';
  const name = NAMES[last] ?? `"${last}"`;
  const at = path.indexOf('lines');
  const index = path[at + 1];
  if (at < 0 || index === undefined) return name;
  return last === 'lines' ? `line ${Number(index) + 1}` : `${name} of line ${Number(index) + 1}`;
}

function faultOf(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return leastText(issue);
    case 'too_big':
      return mostText(issue);
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${kindText(issue.expected)}`;
    case 'invalid_format':
      return issue.format === 'regex' && issue.path?.at(-1) === 'currency'
        ? 'must be three capital letters, like BRL or EUR'
        : 'is not of the form it should have';
    case 'invalid_value':
      return `must be ${listOf(issue.values ?? [])}`;
    case 'invalid_union':
      return 'is none of what it may be';
    case 'unrecognized_keys':
      return `does not have ${listOf(issue.keys ?? [])}`;
    default:
      return `is not right: ${issue.message}`;
  }
}

function leastText({ origin, minimum }: Issue): string {
  const least = numberText(minimum);
  if (origin === 'string') return minimum === 1 ? 'is empty' : `needs ${least} characters`;
  if (origin === 'array') return minimum === 1 ? 'is empty' : `needs ${least} entries`;
  return `must be at least ${least}`;
}

function mostText({ origin, maximum }: Issue): string {
  const most = numberText(maximum);
  if (origin === 'string') return `may have ${most} characters at most`;
  if (origin === 'array') return `may have ${most} entries at most`;
  return `may be ${most} at most`;
}

function numberText(value: number | bigint | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en');
}

function kindText(expected: string | undefined): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    default:
      return `of another kind (${expected ?? 'unknown'})`;
  }
}

function listOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(texts);
}
