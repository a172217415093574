import { AppError } from '../../src-main/base/app-error.ts';
import type { RingView } from '../../src-main/app/views.ts';
import type { AppApi } from '../../src-main/shell/app-api.ts';

const DIGITS = '042137';

/** One value, and then nothing until the reader goes away. */
async function* once<T>(value: T, signal: AbortSignal): AsyncGenerator<T> {
  yield value;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** One ring nearby, and one newcomer, both with the same digits. */
export function memoryNearby(peerId: string, enter: () => RingView): AppApi['nearby'] {
  const compare = (digits: string): void => {
    if (digits !== DIGITS) throw new AppError('DIGITS_DIFFER', 'Other digits.');
  };
  return {
    seek: (_input, { signal }) => once([{ peerId, name: 'Home' }], signal),
    ask: () => ({ peerId, name: 'Home', digits: DIGITS }),
    join({ digits }) {
      compare(digits);
      return { ring: enter() };
    },
    door: (_input, { signal }) =>
      once(
        { newcomers: [{ id: 'n1', name: 'phone', digits: DIGITS, state: 'waiting' }], full: false },
        signal,
      ),
    admit({ digits }) {
      compare(digits);
      return { admitted: true };
    },
    refuse: ({ id }) => ({ refused: id === 'n1' }),
  };
}
