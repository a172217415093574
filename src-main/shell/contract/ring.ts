import * as z from 'zod';
import { CopyCount, CopySetting } from '../../app/views/membership.ts';
import { InviteView, MemberView, RingView } from '../../app/views.ts';
import { del, get, post } from './parts.ts';

export const ringContract = {
  show: get('/ring').output(RingView),
  create: post('/ring')
    .input(
      z.object({
        name: z.string().trim().max(80).default(''),
        n: CopySetting.default('auto'),
        r: CopyCount.default(2),
        w: CopyCount.default(2),
      }),
    )
    .output(z.object({ ring: RingView, /** Shown once, kept nowhere. */ phrase: z.string() })),
  join: post('/ring/join')
    .input(z.object({ link: z.string().max(4096) }))
    .output(z.object({ ring: RingView })),
  members: get('/members').output(z.array(MemberView)),
  invite: post('/invites')
    .input(
      z.object({
        expiresInMs: z
          .int()
          .min(1000)
          .max(30 * 86_400_000)
          .default(86_400_000),
        admin: z.boolean().default(false),
      }),
    )
    .output(z.object({ id: z.string(), link: z.string(), expiresMs: z.number() })),
  invites: get('/invites').output(z.array(InviteView)),
  closeInvite: del('/invites/{id}')
    .input(z.object({ id: z.string() }))
    .output(z.object({ closed: z.boolean() })),
  revoke: post('/members/{peerId}/revoke')
    .input(z.object({ peerId: z.string() }))
    .output(z.object({ revoked: z.boolean() })),
  newPeerKey: post('/ring/new-peer-key').output(z.object({ peerId: z.string() })),
};
