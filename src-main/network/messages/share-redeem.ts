import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { readBlob } from './fields.ts';

/** A share link's dialog; made and read by the app with security/share-link.ts. */
export interface ShareRedeem {
  readonly body: Uint8Array;
}

export const shareRedeemMessage = createMessageCodec<ShareRedeem, ShareRedeem>(
  VERB.shareRedeem,
  'share redemption',
  { write: (m) => [m.body], read: (f) => ({ body: readBlob(f) }) },
  { write: (m) => [m.body], read: (f) => ({ body: readBlob(f) }) },
);
