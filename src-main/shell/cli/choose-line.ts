import { AppError } from '../../base/app-error.ts';
import type { CartView, LineView } from '../../app/views.ts';
import { numberedLines } from './cart-text.ts';

/** The line meant by a number as shown, an id, or (the beginning of) a title. */
export function chooseLine(cart: CartView, wanted: string): LineView {
  const lines = numberedLines(cart);
  if (/^\d{1,4}$/.test(wanted)) {
    const line = lines[Number(wanted) - 1];
    if (line) return line;
  }
  const fold = (text: string): string => text.normalize('NFC').trim().toLowerCase();
  const tests: ((line: LineView) => boolean)[] = [
    (line) => line.id === wanted,
    (line) => fold(line.product.title) === fold(wanted),
    (line) => fold(line.product.title).startsWith(fold(wanted)),
  ];
  for (const test of tests) {
    const [first, second] = lines.filter(test);
    if (first && !second) return first;
    if (first) {
      throw new AppError(
        'BAD_REQUEST',
        `More than one line is called "${wanted}"; use its number (carrossel cart show).`,
        { details: { line: wanted } },
      );
    }
  }
  throw new AppError('LINE_NOT_FOUND', `There is no line "${wanted}" in "${cart.name}".`, {
    details: { line: wanted },
  });
}
