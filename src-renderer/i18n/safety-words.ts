import type { Safety } from '../wall.ts';
import type { Messages } from './en.ts';
import type { Formats } from './format.ts';

/** How safe a change is, in a person's words (DESIGN §2 Writes). Says nothing that is not known. */
export function safetyWords(
  t: Messages['safety'],
  formats: Pick<Formats, 'list'>,
  { state, copies, owners, waitingFor }: Safety,
): string {
  const waiting = waitingFor.length;
  const names = formats.list(waitingFor);
  if (copies <= 1) {
    if (waiting > 0) return t.hereWaiting(names, waiting);
    return state === 'complete' || owners <= 1 ? t.here : t.hereOnly;
  }
  const where = copies > owners ? t.onMany(copies) : t.on(copies, owners);
  if (state === 'complete') return where;
  return waiting > 0 ? t.onWaiting(where, names, waiting) : t.spreading(where);
}
