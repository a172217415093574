/** Reads an export that comes in pieces, and checks all of it: shape, seal, number and chain. */
import { AppError } from '../../base/app-error.ts';
import { fromBase64url, toHex, utf8 } from '../../base/bytes.ts';
import { openPiece, passphraseKey, type PassphraseCosts } from '../../security/passphrase.ts';
import {
  ArchiveItem,
  chained,
  createLineSplitter,
  End,
  FORMAT,
  Head,
  NO_CHAIN,
  notWhole,
  readLine,
} from './archive-format.ts';

export interface ArchiveReader {
  /**
   * The items that are whole with these bytes.
   * @throws FILE_NOT_WHOLE, WRONG_PASSPHRASE, UNSUPPORTED_FORMAT
   */
  feed(bytes: Uint8Array): Promise<readonly ArchiveItem[]>;
  /** Nothing comes any more. @throws FILE_NOT_WHOLE when the end of the file is missing */
  finish(): void;
  /** Once known: whose it is. */
  readonly head: Head | undefined;
  readonly items: number;
  /** Of all lines of the file, once it is finished. */
  readonly chain: string;
}

/** Makes the key of a sealed file. */
export type KeyMaker = (salt: Uint8Array, costs: PassphraseCosts) => Promise<Uint8Array>;

/** From the person's passphrase, once: it takes its time. */
export function createKeyMaker(passphrase: string | undefined): KeyMaker {
  let made: { readonly salt: string; readonly key: Promise<Uint8Array> } | undefined;
  return (salt, costs) => {
    if (passphrase === undefined) {
      throw new AppError('WRONG_PASSPHRASE', 'This file is sealed: it needs its passphrase.', {
        details: { needed: true },
      });
    }
    const name = toHex(salt);
    if (made?.salt !== name) made = { salt: name, key: passphraseKey(passphrase, salt, costs) };
    return made.key;
  };
}

export function createArchiveReader(keyOf: KeyMaker): ArchiveReader {
  const outer = createLineSplitter();
  const plain = createPlainReader();
  let open: ((line: string) => Uint8Array) | undefined;
  let begun = false;

  async function begin(line: string): Promise<void> {
    begun = true;
    const head = readLine(Head, line, 1);
    checkFormat(head);
    if (head.sealed === undefined) return;
    const salt = bytesOf(head.sealed.salt);
    const key = await keyOf(salt, head.sealed);
    let number = 0;
    open = (sealed) => {
      const bytes = openPiece({ key, salt, number }, bytesOf(sealed));
      if (bytes === undefined && number === 0) {
        throw new AppError('WRONG_PASSPHRASE', 'That is not the passphrase of this file.');
      }
      if (bytes === undefined) throw notWhole('This file was changed, or a part of it is missing.');
      number++;
      return bytes;
    };
  }
  return {
    async feed(bytes) {
      const found: ArchiveItem[] = [];
      for (const line of outer.feed(bytes)) {
        if (!begun) {
          await begin(line);
          if (open === undefined) found.push(...plain.line(line));
        } else if (open === undefined) found.push(...plain.line(line));
        else found.push(...plain.bytes(open(line)));
      }
      return found;
    },
    finish() {
      if (outer.rest > 0 || !plain.ended) {
        throw notWhole('The end of this file is missing: it is not a whole export.');
      }
    },
    get head() {
      return plain.head;
    },
    get items() {
      return plain.items;
    },
    get chain() {
      return toHex(plain.chain);
    },
  };
}

/** The file itself, without a seal around it. */
function createPlainReader() {
  const inner = createLineSplitter();
  let chain: Uint8Array = NO_CHAIN;
  let lines = 0;
  let items = 0;
  let head: Head | undefined;
  let ended = false;

  function line(text: string): readonly ArchiveItem[] {
    lines++;
    if (ended) throw notWhole('Something stands after the end of this file.', { line: lines });
    const before = chain;
    chain = chained(chain, utf8(text));
    if (head === undefined) {
      head = readLine(Head, text, lines);
      checkFormat(head);
      return [];
    }
    if (!text.startsWith('{"end"')) {
      items++;
      return [readLine(ArchiveItem, text, lines)];
    }
    const end = readLine(End, text, lines);
    if (end.items !== items || end.chain !== toHex(before)) {
      throw notWhole('This file is not as it was written: lines are missing, or were changed.', {
        ...{ items, expected: end.items },
      });
    }
    ended = true;
    return [];
  }
  return {
    line,
    bytes: (bytes: Uint8Array) => inner.feed(bytes).flatMap(line),
    get head() {
      return head;
    },
    get items() {
      return items;
    },
    get ended() {
      return ended && inner.rest === 0;
    },
    get chain() {
      return chain;
    },
  };
}

function checkFormat({ format }: Head): void {
  if (format === FORMAT) return;
  throw new AppError('UNSUPPORTED_FORMAT', 'A newer Carrossel made this file: update this one.', {
    details: { format },
  });
}

function bytesOf(text: string): Uint8Array {
  try {
    return fromBase64url(text);
  } catch {
    throw notWhole('A line of this sealed file is damaged.');
  }
}
