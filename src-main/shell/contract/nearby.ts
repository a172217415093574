import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { Digits, NearbyDoor, NearbyRing } from '../../app/views/nearby.ts';
import { RingView } from '../../app/views.ts';
import { get, post } from './parts.ts';

export const nearbyContract = {
  /** The rings seen on the LAN, for as long as the stream is read. */
  seek: get('/nearby/rings').output(eventIterator(z.array(NearbyRing))),
  /** Asks to be let in; the digits are to be compared by the two people. */
  ask: post('/nearby/ask')
    .input(
      z.object({
        peerId: z.string().max(100).optional(),
        /** Multiaddr ending in /p2p/…, where the LAN does not carry multicast. */
        address: z.string().max(300).optional(),
      }),
    )
    .output(z.object({ peerId: z.string(), name: z.string(), digits: Digits })),
  /** Both screens show the same digits: waits until the admin lets this machine in. */
  join: post('/nearby/join')
    .input(z.object({ peerId: z.string().max(100), digits: Digits }))
    .output(z.object({ ring: RingView })),
  /** The admin's "who is nearby?": open for newcomers for as long as the stream is read. */
  door: get('/nearby/door').output(eventIterator(NearbyDoor)),
  admit: post('/nearby/admit')
    .input(z.object({ id: z.string().max(100), digits: Digits, admin: z.boolean().default(false) }))
    .output(z.object({ admitted: z.boolean() })),
  refuse: post('/nearby/refuse')
    .input(z.object({ id: z.string().max(100) }))
    .output(z.object({ refused: z.boolean() })),
};
