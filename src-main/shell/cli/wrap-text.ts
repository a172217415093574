import { shownWidth } from './text-table.ts';

/** What a terminal shows in one line without breaking it. */
export const TERMINAL_WIDTH = 80;

/** The text in lines of at most `width`; those after the first are indented by `hang`. */
export function wrapped(text: string, hang = 0, width = TERMINAL_WIDTH): string {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  for (const word of text.trimStart().split(' ')) {
    const longer = line.trim() === '' ? line + word : `${line} ${word}`;
    if (line.trim() !== '' && shownWidth(longer) > width) {
      lines.push(line);
      line = ' '.repeat(hang) + word;
    } else line = longer;
  }
  return [...lines, line].join('\n');
}

/** Prose reflowed to the terminal; lines that begin with a space or a dash are kept apart. */
export function reflowed(text: string): string {
  const blocks: string[] = [];
  for (const line of text.split('\n')) {
    const before = blocks.at(-1);
    const apart = line === '' || before === undefined || before === '' || /^[ -]/.test(line);
    if (apart || /^[ -]/.test(before)) blocks.push(line);
    else blocks.splice(-1, 1, `${before} ${line}`);
  }
  return blocks.map((block) => wrapped(block, hangOf(block))).join('\n');
}

/** Where the text of `--keep union      everything` begins. */
function hangOf(block: string): number {
  return /^\s*-\S*(?: \S+)* {2,}/.exec(block)?.[0].length ?? 0;
}
