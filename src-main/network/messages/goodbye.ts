import { VERB } from '../verb.ts';
import { createNoticeCodec } from './codec.ts';

/** The sender is about to stop: nobody needs to wait for it. */
export interface GoodbyeNotice {
  readonly reason: string;
}

export const goodbyeNotice = createNoticeCodec<GoodbyeNotice>(VERB.goodbye, 'goodbye', {
  write: (m) => [m.reason],
  read: (f) => ({ reason: f.text(200) }),
});
