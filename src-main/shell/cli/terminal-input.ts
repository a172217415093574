import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** What a person types, or what a program pipes in. */

/** Largest standard input that is read: a cart of 1,000 lines is far below. */
const MAX_INPUT_BYTES = 8 << 20;

/**
 * Asks on standard error and reads one line of standard input; '' at its end. On a terminal
 * `hidden` keeps what is typed off the screen.
 */
export async function askLine(question: string, options: { hidden: boolean }): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write(question);
  const muted = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!options.hidden) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: muted, terminal });
  try {
    return await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        resolve('');
      });
      lines.once('SIGINT', () => {
        process.stderr.write('\n');
        process.exit(130);
      });
    });
  } finally {
    lines.close();
    if (terminal && options.hidden) process.stderr.write('\n');
  }
}

/** Line after line of standard input, until it ends or the signal does. */
export async function* readLines(signal: AbortSignal): AsyncGenerator<string> {
  const lines = createInterface({ input: process.stdin });
  const close = (): void => {
    lines.close();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  try {
    yield* lines;
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
  }
}

/** All of standard input as text. */
export async function readAll(): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    length += part.byteLength;
    if (length > MAX_INPUT_BYTES) throw new RangeError('Standard input is larger than 8 MiB.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
