import type { Status } from '../../app/views.ts';
import { printable } from './text-table.ts';

/**
 * What the notices of a peer's status mean, for a person; the code itself where it is not known.
 */
const WORDS: Readonly<Record<string, string>> = {
  STEADY_MEMBER_MISSING: 'No member is meant to stay on; one that does makes the ring safer.',
  PEER_ID_IN_USE:
    'Another machine runs with this peer id (a copied folder?): carrossel ring new-key',
  EPOCH_RENEWED: 'This data was copied or put back. Nothing was lost; it got a new mark.',
  SIBLINGS_MANY:
    'Something was written apart very often: carrossel cart list shows what to settle.',
  DUPLICATE_DOT: 'Two copies of one machine wrote at once. Both are kept, side by side.',
  NEW_SEALING_KEY_NEEDED:
    'Two machines were taken off an account apart: revoke one of them again to shut both out.',
  DEVICE_UNKNOWN:
    'An account does not know this machine: its data here was put back or damaged. Connect it to ' +
    'another device; if that does not help: carrossel account log-in',
  SEALING_KEY_MISSING:
    'An account has a new key that this machine was not given; some of it stays closed here: ' +
    'carrossel account log-in',
  REVOKED:
    'This machine was taken out of the ring; the others no longer answer it. If that was a ' +
    'mistake: carrossel ring new-key, then carrossel ring join LINK',
  DEVICE_REVOKED:
    'This machine was taken off an account (carrossel account list). If that was a mistake: ' +
    'carrossel account log-in',
  STORE_DAMAGED:
    'The store on this machine is damaged. It is repaired at the next start: carrossel doctor',
  STORE_REPAIRED:
    'The store on this machine was damaged and has been repaired; what came back and what did ' +
    'not: carrossel doctor',
  NEWCOMER_WAITING: 'A machine nearby asks to join: carrossel nearby',
};

export function noticeText({ code, details }: Status['notices'][number]): string {
  if (code === 'SILENT_MEMBER') return silentText(details);
  return WORDS[code] ?? code;
}

function silentText({ peer, name, days }: Readonly<Record<string, unknown>>): string {
  const who = typeof name === 'string' && name !== '' ? name : `…${String(peer).slice(-8)}`;
  return (
    `${printable(who)} has not been heard of for ${String(days)} days. If it will not come back: ` +
    `carrossel ring retire ${printable(who)}; what it kept then goes to the others.`
  );
}
