import * as z from 'zod';
import { AppError } from '../../base/app-error.ts';
import { inputSentence } from '../input-words.ts';
import { LineInput, type CartView, type LineView } from '../../app/views.ts';
import { cartText, deviceText, letterOf } from './cart-text.ts';
import { ACCOUNT_OPTION } from './choose-account.ts';
import { CART_OPTION, chooseCart } from './choose-cart.ts';
import { suggestedLines } from './cart-suggested.ts';
import { chooseLine } from './choose-line.ts';
import { defineCommand, type CommandIo } from './command.ts';
import { wholeNumber } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';
import { listText, safetyText } from './words.ts';

/**
 * Whole answers for programs: what is to be in the cart, and what was shown when it was decided.
 */
const Answer = z.object({ context: z.string(), lines: z.array(LineInput) });
type Answer = z.infer<typeof Answer>;
type KeptLine = Answer['lines'][number];

const MAX_QUANTITY = 1_000_000;

export const cartResolve = defineCommand({
  name: 'cart resolve',
  takes: '[DEVICE]',
  count: [0, 1],
  summary: 'settle a cart that was written apart',
  options: {
    keep: {
      type: 'string',
      value: 'WHAT',
      about: 'union, suggested, or device NAME (see below)',
    },
    drop: { type: 'string', value: 'LINE', multiple: true, about: 'leave this line out' },
    quantity: {
      type: 'string',
      value: 'LINE=COUNT',
      multiple: true,
      about: 'settle on this quantity of a line',
    },
    answer: {
      type: 'string',
      value: 'FILE',
      about: '{"context", "lines"} as JSON, from cart show --json (- is standard input)',
    },
    ...CART_OPTION,
    ...ACCOUNT_OPTION,
  },
  notes:
    '--keep union      everything any version has, the larger quantity where they differ\n' +
    '--keep suggested  the same, but what only one side changed or removed counts\n' +
    '--keep device X   the version of machine X (its name, or its letter in cart show)\n\n' +
    'Lines are named by the numbers of "carrossel cart show", by title or by id. The answer covers\n' +
    'exactly the versions shown; what arrives meanwhile stays beside it.',
  examples: [
    'carrossel cart resolve --keep union',
    'carrossel cart resolve --keep device kitchen',
    'carrossel cart resolve --keep union --drop 4 --quantity 2=3',
    'carrossel cart resolve --answer decided.json --cart Groceries',
  ],
  async run({ io, json, values, positionals, client }) {
    const peer = await client();
    const { id, account } = await chooseCart(peer, { cart: values.cart, account: values.account });
    const cart = await peer.carts.show({ name: id, account });
    const answer =
      values.answer === undefined
        ? decide(cart, values, positionals[0])
        : await readAnswer(io, values.answer);
    const written = await peer.carts.resolve({ name: id, account, ...answer });
    if (json) {
      io.out(JSON.stringify(written));
      return;
    }
    io.out(cartText(written.cart, io));
    io.err(
      written.cart.conflict ? 'More arrived meanwhile.' : `Settled, ${safetyText(written.safety)}.`,
    );
  },
});

interface Choice {
  readonly keep?: string;
  readonly drop?: readonly string[];
  readonly quantity?: readonly string[];
}

function decide(cart: CartView, choice: Choice, device: string | undefined): Answer {
  if (!cart.conflict) {
    throw new AppError('BAD_REQUEST', `"${cart.name}" is one cart: there is nothing to choose.`);
  }
  if (choice.keep !== 'device' && device !== undefined) {
    throw new UsageError(`To keep one machine's version: --keep device ${JSON.stringify(device)}`);
  }
  const dropped = new Set((choice.drop ?? []).map((wanted) => chooseLine(cart, wanted).id));
  const counts = new Map((choice.quantity ?? []).map((text) => quantityOf(cart, text)));
  const lines = keptLines(cart, choice.keep, device)
    .filter((line) => !dropped.has(line.id ?? ''))
    .map((line) => ({ ...line, quantity: counts.get(line.id ?? '') ?? line.quantity }));
  return { context: cart.context, lines };
}

function keptLines(
  cart: CartView,
  keep: string | undefined,
  device: string | undefined,
): readonly KeptLine[] {
  switch (keep) {
    case 'union':
      return cart.lines.map((line) => inputOf(line, line));
    case 'suggested':
      return suggestedLines(cart).map((line) => inputOf(line, line));
    case 'device':
      return linesOf(cart, versionOf(cart, device));
    default:
      throw new UsageError(
        keep === undefined
          ? 'Say what to keep: --keep union, --keep suggested or --keep device NAME.'
          : `--keep takes union, suggested or device NAME, not "${keep}".`,
      );
  }
}

function linesOf(cart: CartView, version: string): readonly KeptLine[] {
  return cart.lines.flatMap((line) => {
    const held = line.variants.find((variant) => variant.versions.includes(version));
    return held ? [inputOf(line, held)] : [];
  });
}

function inputOf(
  line: LineView,
  content: Pick<LineView, 'product' | 'quantity' | 'note'>,
): KeptLine {
  const { product, quantity, note } = content;
  return { id: line.id, product, quantity, note };
}

/** The version of a device, by its name or its letter. */
function versionOf(cart: CartView, wanted: string | undefined): string {
  const named = cart.siblings.filter(
    ({ device, version }) =>
      device.toLowerCase() === wanted?.toLowerCase() || letterOf(cart, version) === wanted,
  );
  const [first] = named;
  if (first !== undefined && named.length === 1) return first.version;
  const names = cart.siblings.map((one) => `${letterOf(cart, one.version)} ${deviceText(one)}`);
  throw new UsageError(
    named.length > 1
      ? `"${wanted}" wrote more than one of them; name its letter: ${listText(names)}.`
      : `Say whose version: --keep device NAME, one of ${listText(names)}.`,
  );
}

function quantityOf(cart: CartView, text: string): [string, number] {
  const [, wanted, number] = /^(.+)=(\d+)$/.exec(text) ?? [];
  if (wanted === undefined || number === undefined) {
    throw new UsageError(`--quantity takes LINE=COUNT here, like 2=3, not "${text}".`);
  }
  const line = chooseLine(cart, wanted);
  return [line.id, wholeNumber('--quantity', number, { min: 1, max: MAX_QUANTITY })];
}

async function readAnswer(io: CommandIo, path: string): Promise<Answer> {
  const text = path === '-' ? await io.readInput() : await io.readFile(path);
  const parsed = Answer.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `--answer takes {"context": "…", "lines": […]}. ${inputSentence(parsed.error.issues)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--answer takes JSON; this is none.');
  }
}
