/** Comma-separated values (RFC 4180), also with semicolons or tabs, as spreadsheets write them. */

export interface CsvRow {
  /** The line it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Empty rows are left out. `openQuote`: the line of a quote that never ends; its row is none. */
export function readCsv(text: string): {
  readonly rows: readonly CsvRow[];
  readonly openQuote?: number;
} {
  const separator = separatorOf(text);
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const endCell = (): void => {
    cells.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: began, cells });
    cells = [];
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(i + 1) === '"') cell += text.charAt(i++);
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === separator) endCell();
    else if (char === '\n') {
      endRow();
      began = line;
    } else if (char !== '\r' || text.charAt(i + 1) !== '\n') cell += char;
  }
  if (quoted) return { rows, openQuote: began };
  endRow();
  return { rows };
}

/** What stands most often in the first line. */
function separatorOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const counted = [',', ';', '\t'].map((one) => ({ one, times: first.split(one).length }));
  return counted.reduce((a, b) => (b.times > a.times ? b : a)).one;
}
