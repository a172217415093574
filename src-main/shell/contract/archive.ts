import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { ArchiveSummary, ExportPart, ImportProgress } from '../../app/views/archive.ts';
import { account, post } from './parts.ts';

const passphrase = z.string().min(1).max(1000).optional();
const part = z.object({
  id: z.string().max(64),
  /** Bytes of the file, base64url: the parts in their order. */
  chunk: z.string().max(900_000),
  /** Nothing comes after this part. */
  last: z.boolean().default(false),
});

export const archiveContract = {
  export: post('/export')
    .input(z.object({ account, passphrase }))
    .output(eventIterator(ExportPart)),
  open: post('/imports')
    .input(z.object({ account, passphrase }))
    .output(z.object({ id: z.string() })),
  check: post('/imports/{id}/check')
    .input(part)
    .output(z.object({ items: z.int(), summary: ArchiveSummary.optional() })),
  write: post('/imports/{id}/write').input(part).output(ImportProgress),
};
