import * as z from 'zod';
import { AccountView, DeviceView } from '../../app/views.ts';
import { get, post } from './parts.ts';

export const accountsContract = {
  list: get('/accounts').output(z.array(AccountView)),
  create: post('/accounts')
    .input(
      z.object({
        name: z.string().trim().min(1).max(80),
        deviceName: z.string().trim().max(80).optional(),
      }),
    )
    .output(
      z.object({ account: AccountView, /** Shown once, kept nowhere. */ phrase: z.string() }),
    ),
  logIn: post('/accounts/log-in')
    .input(
      z.object({
        phrase: z.string().max(400),
        name: z.string().trim().max(80).optional(),
        deviceName: z.string().trim().max(80).optional(),
      }),
    )
    .output(z.object({ account: AccountView })),
  /** Which account of this machine these words open; null: well-formed, and of none here. */
  checkPhrase: post('/accounts/check-phrase')
    .input(z.object({ phrase: z.string().max(400) }))
    .output(z.object({ account: AccountView.nullable() })),
  use: post('/accounts/{id}/use')
    .input(z.object({ id: z.string() }))
    .output(z.object({ account: AccountView })),
  devices: get('/accounts/{id}/devices')
    .input(z.object({ id: z.string() }))
    .output(z.array(DeviceView)),
  revokeDevice: post('/accounts/{id}/devices/{key}/revoke')
    .input(z.object({ id: z.string(), key: z.string(), phrase: z.string().max(400).optional() }))
    .output(z.array(DeviceView)),
};
