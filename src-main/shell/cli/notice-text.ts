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
  REVOKED:
    'This machine was taken out of the ring; the others no longer answer it. If that was a ' +
    'mistake: carrossel ring new-key, then carrossel ring join LINK',
  DEVICE_REVOKED:
    'This machine was taken off an account (carrossel account list). If that was a mistake: ' +
    'carrossel account log-in',
  STORE_DAMAGED: 'The store on this machine is damaged: carrossel doctor',
};

export function noticeText(code: string): string {
  return WORDS[code] ?? code;
}
