/** Files with all of an account: made in parts, and brought back in parts, with how far it is. */
import type { Api } from '../api.ts';
import type { ArchiveSummary, ImportProgress } from '../wall.ts';

/** An account of 100,000 items takes minutes. */
const LONG_MS = 3_600_000;
/** Bytes of a file in one request. */
const PART_BYTES = 256 * 1024;

interface Whose {
  readonly account: string;
  /** '' for a readable file. */
  readonly passphrase: string;
}
export type Tell = (done: number, total: number) => void;

/** The parts of the file. */
export function exportAccount(api: Api, whose: Whose, tell: Tell): Promise<readonly string[]> {
  return api.call(async (client, signal) => {
    const parts: string[] = [];
    const stream = await client.archive.export(inputOf(whose), { signal });
    for await (const { text, done, total } of stream) {
      parts.push(text);
      tell(done, total);
    }
    return parts;
  }, LONG_MS);
}

/** Looks through the file; nothing is written. The id is what `writeImport` goes on with. */
export async function checkImport(
  api: Api,
  file: Blob,
  whose: Whose,
): Promise<{ readonly id: string; readonly summary: ArchiveSummary }> {
  const { id } = await api.call((client) => client.archive.open(inputOf(whose)));
  for await (const chunk of partsOf(file)) {
    await api.call((client) => client.archive.check({ id, chunk, last: false }));
  }
  const end = await api.call((client) => client.archive.check({ id, chunk: '', last: true }));
  if (end.summary === undefined) throw new Error('a whole file has a summary');
  return { id, summary: end.summary };
}

export async function writeImport(
  api: Api,
  file: Blob,
  { id, tell }: { readonly id: string; readonly tell: Tell },
): Promise<ImportProgress> {
  for await (const chunk of partsOf(file)) {
    const write = api.call((client) => client.archive.write({ id, chunk, last: false }), LONG_MS);
    const { done, total } = await write;
    tell(done, total);
  }
  return api.call((client) => client.archive.write({ id, chunk: '', last: true }));
}

async function* partsOf(file: Blob): AsyncGenerator<string> {
  for (let at = 0; at < file.size; at += PART_BYTES) {
    yield base64url(new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer()));
  }
}

function inputOf({ account, passphrase }: Whose) {
  return passphrase === '' ? { account } : { account, passphrase };
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
