import * as z from 'zod';
import { MemberView, RingView } from '../../app/views.ts';
import {
  CopyCount,
  CopySetting,
  PlanView,
  RingChangeInput,
  SeatInput,
  TransferView,
} from '../../app/views/membership.ts';
import { get, post, put } from './parts.ts';

export const membershipContract = {
  plan: post('/ring/plan').input(RingChangeInput).output(PlanView),
  transfers: get('/ring/transfers').output(z.array(TransferView)),
  leave: post('/ring/leave').output(MemberView),
  stay: post('/ring/stay').output(MemberView),
  comeBack: post('/ring/come-back').output(MemberView),
  seat: put('/ring/seat').input(SeatInput).output(MemberView),
  retire: post('/members/{peerId}/retire')
    .input(z.object({ peerId: z.string() }))
    .output(MemberView),
  settings: put('/ring/settings')
    .input(
      z.object({
        n: CopySetting.optional(),
        r: CopyCount.optional(),
        w: CopyCount.optional(),
      }),
    )
    .output(RingView),
};
