import * as z from 'zod';
import { PeerNews } from './peer-news.ts';

/** What Electron's main process and the peer's process say to each other. */

export const ToPeer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    dataDir: z.string(),
    /** 32 bytes in hex, from the OS key store; null where there is none. */
    wrappingKey: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    /** Folder of the built page, for the same peer in a browser. */
    pageRoot: z.string(),
    name: z.string().optional(),
    listen: z.array(z.string()).optional(),
    mdns: z.boolean().optional(),
  }),
  /** Comes with the window's port. */
  z.object({ type: z.literal('window') }),
  /** The machine was asleep. */
  z.object({ type: z.literal('wake') }),
  z.object({ type: z.literal('stop') }),
]);
export type ToPeer = z.infer<typeof ToPeer>;
export type StartMessage = Extract<ToPeer, { type: 'start' }>;

export const FromPeer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** For tray and notifications; each time all of it. */
  z.object({ type: z.literal('news'), news: PeerNews }),
  /** It could not start, for a reason that trying again does not mend. */
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string() }),
]);
export type FromPeer = z.infer<typeof FromPeer>;
