import { takenMessage } from '../../network/messages/takeover.ts';
import type { FillMarks } from '../fill-marks.ts';
import type { RingView } from '../ring-view.ts';
import type { Handling } from './handling.ts';

/** For a member whose change waits for this one: what it has taken over whole by now. */
export function handleTaken(
  handling: Handling,
  components: { readonly view: RingView; readonly fillMarks: Pick<FillMarks, 'isTaken'> },
): void {
  const { view, fillMarks } = components;
  handling.answer(takenMessage, ({ parts }) => {
    const each = parts.map(
      ({ partition, listHash }) =>
        partition < view.placement.q &&
        view.listOfPartition(partition).hash === listHash &&
        fillMarks.isTaken(partition),
    );
    return Promise.resolve({ each });
  });
}
